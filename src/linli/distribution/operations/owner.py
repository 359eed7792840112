"""Opening a shop by invitation, and what an owner does with it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from linli.catalog.models import Product
from linli.core import audit, events
from linli.core.actor import Actor
from linli.core.codes import new_code
from linli.core.refusal import NamedRefusal
from linli.core.typed import read_name
from linli.distribution.events import OwnerJoined
from linli.distribution.models import Owner, OwnerStatus, ShareLink, ShopPick
from linli.distribution.operations.join import pay_join
from linli.distribution.operations.tree import join_community
from linli.distribution.queries.plan import plan_at
from linli.members.models import Invitation, Member
from linli.members.operations.profile import InvitationRefused, use_invitation

MOST_PICKS = 200


class AlreadyOwner(NamedRefusal):
    """The member has a shop."""

    code = "already_owner"


def open_shop(*, member: Member, invitation: Invitation | None, shop_name: str, at: datetime) -> Owner:
    """Open a shop: free, by invitation (None only for the platform's own first owners). The sponsor is set once.

    Raises AlreadyOwner, BadName, InvitationRefused (used up in the meantime, or one's own).
    """
    shop_name = read_name(shop_name)
    if Owner.objects.filter(pk=member.pk).exists():
        raise AlreadyOwner
    with transaction.atomic():
        sponsor, leader_id = _use_invitation(invitation, member) if invitation else (None, None)
        owner = create_owner(member, sponsor, leader_id, shop_name=shop_name, at=at)
        coupons = pay_join(owner, at=at)
        events.publish([OwnerJoined(owner.pk, sponsor.pk if sponsor else 0, coupons)])
        audit.record(
            actor=Actor(member_id=member.pk), action="open_shop", subject=f"owner:{member.pk}", at=at
        )
    return owner


def create_owner(
    member: Member, sponsor: Owner | None, leader_id: int | None, *, shop_name: str, at: datetime
) -> Owner:
    """The row of a new owner, in the plan's first tier. Raises AlreadyOwner, also when another request was faster."""
    try:
        with transaction.atomic():
            return Owner.objects.create(
                member=member,
                sponsor=sponsor,
                leader_id=leader_id,
                tier=plan_at(at).engine.plan.first_tier,
                shop_code=new_code(8),
                shop_name=shop_name,
                opened_at=at,
            )
    except IntegrityError:
        raise AlreadyOwner from None


def _use_invitation(invitation: Invitation, member: Member) -> tuple[Owner | None, int | None]:
    """The sponsor and the leader that an invitation gives; an inviter without an open shop gives neither."""
    if invitation.inviter_id == member.pk:
        raise InvitationRefused
    use_invitation(invitation)
    if not Owner.objects.filter(pk=invitation.inviter_id).exclude(status=OwnerStatus.closed).exists():
        return None, None
    return join_community(invitation.inviter_id)


def decorate_shop(*, owner: Owner, shop_name: str, shop_intro: str) -> None:
    """Change the shop's name and words. Raises BadName."""
    owner.shop_name = read_name(shop_name)
    owner.shop_intro = " ".join(shop_intro.split())[:120]
    owner.save(update_fields=["shop_name", "shop_intro"])


def pick(*, owner: Owner, product: Product, words: str = "") -> ShopPick:
    """Show a product in the own shop, with own words; a second time changes the words."""
    made, _ = ShopPick.objects.update_or_create(
        owner=owner, product=product, defaults={"words": " ".join(words.split())[:80]}, create_defaults={
            "words": " ".join(words.split())[:80], "position": ShopPick.objects.filter(owner=owner).count(),
        },
    )  # fmt: skip
    return made


def unpick(*, owner: Owner, product_id: int) -> None:
    """Take a product out of the own shop."""
    ShopPick.objects.filter(owner=owner, product_id=product_id).delete()


def order_picks(*, owner: Owner, product_ids: Sequence[int]) -> None:
    """Put the picks in the own order; picks that are not named keep theirs at the end."""
    place = {product_id: n for n, product_id in enumerate(product_ids)}
    picks = list(ShopPick.objects.filter(owner=owner))
    for one in picks:
        one.position = place.get(one.product_id, len(place) + one.position)
    ShopPick.objects.bulk_update(picks, ["position"])


def share(*, owner: Owner, product: Product | None, at: datetime, purpose: str = "") -> ShareLink:
    """The owner's share link to a product, or to the whole shop, for a purpose; made once, then the same."""
    link, _ = ShareLink.objects.get_or_create(
        owner=owner, product=product, purpose=purpose, defaults={"code": new_code(8), "created_at": at}
    )
    return link
