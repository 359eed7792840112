"""What an owner's shop can say of itself, counted and never typed."""

from dataclasses import dataclass

from linli.core import sql

MOST_SALES = 2000


@dataclass(frozen=True)
class ShopFigures:
    """neighbours: who bought by the owner and kept something of it; again: how many of them did so more than once."""

    neighbours: int
    again: int

    @property
    def again_percent(self) -> int:
        return self.again * 100 // self.neighbours if self.neighbours else 0


def shop_figures(owner_id: int) -> ShopFigures:
    """The figures of one shop by its last MOST_SALES sales, own purchases apart."""
    [found] = sql.typed(
        ShopFigures,
        """select count(*)::int as neighbours, (count(*) filter (where orders > 1))::int as again
             from (select o.member_id, count(distinct c.order_no) as orders
                     from (select order_no from distribution_commissionline
                            where beneficiary_id = %(owner)s and kind = 'commission' and refunded_base_fen < base_fen
                            order by id desc limit %(most)s) c
                     join trade_order o on o.order_no = c.order_no
                    where o.member_id <> %(owner)s group by o.member_id) bought""",
        {"owner": owner_id, "most": MOST_SALES},
    )
    return found
