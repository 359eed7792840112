"""What campaigns hear from below and of themselves; each is safe to run twice."""

from linli.campaigns.events import GroupFailed, GroupFilled
from linli.campaigns.operations.coupon import PlanCoupon, give_plan_coupons
from linli.campaigns.operations.group import tell_groups
from linli.core import clock
from linli.core.events import on
from linli.distribution.events import OwnerJoined


@on(OwnerJoined)
def on_owner_joined(happened: list[OwnerJoined]) -> None:
    """The plan's coupons for new owners."""
    due = [PlanCoupon(one.owner_id, *coupon) for one in happened for coupon in one.coupons]
    give_plan_coupons(due, at=clock.now())


@on(GroupFilled)
def tell_of_full_groups(happened: list[GroupFilled]) -> None:
    """Members hear that their group is full."""
    tell_groups("group_full", [(one.group_id, one.order_nos) for one in happened], at=clock.now())


@on(GroupFailed)
def tell_of_failed_groups(happened: list[GroupFailed]) -> None:
    """Members hear that their money comes back."""
    tell_groups("group_failed", [(one.group_id, one.order_nos) for one in happened], at=clock.now())
