"""Cards of posts, drawn once for the same values: whatever a card shows is its key, so that nothing is ever stale (decision 0011)."""

from collections.abc import Hashable
from datetime import datetime

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from linli.community.queries.feed import PostFace
from linli.web.templatetags.ui import since

register = template.Library()
MOST = 4000
_kept: dict[Hashable, SafeString] = {}


@register.simple_tag
def post_card(post: PostFace, now: datetime, shows_community: bool = False) -> SafeString:
    """A post in a feed, as it is read now."""
    ago = since(post.created_at, now)
    key = repr(post), ago, bool(shows_community), get_language()
    card = _kept.get(key)
    if card is None:
        content = {"post": post, "ago": ago, "shows_community": shows_community}
        card = SafeString(get_template("community/post_card.html").render(content))
        while len(_kept) >= MOST:
            _kept.pop(next(iter(_kept)), None)
        _kept[key] = card
    return card
