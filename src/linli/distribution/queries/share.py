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


_FACE = """select o.shop_code, o.shop_name, o.shop_intro, o.tier, m.avatar
             from distribution_owner o join members_member m on m.id = o.member_id"""


def own_shop(owner_id: int) -> ShopFace:
    """The shop of an owner, who must exist."""
    return ShopFace(*sql.rows(_FACE + " where o.member_id = %s", (owner_id,))[0])


def shop_behind(code: str) -> ShopFace | None:
    """The shop that a share link's code, or a shop's own, leads to."""
    rows = sql.rows(
        _FACE
        + """ where o.member_id = coalesce((select owner_id from distribution_sharelink where code = %(code)s),
                                          (select member_id from distribution_owner where shop_code = %(code)s))""",
        {"code": code},
    )
    return ShopFace(*rows[0]) if rows else None


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
