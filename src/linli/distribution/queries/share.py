"""What a share says."""

from django.utils.translation import gettext

from linli.catalog.models import Product
from linli.core.money import yuan
from linli.distribution.models import Owner


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
