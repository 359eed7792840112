"""Tables of campaigns."""

from linli.campaigns.models.bargain import Bargain, BargainHelp
from linli.campaigns.models.campaign import Campaign, CampaignKind, Reminder
from linli.campaigns.models.coupon import Coupon, CouponBatch, CouponHelp, CouponKind, CouponState
from linli.campaigns.models.gift import Gift, GiftShare, GiftShareState
from linli.campaigns.models.group_buy import Group, GroupState, Seat, SeatState
from linli.campaigns.models.packet import PacketKind, PacketTaking, RedPacket, Tip
from linli.campaigns.models.points import PointGrant, PointSpending
from linli.campaigns.models.quiz import QuizAdvice, QuizDuel, QuizQuestion, QuizRun
from linli.campaigns.models.recognition import Recognition
from linli.campaigns.models.referral import Referral, ReferralLink

__all__ = [
    "Bargain",
    "BargainHelp",
    "Campaign",
    "CampaignKind",
    "Coupon",
    "CouponBatch",
    "CouponHelp",
    "CouponKind",
    "CouponState",
    "Gift",
    "GiftShare",
    "GiftShareState",
    "Group",
    "GroupState",
    "PacketKind",
    "PacketTaking",
    "PointGrant",
    "PointSpending",
    "QuizAdvice",
    "QuizDuel",
    "QuizQuestion",
    "QuizRun",
    "Recognition",
    "RedPacket",
    "Referral",
    "ReferralLink",
    "Reminder",
    "Seat",
    "SeatState",
    "Tip",
]
