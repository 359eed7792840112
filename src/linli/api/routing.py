"""Routing over HTTP: what I say of myself, the communities that fit me, the operator's rules and runs."""

from django.http import HttpRequest, HttpResponse

from linli.api.app import actor_of, answer, demand
from linli.api.catalog import number
from linli.api.once import Router
from linli.api.schemas import RoutingRuleIn, RoutingRunIn, TraitsIn
from linli.community.models import Community, RoutedPlace
from linli.community.operations.routing import RuleDraft, decline_place, drop_rule, write_rule
from linli.community.queries.community import proposed_to
from linli.core import clock
from linli.members.models import Trait
from linli.members.operations.profile import say_traits
from linli.trade.operations.routing import route_members

router = Router(tags=["routing"])


@router.get("/me/traits")
def get_traits(request: HttpRequest) -> HttpResponse:
    """What I say of myself."""
    said = Trait.objects.filter(member_id=actor_of(request).member_id).order_by("pk")
    occupation = next((one.value for one in said if one.kind == "occupation"), "")
    return answer(
        {"occupation": occupation, "interests": [one.value for one in said if one.kind == "interest"]}
    )


@router.put("/me/traits")
def put_traits(request: HttpRequest, body: TraitsIn) -> HttpResponse:
    """Say it anew; all of it may be empty."""
    say_traits(member_id=actor_of(request).member_id, occupation=body.occupation, interests=body.interests)
    return get_traits(request)


@router.get("/me/places")
def get_places(request: HttpRequest) -> HttpResponse:
    """The communities that fit me and have room."""
    found = proposed_to(actor_of(request).member_id)
    items = [
        {"id": str(one.pk), "community_id": str(one.community_id), "name": one.community.name, "why": one.why}
        for one in found
    ]
    return answer({"items": items, "next": None})


@router.post("/me/places/{place_id}/decline")
def post_decline(request: HttpRequest, place_id: str) -> HttpResponse:
    """I do not want it; I am not asked again."""
    place = RoutedPlace.objects.get(pk=number(place_id), member_id=actor_of(request).member_id)
    decline_place(place=place)
    return answer({"id": str(place.pk), "state": "declined"})


@router.put("/communities/{community_id}/routing")
def put_rule(request: HttpRequest, community_id: str, body: RoutingRuleIn) -> HttpResponse:
    """(operator) Whom a community fits; its region, capacity and way in are its own."""
    actor = actor_of(request)
    demand(actor.is_operator)
    community = Community.objects.get(pk=number(community_id), closed_at=None)
    rule = write_rule(community=community, draft=RuleDraft(**body.dict()), actor=actor, at=clock.now())
    return answer(
        {
            "community_id": str(community.pk),
            "occupations": rule.occupations,
            "interests": rule.interests,
            "identities": rule.identities,
            "priority": rule.priority,
        }
    )


@router.delete("/communities/{community_id}/routing")
def delete_rule(request: HttpRequest, community_id: str) -> HttpResponse:
    """(operator) Nobody is led there any more."""
    actor = actor_of(request)
    demand(actor.is_operator)
    community = Community.objects.get(pk=number(community_id))
    drop_rule(community=community, actor=actor, at=clock.now())
    return answer({"community_id": str(community.pk)})


@router.post("/ops/routing")
def post_run(request: HttpRequest, body: RoutingRunIn) -> HttpResponse:
    """(operator) Route all members; dry says what would be and changes nothing."""
    demand(actor_of(request).is_operator)
    routed = route_members(at=clock.now(), is_dry=body.dry)
    communities = [
        {"community_id": str(pk), "name": name, "proposed": proposed, "waiting": waiting}
        for pk, name, proposed, waiting in routed.by_community
    ]
    sample = [
        {"member": name[:1], "community": community, "why": list(why), "state": state}
        for name, community, why, state in routed.sample
    ]
    return answer(
        {
            "dry": body.dry,
            "proposed": routed.proposed,
            "waiting": routed.waiting,
            "left": routed.left,
            "communities": communities,
            "sample": sample,
        }
    )
