"""The aftersale window is over: everybody's pending money becomes their own, for thousands of orders in one settlement run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from linli.core import events, sql
from linli.core.work import work_off
from linli.distribution.operations.commission import Matured, mature
from linli.distribution.types import PLATFORM
from linli.ledger.operations import post
from linli.ledger.types import Code, Entry, Leg
from linli.trade.events import OrdersCompleted
from linli.trade.models import SettlementRun

# The more orders a run has, the fewer postings come to each. Its orders stay locked for a second or two, the balances that it
# moves for less than half of one.
AT_ONCE = 20_000

_DUE = """
select id from trade_order o
 where state = 'received' and completes_at <= %(at)s and id <> all(%(aside)s::bigint[])
   and not exists (select 1 from trade_aftersale a where a.order_id = o.id and a.state in ('asked', 'agreed', 'sent_back'))
 order by completes_at, id limit %(most)s for no key update skip locked
"""

# What refunds left of each line by the cumulative rule (core.money.remaining, rules.share), summed for each merchant.
_LEFT = """
select o.merchant_id, sum(o.goods_fen)::bigint as goods_fen, sum(l.fee_fen)::bigint as fee_fen, sum(l.subsidy_fen)::bigint as subsidy_fen
  from (select id, merchant_id, total_fen - refunded_fen as goods_fen from trade_order where id = any(%s::bigint[])) o
 cross join lateral (
       select sum(case when total_fen > 0 then fee_fen * (total_fen - refunded_fen) / total_fen else 0 end) as fee_fen,
              sum(case when total_fen > 0 then subsidy_fen * (total_fen - refunded_fen) / total_fen
                       else subsidy_fen * (quantity - refunded_quantity) / quantity end) as subsidy_fen
         from trade_orderline where order_id = o.id) l
 group by o.merchant_id order by o.merchant_id
"""


@dataclass(frozen=True)
class _Left:
    """What refunds left of a merchant's orders, in fen."""

    merchant_id: int
    goods_fen: int
    fee_fen: int
    subsidy_fen: int


@dataclass(frozen=True)
class _Shares:
    """Where the money of a run's orders goes, in fen."""

    merchants: Mapping[int, int]
    owners: Mapping[int, int]
    fee_fen: int
    breakage_fen: int

    @property
    def merchants_fen(self) -> int:
        return sum(self.merchants.values())

    @property
    def owners_fen(self) -> int:
        return sum(self.owners.values())


def complete_orders(*, at: datetime, at_once: int = AT_ONCE) -> int:
    """Settle, in one run, received orders whose window has ended and that have no open aftersale. Returns how many orders."""
    return work_off("trade.complete_orders", _DUE, partial(_complete, at=at), at=at, most=at_once)


def _complete(order_ids: Sequence[int], *, at: datetime) -> None:
    ids = list(order_ids)
    due = sql.rows(
        "select id, order_no, merchant_id from trade_order where id = any(%s::bigint[]) order by id", (ids,)
    )
    matured = mature([order.order_no for order in due], [order.merchant_id for order in due], at=at)
    shares = _shares(sql.typed(_Left, _LEFT, (ids,)), matured)
    run = SettlementRun.objects.create(
        made_at=at, order_count=len(due), line_count=matured.line_count, merchants_fen=shares.merchants_fen,
        owners_fen=shares.owners_fen, fee_fen=shares.fee_fen, breakage_fen=shares.breakage_fen,
    )  # fmt: skip
    sql.rows(
        "update trade_order set state = 'completed', closed_at = %s, settlement_run_id = %s where id = any(%s::bigint[])",
        (at, run.pk, ids),
    )
    events.publish([OrdersCompleted(run.pk)])
    # Last: payments of the same owners and merchants wait for these balances until the commit.
    _post(run, shares)


def _shares(left: Sequence[_Left], matured: Matured) -> _Shares:
    """A merchant gets what neither the fee nor the lines of its orders take."""
    merchants = {
        row.merchant_id: row.goods_fen
        + row.subsidy_fen
        - row.fee_fen
        - matured.of_payer.get(row.merchant_id, 0)
        for row in left
    }
    owners = {owner: fen for owner, fen in matured.of_beneficiary.items() if owner != PLATFORM}
    return _Shares(
        merchants, owners, sum(row.fee_fen for row in left), matured.of_beneficiary.get(PLATFORM, 0)
    )


def _post(run: SettlementRun, shares: _Shares) -> None:
    # In the order of accounts: neighbours lie together in the ledger's indexes.
    legs = (
        Leg(Code.breakage, PLATFORM, -shares.breakage_fen),
        *(Leg(Code.commission_available, owner, -fen) for owner, fen in shares.owners.items()),
        *(Leg(Code.commission_pending, owner, fen) for owner, fen in shares.owners.items()),
        Leg(Code.deferred_platform, PLATFORM, shares.fee_fen + shares.breakage_fen),
        *(Leg(Code.merchant_available, merchant, -fen) for merchant, fen in shares.merchants.items()),
        *(Leg(Code.merchant_pending, merchant, fen) for merchant, fen in shares.merchants.items()),
        Leg(Code.service_fee, PLATFORM, -shares.fee_fen),
    )
    if any(leg.amount_fen for leg in legs):
        post([Entry(f"settlement:{run.pk}", "settlement", run.number, legs, run.made_at)])
