"""Words of the ledger: the chart of accounts, entries and legs. Debit is positive, credit negative, all in fen."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

PLATFORM = 0


class Code(StrEnum):
    """The chart of accounts (docs/ledger.md); the letter says asset, liability, income, expense."""

    gateway = "gateway"  # A: money at a payment gateway; owner: none, one per platform
    bank = "bank"  # A: money at the bank, where payouts leave from
    merchant_pending = "merchant_pending"  # L: a merchant's share of paid, not yet completed orders
    merchant_available = "merchant_available"  # L: a merchant's share of completed orders
    commission_pending = "commission_pending"  # L: an owner's earnings that can still be refunded away
    commission_available = (
        "commission_available"  # L: an owner's matured earnings; below zero it is the owner's debt
    )
    commission_withdrawing = "commission_withdrawing"  # L: asked to be paid out
    coupon_owed = "coupon_owed"  # L: cash-like coupons that members hold
    points_owed = "points_owed"  # L: points that members hold, a fen each
    packet_held = "packet_held"  # L: points in red packets that nobody has taken yet
    tax_withheld = "tax_withheld"  # L: income tax held back from withdrawals, owed to the tax office
    deferred_platform = "deferred_platform"  # L: service fee and breakage of orders not yet completed
    group_held = "group_held"  # L: paid for seats whose group is not full yet
    gift_held = "gift_held"  # L: paid for gifts that nobody has taken yet
    fee_held = "fee_held"  # L: paid to come into communities, can still be given back
    refund_payable = "refund_payable"  # L: owed back to members, not yet paid by the gateway
    service_fee = "service_fee"  # I
    breakage = "breakage"  # I: commission that the plan gives to nobody
    entry_fee = "entry_fee"  # I: paid to come into communities, and kept
    recruit_cost = "recruit_cost"  # E: rewards and coupons for new owners
    campaign_cost = "campaign_cost"  # E: the platform's part of coupons
    points_cost = "points_cost"  # E: points given to members
    bad_debt = "bad_debt"  # E: owners' debts that a person wrote off


# Accounts of members and merchants have a live balance row; the platform's own are summed from postings when asked.
LIVE = frozenset(
    {
        Code.merchant_pending,
        Code.merchant_available,
        Code.commission_pending,
        Code.commission_available,
        Code.commission_withdrawing,
        Code.coupon_owed,
        Code.points_owed,
    }
)


@dataclass(frozen=True)
class Leg:
    """One posting to be: an account and a signed amount in fen."""

    code: Code
    owner_id: int
    amount_fen: int


@dataclass(frozen=True)
class Entry:
    """One balanced transaction to be. `key` makes it happen once; `reference` ties it to an order, refund or withdrawal."""

    key: str
    kind: str
    reference: str
    legs: tuple[Leg, ...]
    at: datetime


class Outcome(StrEnum):
    """What became of an entry."""

    posted = "posted"
    repeated = "repeated"
