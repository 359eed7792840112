"""The audit trail: one row per act of a person or job that changes what others rely on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from linli.core.actor import Actor
from linli.core.labels import has_label
from linli.core.models import AuditEntry


def record(*, actor: Actor, action: str, subject: str, at: datetime, **detail: Any) -> None:
    """Write down who did what to which thing, in the transaction of the act. Raises ValueError for an act that no module has a label
    of (group "act"): the trail is read by people."""
    if not has_label("act", action):
        raise ValueError(f"an act without a label: {action}")
    AuditEntry.objects.create(
        actor_id=actor.member_id, action=action, subject=subject, detail=detail, created_at=at
    )


def acts_on(subjects: Sequence[str], *, most: int = 100) -> list[AuditEntry]:
    """What was done to these things, newest first."""
    return list(AuditEntry.objects.filter(subject__in=subjects).order_by("-pk")[:most])
