"""What the platform told a member, as sentences."""

from collections.abc import Iterable
from typing import Any

from linli.channels.models import InboxMessage
from linli.channels.notifications import declared, notification


def told(messages: Iterable[InboxMessage]) -> list[dict[str, Any]]:
    """Each message with its sentence and icon; one that no module declares any more is left out."""
    return [_row(one) for one in messages if one.code in declared()]


def _row(message: InboxMessage) -> dict[str, Any]:
    words, icon = notification(message.code)
    values = {"name": "", "title": "", "fen": 0, **message.values}
    values["yuan"] = f"{values['fen'] // 100}.{values['fen'] % 100:02d}"
    return {"text": words % values, "icon": icon, "message": message}
