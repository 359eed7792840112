"""What a gift may be. Pure."""

from linli.campaigns.types import GiftWish
from linli.core.refusal import Refusal

MOST_SHARES = 50
MOST_WORDS = 60
OPEN_HOURS = 72


def gift_fault(wish: GiftWish, *, kinds: int, has_campaign: bool) -> Refusal | None:
    """Why a basket of so many kinds of goods cannot be given away like this; None when it can.

    Refusals: gift_one_kind, gift_alone (its price is a campaign's), gift_shares, too_long.
    """
    if kinds != 1:
        return Refusal("gift_one_kind")
    if has_campaign:
        return Refusal("gift_alone")
    if not 1 <= wish.shares <= MOST_SHARES:
        return Refusal("gift_shares", {"most": MOST_SHARES})
    return Refusal("too_long") if len(wish.words) > MOST_WORDS else None
