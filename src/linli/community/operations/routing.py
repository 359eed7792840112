"""Rules of routing are written by the operator; members take or decline what is proposed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from linli.community.models import Community, Identity, PlaceState, RoutedPlace, RoutingRule
from linli.community.types import CommunityRefused
from linli.core import audit
from linli.core.actor import Actor
from linli.members.rules import OCCUPATIONS


@dataclass(frozen=True)
class RuleDraft:
    """Whom a community fits; the meaning of each value stands at models.RoutingRule."""

    occupations: Sequence[str] = ()
    interests: Sequence[str] = ()
    identities: Sequence[str] = ()
    priority: int = 0


def write_rule(*, community: Community, draft: RuleDraft, actor: Actor, at: datetime) -> RoutingRule:
    """The rule of a community, new or in place of its old one; the next run goes by it. Raises CommunityRefused: unreadable."""
    interests = [word.strip() for word in draft.interests if word.strip()]
    known = set(draft.occupations) <= set(OCCUPATIONS) and set(draft.identities) <= set(Identity.values)
    if (
        not known
        or any(len(word) > 12 for word in interests)
        or len(interests) > 12
        or not -99 <= draft.priority <= 99
    ):
        raise CommunityRefused("unreadable")
    rule, _ = RoutingRule.objects.update_or_create(
        community=community,
        defaults={
            "occupations": sorted(set(draft.occupations)),
            "interests": sorted(set(interests)),
            "identities": sorted(set(draft.identities)),
            "priority": draft.priority,
            "changed_at": at,
        },
    )
    audit.record(actor=actor, action="write_rule", subject=f"community:{community.pk}", at=at)
    return rule


def drop_rule(*, community: Community, actor: Actor, at: datetime) -> None:
    """Nobody is led to a community any more. A second time changes nothing."""
    if RoutingRule.objects.filter(community=community).delete()[0]:
        audit.record(actor=actor, action="drop_rule", subject=f"community:{community.pk}", at=at)


def decline_place(*, place: RoutedPlace) -> None:
    """The member does not want it, and is not asked again."""
    RoutedPlace.objects.filter(pk=place.pk).update(state=PlaceState.declined)
