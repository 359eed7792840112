"""What the words about a product have brought."""

from dataclasses import dataclass

from linli.core import sql
from linli.distribution.models import Material


@dataclass(frozen=True)
class MaterialResult:
    """Words with how many owners got them and posted them, how often their links were opened, the orders and what of them is kept,
    and what of that owners earn and the platform keeps (its fee), in fen."""

    material: Material
    given: int
    posted: int
    clicks: int
    orders: int
    kept_fen: int
    owners_fen: int
    fee_fen: int


def material_results(product_id: int) -> list[MaterialResult]:
    """Every copy about a product, those in use first, in a fixed number of statements."""
    rows = sql.rows(
        """with came as (
             select l.purpose, l.click_count, o.id, o.total_fen - o.refunded_fen as kept_fen,
                    (select coalesce(sum(c.amount_fen - c.reversed_fen), 0) from distribution_commissionline c
                      where c.order_no = o.order_no and c.beneficiary_id <> 0) as owners_fen,
                    (select coalesce(sum(case when n.total_fen > 0 then n.fee_fen * (n.total_fen - n.refunded_fen) / n.total_fen else 0 end), 0)
                       from trade_orderline n where n.order_id = o.id) as fee_fen,
                    row_number() over (partition by l.id order by o.id) as n
               from distribution_sharelink l left join trade_order o on o.share_code = l.code and o.share_code <> '' and o.paid_at is not null
              where l.product_id = %(product)s and l.purpose like 'copy:%%')
           select m.id,
                  (select count(*) from distribution_packitem i where i.material_id = m.id)::int as given,
                  (select count(*) from distribution_packitem i where i.material_id = m.id and i.posted_at is not null)::int as posted,
                  coalesce(sum(c.click_count) filter (where c.n = 1), 0)::int as clicks, count(c.id)::int as orders,
                  coalesce(sum(c.kept_fen), 0)::bigint as kept_fen, coalesce(sum(c.owners_fen), 0)::bigint as owners_fen,
                  coalesce(sum(c.fee_fen), 0)::bigint as fee_fen
             from distribution_material m left join came c on c.purpose = 'copy:' || m.id
            where m.product_id = %(product)s group by m.id order by m.retired_at is not null, m.id""",
        {"product": product_id},
    )
    known = Material.objects.select_related("recording").in_bulk([row.id for row in rows])
    return [MaterialResult(known[row.id], *row[1:]) for row in rows]
