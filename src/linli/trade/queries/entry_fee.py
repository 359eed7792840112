"""Fees for coming into communities, as pages show them."""

from datetime import datetime

from linli.trade.models import EntryFee, FeeState


def open_fee(community_id: int, member_id: int) -> EntryFee | None:
    """What a member is asked to pay, or has paid and waits for; None for nothing."""
    return _newest(community_id, member_id, FeeState.open, FeeState.paid)


def paid_fee(community_id: int, member_id: int) -> EntryFee | None:
    """What a member has paid and would have back on leaving now; None for nothing."""
    found = _newest(community_id, member_id, FeeState.paid)
    return None if found and found.is_final and found.entered_at else found


def _newest(community_id: int, member_id: int, *states: str) -> EntryFee | None:
    if not member_id:
        return None
    return EntryFee.objects.filter(community_id=community_id, member_id=member_id, state__in=states).first()


def fees_of_community(community_id: int, *, since: datetime, until: datetime) -> list[EntryFee]:
    """The fees that were paid in a span and not given back, the newest first."""
    kept = EntryFee.objects.filter(community_id=community_id, state__in=(FeeState.paid, FeeState.earned))
    return list(
        kept.filter(paid_at__gte=since, paid_at__lt=until).select_related("member").order_by("-paid_at")
    )
