"""Daily reconciliation: the gateway's bill against charges, refunds, payouts and postings; each difference is a row."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction

from linli.core import sql
from linli.core.clock import shop_day
from linli.payments.adapters.registry import gateway
from linli.payments.models import Difference, Reconciliation
from linli.payments.operations.charge import ask_gateways

DAYS_AT_ONCE = 40

_OURS = """
select 'payment' as topic, charge_no as number, amount_fen from payments_charge
 where gateway = %(gateway)s and state = 'succeeded' and (settled_at at time zone 'Asia/Shanghai')::date = %(day)s
union all
select 'refund', r.refund_no, r.amount_fen from payments_refund r join payments_charge c on c.id = r.charge_id
 where c.gateway = %(gateway)s and r.state = 'succeeded' and (r.settled_at at time zone 'Asia/Shanghai')::date = %(day)s
union all
select 'payout', payout_no, amount_fen from payments_payout
 where gateway = %(gateway)s and state = 'succeeded' and (settled_at at time zone 'Asia/Shanghai')::date = %(day)s
"""

_POSTED = """
select coalesce(sum(p.amount_fen) filter (where p.amount_fen > 0), 0)::bigint as charged_fen,
       coalesce(-sum(p.amount_fen) filter (where p.amount_fen < 0 and t.kind = 'refund_paid'), 0)::bigint as refunded_fen,
       coalesce(-sum(p.amount_fen) filter (where p.amount_fen < 0 and t.kind <> 'refund_paid'), 0)::bigint as paid_out_fen
  from ledger_posting p join ledger_transaction t on t.id = p.transaction_id join ledger_account a on a.id = p.account_id
 where a.code = 'gateway' and (t.effective_at at time zone 'Asia/Shanghai')::date = %(day)s
"""


def reconcile(*, name: str, day: date, at: datetime) -> Reconciliation:
    """Compare one day; run again, it replaces that day's report. Raises GatewayUnavailable.

    A payment that only the gateway knows is asked about first (its notice was lost), and so repaired.
    """
    theirs = {(line.topic, line.number): line.amount_fen for line in gateway(name).bill(day)}
    unknown = [number for topic, number in theirs.keys() - _ours(name, day).keys() if topic == "payment"]
    if unknown:
        ask_gateways(unknown, at=at)
    ours = _ours(name, day)
    with transaction.atomic():
        Reconciliation.objects.filter(gateway=name, day=day).delete()
        report = Reconciliation.objects.create(
            gateway=name,
            day=day,
            charge_count=_count(ours, "payment"),
            charge_fen=_sum(ours, "payment"),
            refund_count=_count(ours, "refund"),
            refund_fen=_sum(ours, "refund"),
            payout_count=_count(ours, "payout"),
            payout_fen=_sum(ours, "payout"),
            made_at=at,
        )
        for key in sorted(ours.keys() | theirs.keys()):
            if ours.get(key) != theirs.get(key):
                Difference.objects.create(
                    reconciliation=report,
                    kind=key[0],
                    number=key[1],
                    ours_fen=ours.get(key),
                    theirs_fen=theirs.get(key),
                )
        _compare_with_postings(report, day, ours)
    return report


def days_to_reconcile(name: str, *, at: datetime) -> list[date]:
    """The days of a gateway that have passed and have no report (a clock that jumped, a gateway that had no bill), oldest first;
    and those of the last week whose differences a later notice may have cleared, asked again every hour."""
    yesterday = shop_day(at) - timedelta(days=1)
    rows = sql.rows(
        """with first as (select least((select min(settled_at) from payments_charge where gateway = %(name)s),
                                       (select min(settled_at) from payments_payout where gateway = %(name)s)) as at)
           select d::date as day from first, generate_series((first.at at time zone 'Asia/Shanghai')::date, %(yesterday)s::date, '1 day') d
            where not exists (select 1 from payments_reconciliation r where r.gateway = %(name)s and r.day = d::date)
           union
           select r.day from payments_reconciliation r where r.gateway = %(name)s and r.day >= %(yesterday)s::date - 6
              and r.made_at < %(at)s - interval '1 hour' and exists (select 1 from payments_difference x where x.reconciliation_id = r.id)
            order by day limit %(most)s""",
        {"name": name, "yesterday": yesterday, "at": at, "most": DAYS_AT_ONCE},
    )
    return [row.day for row in rows]


def _compare_with_postings(report: Reconciliation, day: date, ours: Mapping[tuple[str, str], int]) -> None:
    posted = sql.rows(_POSTED, {"day": day})[0]
    for kind, fen, posted_fen in (
        ("posted_charges", _sum(ours, "payment"), posted.charged_fen),
        ("posted_refunds", _sum(ours, "refund"), posted.refunded_fen),
        ("posted_payouts", _sum(ours, "payout"), posted.paid_out_fen),
    ):
        if fen != posted_fen:
            Difference.objects.create(
                reconciliation=report, kind=kind, number=str(day), ours_fen=fen, theirs_fen=posted_fen
            )


def _ours(name: str, day: date) -> dict[tuple[str, str], int]:
    rows = sql.rows(_OURS, {"gateway": name, "day": day})
    return {(row.topic, row.number): row.amount_fen for row in rows}


def _count(lines: Mapping[tuple[str, str], int], topic: str) -> int:
    return sum(1 for kind, _ in lines if kind == topic)


def _sum(lines: Mapping[tuple[str, str], int], topic: str) -> int:
    return sum(fen for (kind, _), fen in lines.items() if kind == topic)
