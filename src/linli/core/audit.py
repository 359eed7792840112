"""The audit trail: one row per act of a person or job that changes what others rely on."""

from datetime import datetime
from typing import Any

from linli.core.actor import Actor
from linli.core.models import AuditEntry


def record(*, actor: Actor, action: str, subject: str, at: datetime, **detail: Any) -> None:
    """Write down who did what to which thing, in the transaction of the act."""
    AuditEntry.objects.create(
        actor_id=actor.member_id, action=action, subject=subject, detail=detail, created_at=at
    )
