"""A community that goes well is cloned for other regions; what its template changes later, each clone takes or keeps apart."""

from datetime import datetime

from django.db import transaction

from linli.community.models import Community
from linli.community.operations.community import BadCommunity, found_community
from linli.community.operations.join import lock_community
from linli.community.rules.community import CommunityDraft
from linli.community.rules.template import PARTS, Change, changes, snapshot
from linli.core.actor import Actor
from linli.core.audit import record
from linli.core.refusal import Refusal


def clone_community(
    *, template: Community, name: str, region: str, leader_id: int, actor: Actor, at: datetime
) -> Community:
    """A community like the template, elsewhere and under another leader. Raises BadCommunity."""
    draft = CommunityDraft(
        name=name, region=region, leader_id=leader_id, type=template.type, capacity=template.capacity, daily_intake=template.daily_intake,
        tags=tuple(template.tags), intro=template.intro, rules=template.rules, picture=template.picture, entry_kind=template.entry_kind,
        entry_question=template.entry_question, entry_product_id=template.entry_product_id or 0, entry_spend_fen=template.entry_spend_fen,
    )  # fmt: skip
    with transaction.atomic():
        made = found_community(draft=draft, actor=actor, at=at)
        made.template, made.template_seen = template, snapshot(template)
        made.save(update_fields=["template", "template_seen"])
    return made


def changes_of(community: Community) -> list[Change]:
    """What the template has changed and the clone has not decided about."""
    if community.template is None:
        return []
    return changes(snapshot(community), community.template_seen, snapshot(community.template))


def decide_change(*, community: Community, part: str, take: bool, actor: Actor, at: datetime) -> None:
    """Take a part as the template has it now, or keep one's own. Raises Refusal: already_decided; BadCommunity when there
    are more members than the template allows."""
    with transaction.atomic():
        lock_community(community.pk)
        locked = Community.objects.select_related("template").get(pk=community.pk)
        change = next((one for one in changes_of(locked) if one.part == part), None)
        if change is None:
            raise Refusal("already_decided")
        if take:
            if change.theirs.get("capacity", locked.member_count) < locked.member_count:
                raise BadCommunity({"capacity": "capacity_below_members"})
            for field, value in change.theirs.items():
                setattr(locked, field, value)
        locked.template_seen = locked.template_seen | change.theirs
        locked.save(update_fields=[*_columns(part), "template_seen"])
        action = "template_taken" if take else "template_kept_apart"
        record(actor=actor, action=action, subject=f"community:{community.pk}", at=at, part=part)


def _columns(part: str) -> list[str]:
    return [field.removesuffix("_id") if field == "entry_product_id" else field for field in PARTS[part]]
