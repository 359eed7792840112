"""What the people of the demo town keep and looked at."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from linli.catalog.models import Product
from linli.catalog.operations.favourite import keep_favourite, note_footprint
from linli.members.models import Member

KEPT, SEEN = 4, 9


def keep_hearts(members: Sequence[Member], *, at: datetime) -> None:
    """Everybody looked at a few goods in the last hours, keeps some of them, and wants to hear of one."""
    dice = random.Random(10)
    products = list(Product.objects.filter(state="on_sale").order_by("id").values_list("pk", flat=True))
    for member in members:
        seen = dice.sample(products, min(SEEN, len(products)))
        for n, product_id in enumerate(seen):
            note_footprint(member_id=member.pk, product_id=product_id, at=at - timedelta(minutes=7 * n + 3))
        for n, product_id in enumerate(seen[:KEPT]):
            keep_favourite(member_id=member.pk, product_id=product_id, wants_news=n == 0, at=at)
