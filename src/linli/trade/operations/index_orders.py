"""What orders are found by in consoles: see core.finding."""

from collections.abc import Sequence
from typing import Any

from linli.campaigns.queries.gift import addresses_of_gifts
from linli.core import finding, sql
from linli.core.finding import Known
from linli.trade.queries.order import ORDER


def index_orders(order_nos: Sequence[str]) -> None:
    """Say what sold orders are found by: their number, consignee, goods and parcels. Whoever changes one of these says it anew; the
    orders are locked meanwhile, so that the last to say it has read it last. Not by the buyer's own phone, which is not their
    merchant's to try."""
    rows = sql.rows(
        """with locked as (select id, order_no, address from trade_order where order_no = any(%s::text[]) order by id for no key update)
           select o.id, o.order_no, coalesce(o.address->>'name', '') as name, coalesce(o.address->>'phone', '') as phone,
                  (select coalesce(array_agg(l.title || ' ' || l.sku_title), '{}') from trade_orderline l where l.order_id = o.id) as goods,
                  (select coalesce(array_agg(s.tracking_no), '{}') from fulfilment_shipment s where s.order_no = o.order_no) as parcels
             from locked o""",
        (list(order_nos),),
    )
    gifts = addresses_of_gifts([row.order_no for row in rows if not row.phone])
    finding.put(ORDER, [_known(row, gifts.get(row.order_no) or {}) for row in rows])


def _known(row: Any, gift: dict[str, str]) -> Known:
    name, phone = row.name or gift.get("name", ""), row.phone or gift.get("phone", "")
    numbers = (row.order_no, phone, *row.parcels)
    return Known(row.id, (name, *row.goods), tuple(number for number in numbers if number))
