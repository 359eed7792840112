"""What a share says, and whose shop it leads to."""

from typing import NamedTuple

from django.utils.translation import gettext

from linli.catalog.models import Product
from linli.core import sql
from linli.core.money import yuan
from linli.distribution.models import Owner, PackItem


class ShopFace(NamedTuple):
    """An owner's shop as its visitors see it."""

    shop_code: str
    shop_name: str
    shop_intro: str
    tier: str
    avatar: str
    name: str
    words: str  # the owner's own about the product that was asked for; empty for none


def shop_of(owner_id: int, *, product_id: int = 0) -> ShopFace:
    """The shop of an owner, who must exist, with what they say of a product."""
    rows = sql.rows(
        """select o.shop_code, o.shop_name, o.shop_intro, o.tier, m.avatar, m.name, coalesce(p.words, '') as words
             from distribution_owner o join members_member m on m.id = o.member_id
             left join distribution_shoppick p on p.owner_id = o.member_id and p.product_id = %s
            where o.member_id = %s""",
        (product_id, owner_id),
    )
    return ShopFace(*rows[0])


def share_text(*, product: Product | None, owner: Owner, url: str) -> str:
    """The words that an owner pastes into a chat, in the active language. No commission in them: they are for friends."""
    if product is None:
        return gettext("%(shop)s: things I use myself. Come and look %(url)s") % {
            "shop": owner.shop_name,
            "url": url,
        }
    return gettext("%(title)s, ¥%(price)s. %(subtitle)s — from %(shop)s %(url)s") % {
        "title": product.title,
        "price": yuan(product.price_fen),
        "subtitle": product.subtitle,
        "shop": owner.shop_name,
        "url": url,
    }


def pack_words(item: PackItem, *, owner: Owner, url: str) -> str:
    """What an owner copies of a pack: the words with their own link after them; of goods without words their title and price."""
    return (
        f"{item.material.words} {url}"
        if item.material
        else share_text(product=item.product, owner=owner, url=url)
    )
