"""Members go into communities: who has bought is known here, everything else where communities are."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from linli.community.models import Community, EntryKind
from linli.community.operations.join import join_communities
from linli.community.types import JoinAsked, Joined
from linli.core.refusal import Refusal
from linli.trade.queries.verified_buyer import kept_fen, verified_buyers


def enter_communities(asked: Sequence[JoinAsked], *, at: datetime) -> list[Joined | Refusal]:
    """Let members in (community.operations.join); for communities that ask for a purchase it is looked up first."""
    wanted = Community.objects.filter(
        pk__in={one.community_id for one in asked}, entry_kind=EntryKind.purchase
    )
    by_id = {community.pk: community for community in wanted}
    buying = [one for one in asked if one.community_id in by_id]
    if not buying:
        return join_communities(asked, at=at)
    kept = kept_fen([one.member_id for one in buying])
    bought = verified_buyers(
        [
            (one.member_id, product_id)
            for one in buying
            if (product_id := by_id[one.community_id].entry_product_id)
        ]
    )

    def looked_up(one: JoinAsked) -> JoinAsked:
        community = by_id.get(one.community_id)
        if community is None:
            return one
        if community.entry_product_id:
            return replace(one, has_bought=(one.member_id, community.entry_product_id) in bought)
        return replace(one, has_bought=kept.get(one.member_id, 0) >= community.entry_spend_fen)

    return join_communities([looked_up(one) for one in asked], at=at)
