"""What campaigns do by the clock."""

from datetime import datetime

from linli.campaigns.operations import campaign, coupon, gift, group, late_seat, packet, points, quiz
from linli.core.jobs import every


@every("* * * * * */2")
def expire_groups(*, at: datetime) -> int:
    """Groups whose time is over."""
    return group.expire_groups(at=at)


@every("* * * * * */10")
def expire_late_seats(*, at: datetime) -> int:
    """Late payments that nobody chose about."""
    return late_seat.expire_late_seats(at=at)


@every("* * * * *")
def expire_coupons(*, at: datetime) -> int:
    """Coupons whose time is over."""
    return coupon.expire_coupons(at=at)


@every("*/5 * * * *")
def remind_of_coupons(*, at: datetime) -> int:
    """Coupons that end soon."""
    return coupon.remind_of_coupons(at=at)


@every("* * * * * */5")
def send_reminders(*, at: datetime) -> int:
    """Campaigns that have begun, for those who asked."""
    return campaign.send_reminders(at=at)


@every("* * * * *")
def expire_points(*, at: datetime) -> int:
    """Points whose time is over."""
    return points.expire_points(at=at)


@every("* * * * *")
def expire_packets(*, at: datetime) -> int:
    """Red packets whose time is over."""
    return packet.expire_packets(at=at)


@every("* * * * * */30")
def expire_gifts(*, at: datetime) -> int:
    """Gifts that nobody took in time."""
    return gift.expire_gifts(at=at)


@every("* * * * *")
def end_duels(*, at: datetime) -> int:
    """Duels of the quiz whose time is over."""
    return quiz.end_duels(at=at)
