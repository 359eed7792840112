"""The desk of members and owners: who is it, what did they buy and earn, where are they, what was said and done."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from linli.campaigns.queries.coupon import coupons_of
from linli.campaigns.queries.points import points_of
from linli.channels.models import InboxMessage
from linli.community.models import Membership, Sanction
from linli.core import clock
from linli.core.actor import Role
from linli.core.audit import acts_on
from linli.core.labels import declared, label
from linli.core.models import AuditEntry
from linli.core.notes import notes_of, write_note
from linli.distribution.models import Owner, OwnerStatus, Withdrawal
from linli.distribution.queries.commission import income_of
from linli.distribution.queries.monitor import flags
from linli.insight.queries.people import Person, people
from linli.members.models import Member, MemberStatus, RoleGrant
from linli.members.queries import find_members, names_of
from linli.merchants.models import Staff
from linli.trade.models import Aftersale, Order
from linli.trade.queries.order import order_faces
from linli.web.console.desks.names import member_name
from linli.web.console.order_rows import whole
from linli.web.edge import actor_of, operators_only, page_of_form
from linli.web.listing import BY_AGE, Cut, Link, Listing, Rows, Sort, list_page
from linli.web.sheets import Column, Row
from linli.web.told import told

LATEST = 8


def _kinds() -> Mapping[str, object]:
    return {
        "owner": gettext("Owners"),
        "buyer": gettext("Have ordered"),
        "never": gettext("Never ordered"),
        "staff": gettext("Staff and leaders"),
        "closed": gettext("Closed accounts"),
    }


def _of_kind(members: Rows, kind: str) -> Rows:
    bought = Exists(Order.objects.filter(member=OuterRef("pk"), paid_at__isnull=False))
    if kind == "owner":
        return members.filter(Exists(Owner.objects.filter(pk=OuterRef("pk"))))
    if kind == "staff":
        granted = Exists(RoleGrant.objects.filter(member=OuterRef("pk")))
        leads = Exists(Membership.objects.filter(member=OuterRef("pk"), role="leader", state="active"))
        return members.filter(granted | leads | Exists(Staff.objects.filter(member=OuterRef("pk"))))
    if kind == "closed":
        return members.filter(status=MemberStatus.closed)
    return members.filter(bought if kind == "buyer" else ~bought)


def _columns() -> list[Column]:
    return [
        Column(gettext("Member"), 10),
        Column(gettext("Name"), 16),
        Column(gettext("Tier"), 12),
        Column(gettext("Orders"), 8),
        Column(gettext("Spent ¥"), 12, is_money=True),
        Column(gettext("Earned ¥"), 12, is_money=True),
        Column(gettext("Joined"), 17),
        Column(gettext("Last order"), 17),
    ]


def _cells(one: Person) -> Row:
    tier = label("tier", one.tier) if one.tier else ""
    return (
        str(one.id), one.name, tier, str(one.order_count), one.spend_fen, one.earned_fen, one.created_at, one.last_order_at,
    )  # fmt: skip


MEMBERS = Listing(
    name="members",
    title=gettext_lazy("All members"),
    template="ops/members.html",
    rows=lambda found: people([one.pk for one in found]),
    sorts=BY_AGE,
    find=find_members,
    hint=gettext_lazy("Name, or any four digits of a phone"),
    tabs=Cut("kind", gettext_lazy("Kind"), _kinds, _of_kind),
    cuts=(
        Cut(
            "role",
            gettext_lazy("Role"),
            lambda: {role: label("role", role) for role in (Role.operator.value, Role.agent.value)},
            lambda rows, role: rows.filter(
                Exists(RoleGrant.objects.filter(member=OuterRef("pk"), role=role))
            ),
        ),
    ),
    moment="created_at",
    columns=_columns,
    cells=_cells,
)

OWNERS = Listing(
    name="owners",
    title=gettext_lazy("Owners"),
    template="ops/owners.html",
    rows=lambda found: _owner_rows(found),
    sorts={
        "new": Sort(gettext_lazy("Newest first"), "-opened_at"),
        "old": Sort(gettext_lazy("Oldest first"), "opened_at"),
    },
    find=lambda owners, words: owners.filter(pk__in=find_members(Member.objects.all(), words).values("pk")),
    hint=gettext_lazy("Name, or any four digits of a phone"),
    tabs=Cut(
        "status",
        gettext_lazy("State"),
        lambda: {state: label("owner_status", state) for state in OwnerStatus.values},
        lambda rows, state: rows.filter(status=state),
    ),
    cuts=(
        Cut(
            "tier",
            gettext_lazy("Tier"),
            lambda: declared()["tier"],
            lambda rows, tier: rows.filter(tier=tier),
        ),
    ),
    links=(Link("sponsor", lambda rows, key: rows.filter(sponsor_id=key), member_name),),
    moment="opened_at",
    columns=_columns,
    cells=lambda row: _cells(row["person"]),
)


def _owner_rows(owners: Any) -> list[dict[str, Any]]:
    persons = {one.id: one for one in people([owner.pk for owner in owners])}
    sponsors = names_of([owner.sponsor_id or 0 for owner in owners])
    return [
        {"owner": owner, "person": persons[owner.pk], "sponsor": sponsors.get(owner.sponsor_id, "")}
        for owner in owners
    ]


@operators_only
def members(request: HttpRequest) -> HttpResponse:
    """Everybody."""
    return list_page(request, MEMBERS, Member.objects.visible_to(actor_of(request)), {})


@operators_only
def owners(request: HttpRequest) -> HttpResponse:
    """Every owner."""
    return list_page(request, OWNERS, Owner.objects.all(), {})


@operators_only
def member(request: HttpRequest, member_id: int) -> HttpResponse:
    """One member from all sides."""
    found = get_object_or_404(Member.objects.visible_to(actor_of(request)), pk=member_id)
    [person], at = people([found.pk]), clock.now()
    owner = Owner.objects.filter(pk=found.pk).select_related("sponsor__member").first()
    bought = Order.objects.filter(member_id=found.pk).order_by("-pk")
    subject = f"member:{found.pk}"
    acts, notes = acts_on([subject, f"owner:{found.pk}"], most=20), notes_of(subject)
    done = list(AuditEntry.objects.filter(actor_id=found.pk).order_by("-pk")[:LATEST])
    content = {
        "member": found,
        "person": person,
        "owner": owner,
        "income": income_of(found.pk) if owner else None,
        "flags": flags([found.pk]) if owner else [],
        "withdrawals": Withdrawal.objects.filter(owner_id=found.pk).order_by("-pk")[:LATEST],
        "orders": order_faces(whole(list(bought[:LATEST]))),
        "aftersales": Aftersale.objects.filter(order__member_id=found.pk).count(),
        "memberships": Membership.objects.filter(member=found).select_related("community").order_by("-pk")[:20],
        "sanctions": Sanction.objects.filter(membership__member=found).select_related("membership__community")[:LATEST],
        "points": points_of([found.pk], at=at).get(found.pk, 0),
        "coupons": len(coupons_of(found.pk, at=at)),
        "told": told(InboxMessage.objects.filter(member=found).order_by("-pk")[:LATEST]),
        "acts": acts,
        "done": done,
        "notes": notes,
        "people": names_of([*(one.actor_id for one in acts), *(one.author_id for one in notes)]),
    }  # fmt: skip
    return render(request, "ops/member.html", content)


@require_POST
@operators_only
def note(request: HttpRequest, member_id: int) -> HttpResponse:
    """Write something down about a member for colleagues."""
    found = get_object_or_404(Member.objects.visible_to(actor_of(request)), pk=member_id)
    words = request.POST.get("words", "")
    write_note(subject=f"member:{found.pk}", words=words, actor=actor_of(request), at=clock.now())
    return HttpResponseRedirect(page_of_form(request, f"/ops/members/{found.pk}"))
