"""Commission lines: written when an order is paid, reversed by refunds, matured when it completes. All lists, one statement each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from linli.core import sql
from linli.core.money import reversal
from linli.distribution.queries.commission import positions_of
from linli.distribution.queries.plan import ActivePlan
from linli.distribution.rules.plan import Sale
from linli.distribution.types import Share


@dataclass(frozen=True)
class SoldLine:
    """A paid order line with the owner it is attributed to (0: nobody)."""

    order_no: str
    order_line_id: int
    seller_id: int
    base_fen: int
    rate_bp: int
    title: str
    image: str


@dataclass(frozen=True)
class RefundedPart:
    """Fen of an order line's goods that go back now, after so many went back before."""

    order_line_id: int
    refund_fen: int


@dataclass(frozen=True)
class Reversed:
    """What one party gives back because of a refunded part."""

    order_line_id: int
    beneficiary_id: int
    amount_fen: int


@dataclass(frozen=True)
class Matured:
    """What lines left after reversals when they matured, in fen: by who paid for them, and by who gets it."""

    line_count: int
    of_payer: dict[int, int]
    of_beneficiary: dict[int, int]


_ACCRUE = """
insert into distribution_commissionline (order_no, order_line_id, beneficiary_id, kind, product_title, product_image, base_fen,
       rate_bp, amount_fen, refunded_base_fen, reversed_fen, why, plan_id, state, paid_at)
select l.order_no, l.order_line_id, l.beneficiary_id, l.kind, l.title, l.image, l.base_fen, l.rate_bp, l.amount_fen, 0, 0, l.why,
       %(plan)s, 'pending', %(at)s
  from unnest(%(order_nos)s::text[], %(line_ids)s::bigint[], %(beneficiaries)s::bigint[], %(kinds)s::text[], %(titles)s::text[],
              %(images)s::text[], %(bases)s::bigint[], %(rates)s::int[], %(amounts)s::bigint[], %(whys)s::text[])
       l(order_no, order_line_id, beneficiary_id, kind, title, image, base_fen, rate_bp, amount_fen, why)
"""

# Both sums of what matures come from the one update, so that nothing can change between them.
_MATURE = """
with matured as (
  update distribution_commissionline c set state = 'available', available_at = %(at)s
    from unnest(%(order_nos)s::text[], %(payers)s::bigint[]) o(order_no, payer_id)
   where c.order_no = o.order_no and c.state = 'pending'
  returning o.payer_id, c.beneficiary_id, c.amount_fen - c.reversed_fen as fen)
select payer_id, beneficiary_id, count(*) as line_count, sum(fen)::bigint as fen
  from matured group by grouping sets ((payer_id), (beneficiary_id)) order by payer_id, beneficiary_id
"""


def accrue(lines: Sequence[SoldLine], *, plan: ActivePlan, at: datetime) -> dict[int, tuple[Share, ...]]:
    """Freeze what each sold line pays under a plan, from the tree as it stands now. Returns the shares by order line id."""
    sold = [line for line in lines if line.seller_id]
    positions = positions_of({line.seller_id for line in sold}, leading=plan.engine.plan.leading_tiers)
    placed = [line for line in sold if line.seller_id in positions]
    sales = [Sale(line.base_fen, line.rate_bp, positions[line.seller_id]) for line in placed]
    shares = {
        line.order_line_id: due for line, due in zip(placed, plan.engine.sale_shares(sales), strict=True)
    }
    flat = [(line, share) for line in placed for share in shares[line.order_line_id]]
    if flat:
        sql.rows(
            _ACCRUE,
            {
                "plan": plan.plan_id,
                "at": at,
                "order_nos": [line.order_no for line, _ in flat],
                "line_ids": [line.order_line_id for line, _ in flat],
                "beneficiaries": [share.beneficiary_id for _, share in flat],
                "kinds": [share.kind for _, share in flat],
                "titles": [line.title for line, _ in flat],
                "images": [line.image for line, _ in flat],
                "bases": [line.base_fen for line, _ in flat],
                "rates": [share.rate_bp for _, share in flat],
                "amounts": [share.amount_fen for _, share in flat],
                "whys": [share.why for _, share in flat],
            },
        )
    return shares


def reverse(parts: Sequence[RefundedPart]) -> list[Reversed]:
    """Take back every party's part of refunded goods, by the cumulative rule. Returns what each gives back, zeros left out."""
    if not parts:
        return []
    refund = {part.order_line_id: part.refund_fen for part in parts}
    lines = sql.rows(
        """select id, order_line_id, beneficiary_id, amount_fen, base_fen, refunded_base_fen from distribution_commissionline
            where order_line_id = any(%s::bigint[]) order by id for no key update""",
        (list(refund),),
    )
    taken = [
        (line, reversal(line.amount_fen, line.base_fen, line.refunded_base_fen, refund[line.order_line_id]))
        for line in lines
    ]
    sql.rows(
        """update distribution_commissionline c
              set reversed_fen = c.reversed_fen + r.taken_fen, refunded_base_fen = c.refunded_base_fen + r.refund_fen
             from unnest(%s::bigint[], %s::bigint[], %s::bigint[]) r(id, taken_fen, refund_fen) where c.id = r.id""",
        (
            [line.id for line in lines],
            [fen for _, fen in taken],
            [refund[line.order_line_id] for line in lines],
        ),
    )
    return [Reversed(line.order_line_id, line.beneficiary_id, fen) for line, fen in taken if fen]


def mature(order_nos: Sequence[str], payer_ids: Sequence[int], *, at: datetime) -> Matured:
    """Pending lines of completed orders become available. Each order comes with who pays for its lines (its merchant)."""
    rows = sql.rows(_MATURE, {"at": at, "order_nos": list(order_nos), "payers": list(payer_ids)})
    return Matured(
        line_count=sum(row.line_count for row in rows if row.payer_id is not None),
        of_payer={row.payer_id: row.fen for row in rows if row.payer_id is not None},
        of_beneficiary={row.beneficiary_id: row.fen for row in rows if row.payer_id is None},
    )
