"""What the catalog tells members in their inbox: the sentence and the icon of each code."""

from django.utils.translation import gettext_lazy

from linli.channels.notifications import declare

declare(
    {
        "price_dropped": (gettext_lazy("“%(title)s” is down to ¥%(yuan)s."), "heart-fill"),
        "back_in_stock": (gettext_lazy("“%(title)s” is back in stock."), "heart-fill"),
    }
)
