"""The shop that the benchmark buys in."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from linli.core import clock, sql
from linli.core.codes import digest

SKUS = 1000
STOCK = 10_000_000


@dataclass(frozen=True)
class Shop:
    """skus to order, the units each began with, bearer tokens of members, the share code they came by."""

    skus: list[int]
    stock: int
    tokens: list[str]
    share_code: str


def make_shop(*, members: int) -> Shop:
    """A merchant with 1000 skus, an owner, and members with tokens, on top of whatever is there."""
    from linli.catalog.models import Category, Sku  # inline: needs Django's apps
    from linli.catalog.operations.product import add_products
    from linli.catalog.types import ProductDraft, SkuDraft
    from linli.core.models import DatedValue
    from linli.distribution.operations.owner import open_shop
    from linli.members.models import Member
    from linli.merchants.models import Merchant
    from linli.trade.values import UNPAID_UNITS

    at = clock.now()
    # Few members buy as many would: what one may hold unpaid is not what is measured.
    DatedValue.objects.get_or_create(key=UNPAID_UNITS.key, active_from=at, defaults={"value": 10**9})
    merchant = Merchant.objects.create(name="Bench", created_at=at)
    category, _ = Category.objects.get_or_create(name="Bench", parent=None)
    drafts = [
        ProductDraft(merchant.pk, category.pk, f"样品 {n}", (SkuDraft(("一份",), 19_900, 2000, STOCK),))
        for n in range(SKUS)
    ]
    product_ids = add_products(drafts, at=at)
    skus = list(Sku.objects.filter(product__in=product_ids).order_by("pk").values_list("pk", flat=True))
    mark = secrets.randbelow(10**6)
    names = [f"9{mark:06d}{n:05d}" for n in range(members + 1)]
    people = Member.objects.bulk_create(
        Member(phone=phone, name="Bench", created_at=at, password="!") for phone in names
    )
    owner = open_shop(member=people[0], invitation=None, shop_name="Bench", at=at)
    tokens = [secrets.token_urlsafe(32) for _ in people[1:]]
    sql.rows(
        """insert into members_apitoken (token_hash, member_id, created_at, expires_at)
           select h, m, %s, %s from unnest(%s::bytea[], %s::bigint[]) t(h, m)""",
        (
            at,
            at + timedelta(days=1),
            [digest(token) for token in tokens],
            [member.pk for member in people[1:]],
        ),
    )
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("analyze")
    return Shop(skus, STOCK, tokens, owner.shop_code)
