"""Campaigns as pages show them: what runs, what comes, the groups one can join."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linli.campaigns.models import Campaign, Reminder
from linli.campaigns.rules.campaign import state_at
from linli.core import sql
from linli.core.actor import Actor

_SELECT = """
select c.id, c.kind, c.merchant_id, m.name as merchant_name, c.sku_id, c.product_id, p.title, s.title as sku_title,
       coalesce(p.images->>0, '') as image, o.price_fen as list_fen, c.price_fen, c.stock_count, c.available_count, c.held_count,
       c.sold_count, c.per_member, c.seats, c.hours, c.steps::text as steps, c.leader_cut_fen, c.newcomers_only, c.community_id, coalesce(k.name, '') as community_name,
       c.stacks_with::text as stacks_with, coalesce(c.rate_bp, o.commission_rate_bp) as rate_bp, c.starts_at, c.ends_at, c.stopped_at
  from campaigns_campaign c join catalog_product p on p.id = c.product_id join catalog_sku s on s.id = c.sku_id
  join catalog_offer o on o.sku_id = c.sku_id join merchants_merchant m on m.id = c.merchant_id
  left join community_community k on k.id = c.community_id
"""


@dataclass(frozen=True)
class CampaignFace:
    """A campaign as a page shows it; the meaning of each value stands at models.Campaign."""

    id: int
    kind: str
    merchant_id: int
    merchant_name: str
    sku_id: int
    product_id: int
    title: str
    sku_title: str
    image: str
    list_fen: int
    price_fen: int
    stock_count: int
    available_count: int
    held_count: int
    sold_count: int
    per_member: int
    seats: int
    hours: int
    steps: tuple[tuple[int, int], ...]
    leader_cut_fen: int
    newcomers_only: bool
    community_id: int | None
    community_name: str
    stacks_with: tuple[str, ...]
    rate_bp: int
    starts_at: datetime
    ends_at: datetime
    stopped_at: datetime | None
    state: str

    @property
    def taken_percent(self) -> int:
        """How much of it is gone, 0 to 100."""
        return 100 - self.available_count * 100 // self.stock_count if self.stock_count else 0

    @property
    def saved_fen(self) -> int:
        """What one unit is cheaper by."""
        return self.list_fen - self.price_fen


@dataclass(frozen=True)
class GroupMember:
    """Somebody in a group."""

    member_id: int
    name: str
    avatar: str
    is_initiator: bool
    is_paid: bool


@dataclass(frozen=True)
class GroupFace:
    """A group as a page shows it. my_*: of the one who looks; choose_until: their late payment waits for their choice."""

    id: int
    campaign_id: int
    state: str
    seats: int
    taken: int
    paid: int
    price_fen: int
    opened_at: datetime
    expires_at: datetime
    is_completed: bool
    members: tuple[GroupMember, ...]
    my_order_no: str = ""
    my_state: str = ""
    choose_until: datetime | None = None

    @property
    def missing(self) -> int:
        """How many more have to come."""
        return self.seats - self.taken

    @property
    def empty_seats(self) -> range:
        """The seats that pages draw empty, at most eight."""
        return range(min(max(self.missing, 0), 8))


_STATED = ("starts_at", "ends_at", "stopped_at", "available_count")


def _faces(rows: Sequence[dict[str, Any]], at: datetime) -> list[CampaignFace]:
    found = []
    for row in rows:
        row["steps"] = tuple((seats, price_fen) for seats, price_fen in json.loads(row["steps"]))
        row["stacks_with"] = tuple(json.loads(row["stacks_with"]))
        found.append(CampaignFace(**row, state=state_at(at, **{name: row[name] for name in _STATED})))
    return found


def running_campaigns(
    *, kind: str = "", product_id: int = 0, at: datetime, limit: int = 30
) -> list[CampaignFace]:
    """What runs now, what ends first at the head."""
    rows = sql.dicts(
        _SELECT
        + """ where c.stopped_at is null and c.starts_at <= %(at)s and c.ends_at > %(at)s and c.kind <> 'preview' and p.state = 'on_sale'
                and (%(kind)s = '' or c.kind = %(kind)s) and (%(product)s = 0 or c.product_id = %(product)s)
              order by c.ends_at, c.id limit %(limit)s""",
        {"at": at, "kind": kind, "product": product_id, "limit": limit},
    )
    return _faces(rows, at)


def products_running(kind: str, *, at: datetime) -> tuple[int, ...]:
    """The products that a campaign of this kind runs for now."""
    running = Campaign.objects.filter(kind=kind, stopped_at=None, starts_at__lte=at, ends_at__gt=at)
    return tuple(running.order_by("product_id").values_list("product_id", flat=True).distinct())


def coming_campaigns(*, product_id: int = 0, at: datetime, limit: int = 30) -> list[CampaignFace]:
    """What is announced, what begins first at the head."""
    rows = sql.dicts(
        _SELECT
        + """ where c.stopped_at is null and c.starts_at > %(at)s and p.state = 'on_sale'
                and (%(product)s = 0 or c.product_id = %(product)s) order by c.starts_at, c.id limit %(limit)s""",
        {"at": at, "product": product_id, "limit": limit},
    )
    return _faces(rows, at)


# What runs and what is announced: of one product, which has few; of all, by an index each.
_ON_SHOW_OF = """ where c.product_id = %(product)s and c.stopped_at is null and c.ends_at > %(at)s and p.state = 'on_sale'
 order by c.starts_at > %(at)s, case when c.starts_at > %(at)s then c.starts_at else c.ends_at end, c.id limit %(limit)s"""
_ON_SHOW = """ join (
  (select c.id, false as is_coming, c.ends_at as moment from campaigns_campaign c join catalog_product p on p.id = c.product_id
    where c.stopped_at is null and c.ends_at > %(at)s and c.starts_at <= %(at)s and p.state = 'on_sale'
    order by c.ends_at, c.id limit %(limit)s)
  union all
  (select c.id, true, c.starts_at from campaigns_campaign c join catalog_product p on p.id = c.product_id
    where c.stopped_at is null and c.starts_at > %(at)s and p.state = 'on_sale' order by c.starts_at, c.id limit %(limit)s)) n on n.id = c.id
 order by n.is_coming, n.moment, n.id limit %(limit)s"""


def campaigns_on_show(
    *, product_id: int = 0, at: datetime, limit: int = 12
) -> tuple[list[CampaignFace], list[CampaignFace]]:
    """What runs and what is announced, of one product or of all, in one statement: a page that most people open."""
    statement = _SELECT + (_ON_SHOW_OF if product_id else _ON_SHOW)
    faces = _faces(sql.dicts(statement, {"at": at, "product": product_id, "limit": limit}), at)
    coming = [one for one in faces if one.state == "scheduled"]
    return [one for one in faces if one.state != "scheduled" and one.kind != "preview"], coming


def campaign_face(campaign_id: int, *, actor: Actor, at: datetime) -> CampaignFace:
    """One campaign. Raises Campaign.DoesNotExist when the actor may not see it."""
    Campaign.objects.visible_to(actor).only("pk").get(pk=campaign_id)
    return _faces(sql.dicts(_SELECT + " where c.id = %s", (campaign_id,)), at)[0]


def reminders_of(member_id: int, campaign_ids: Sequence[int]) -> set[int]:
    """Those of the campaigns whose begin the member asked to be told."""
    if not member_id or not campaign_ids:
        return set()
    asked = Reminder.objects.filter(member_id=member_id, campaign_id__in=campaign_ids)
    return set(asked.values_list("campaign_id", flat=True))


def managed_campaigns(
    *, merchant_id: int, before: int = 0, at: datetime, limit: int = 30
) -> list[CampaignFace]:
    """The newest campaigns of a merchant (0: of all), for consoles."""
    rows = sql.dicts(
        _SELECT
        + """ where (%(merchant)s = 0 or c.merchant_id = %(merchant)s) and (%(before)s = 0 or c.id < %(before)s)
              order by c.id desc limit %(limit)s""",
        {"merchant": merchant_id, "before": before, "limit": limit},
    )
    return _faces(rows, at)


def groups_to_join(campaign_ids: Sequence[int], *, at: datetime, limit: int = 6) -> list[GroupFace]:
    """Open groups with a free seat that somebody has paid for, those that need fewest first."""
    if not campaign_ids:
        return []
    rows = sql.rows(
        """select id from campaigns_group where campaign_id = any(%s::bigint[]) and state = 'open' and expires_at > %s and paid_count > 0
              and taken_count < seats order by seats - taken_count, expires_at limit %s""",
        (list(campaign_ids), at, limit),
    )
    found = {group.id: group for group in _groups([row.id for row in rows], 0)}
    return [found[row.id] for row in rows]


def groups_of(campaign_id: int, *, state: str = "", before: int = 0, limit: int = 40) -> list[GroupFace]:
    """The newest groups of a campaign, for consoles."""
    rows = sql.rows(
        """select id from campaigns_group where campaign_id = %(campaign)s and (%(state)s = '' or state = %(state)s)
              and (%(before)s = 0 or id < %(before)s) order by id desc limit %(limit)s""",
        {"campaign": campaign_id, "state": state, "before": before, "limit": limit},
    )
    found = {group.id: group for group in _groups([row.id for row in rows], 0)}
    return [found[row.id] for row in rows]


def group_face(group_id: int, *, viewer_id: int = 0) -> GroupFace | None:
    """One group with the people in it; None when there is no such."""
    return next(iter(_groups([group_id], viewer_id)), None) if group_id < 2**63 else None


def _groups(group_ids: Sequence[int], viewer_id: int) -> list[GroupFace]:
    if not group_ids:
        return []
    rows = sql.dicts(
        """select g.id, g.campaign_id, g.state, g.seats, g.taken_count as taken, g.paid_count as paid, g.price_fen, g.opened_at,
                  g.expires_at, g.completed_by_id <> 0 as is_completed, g.initiator_id
             from campaigns_group g where g.id = any(%s::bigint[])""",
        (list(group_ids),),
    )
    seats = sql.rows(
        """select s.group_id, s.member_id, s.order_no, s.state, s.choose_until, m.name, m.avatar
             from campaigns_seat s join members_member m on m.id = s.member_id where s.group_id = any(%s::bigint[]) order by s.id""",
        (list(group_ids),),
    )
    faces = []
    for row in rows:
        initiator = row.pop("initiator_id")
        mine = [seat for seat in seats if seat.group_id == row["id"]]
        sitting = [seat for seat in mine if seat.state in ("held", "paid", "won", "lost")]
        members = tuple(
            GroupMember(s.member_id, s.name, s.avatar, s.member_id == initiator, s.state != "held")
            for s in sitting
        )
        my = [seat for seat in mine if viewer_id and seat.member_id == viewer_id]
        seen = max(my, key=lambda seat: seat in sitting or seat.state == "late", default=None)
        faces.append(
            GroupFace(
                **row,
                members=members,
                my_order_no=seen.order_no if seen else "",
                my_state=seen.state if seen else "",
                choose_until=seen.choose_until if seen else None,
            )
        )
    return faces
