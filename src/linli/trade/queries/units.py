"""Where the units of an order are."""

from linli.core import sql
from linli.trade.models import Order
from linli.trade.rules.units import LineUnits


def units_by_line(order: Order) -> dict[int, LineUnits]:
    """Where the units of each line of an order are, by line id."""
    rows = sql.rows(
        """select l.id, l.quantity, l.shipped_quantity, l.refunded_quantity, l.never_sent_quantity,
                  coalesce(sum(al.quantity) filter (where a.kind <> 'return'), 0)::int as asked_refund,
                  coalesce(sum(al.quantity) filter (where a.kind = 'return'), 0)::int as asked_return
             from trade_orderline l left join trade_aftersale a on a.order_id = l.order_id and a.state in ('asked', 'agreed', 'sent_back')
             left join trade_aftersaleline al on al.aftersale_id = a.id and al.order_line_id = l.id
            where l.order_id = %s group by l.id order by l.id""",
        (order.pk,),
    )
    return {
        row.id: LineUnits(
            row.quantity,
            row.shipped_quantity,
            row.refunded_quantity,
            row.never_sent_quantity,
            row.asked_refund,
            row.asked_return,
        )
        for row in rows
    }
