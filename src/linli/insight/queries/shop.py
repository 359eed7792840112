"""What an owner's shop can say of itself, counted and never typed."""

from dataclasses import dataclass

from linli.core import sql

MOST_SALES = 2000


@dataclass(frozen=True)
class ShopFigures:
    """neighbours: buyers who came through the owner and kept something; again: how many of them bought more than once.
    is_complete: no sale was left out."""

    neighbours: int
    again: int
    is_complete: bool

    @property
    def again_percent(self) -> int:
        return self.again * 100 // self.neighbours if self.neighbours else 0


def shop_figures(owner_id: int) -> ShopFigures:
    """The figures of one shop over its last MOST_SALES sales, without the owner's own purchases."""
    [found] = sql.typed(
        ShopFigures,
        """with sale as (select order_no from distribution_commissionline
                           where beneficiary_id = %(owner)s and kind = 'commission' and refunded_base_fen < base_fen
                           order by id desc limit %(most)s),
                bought as (select o.member_id, count(distinct o.order_no) as orders from sale join trade_order o using (order_no)
                            where o.member_id <> %(owner)s group by o.member_id)
           select count(*)::int as neighbours, (count(*) filter (where orders > 1))::int as again,
                  (select count(*) < %(most)s from sale) as is_complete
             from bought""",
        {"owner": owner_id, "most": MOST_SALES},
    )
    return found
