"""Every invariant recomputed on a worker, asked for by a person on a page: a large site takes minutes, and no web thread waits for it."""

from datetime import datetime, timedelta

from linli.core.actor import Actor
from linli.core.invariants import checks
from linli.core.jobs import every
from linli.core.models import Verification

STALLED = timedelta(minutes=30)  # a worker that died leaves it begun; it is begun again


def ask_verification(*, actor: Actor, at: datetime) -> Verification:
    """Ask that everything is recomputed. Who asks while one is under way gets that one."""
    open_one = Verification.objects.filter(ended_at=None, asked_at__gt=at - STALLED).order_by("-pk").first()
    if open_one:
        return open_one
    return Verification.objects.create(asked_by_id=actor.member_id, asked_at=at)


@every("* * * * * */2")
def verify_asked(*, at: datetime) -> int:
    """Recompute what was asked for, check by check, so that a page shows how far it is. Returns how many verifications were done."""
    asked = Verification.objects.filter(ended_at=None, asked_at__gt=at - STALLED).order_by("pk").first()
    if asked is None:
        return 0
    found: list[dict[str, object]] = []
    for check in list(checks.values()):
        found.append({"name": check.name, "places": check.find()})
        Verification.objects.filter(pk=asked.pk).update(found=found, begun_at=asked.begun_at or at)
    broken = sum(1 for one in found if one["places"])
    Verification.objects.filter(pk=asked.pk).update(ended_at=at, broken_count=broken)
    return 1
