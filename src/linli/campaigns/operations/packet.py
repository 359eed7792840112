"""Tips and red packets, in points: what one gives another takes, and the ledger owes as much as before."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from linli.campaigns.models import PacketTaking, RedPacket, Tip
from linli.campaigns.operations.points import spend_points
from linli.campaigns.rules.bargain import seal
from linli.campaigns.rules.packet import MOST_TIP, MOST_TIPS_A_DAY, OPEN_HOURS, fault_of_packet, shares_of
from linli.channels.operations import Told, tell_members
from linli.community.models import Community, Post, PostState
from linli.community.operations.post import writer_in
from linli.core import live, sql
from linli.core.actor import Actor
from linli.core.clock import shop_day
from linli.core.refusal import Refusal
from linli.core.work import work_off
from linli.ledger.operations import post as post_entries
from linli.ledger.types import PLATFORM, Code, Entry, Leg

_OVER = """
select id from campaigns_redpacket where ended_at is null and expires_at <= %(at)s and id <> all(%(aside)s::bigint[])
 order by id limit %(most)s for no key update skip locked
"""


def tip(*, post: Post, points: int, actor: Actor, at: datetime) -> Tip:
    """Give an author points. Raises Refusal: tip_range, tip_day, own_words, post_gone, points_short."""
    if not 1 <= points <= MOST_TIP:
        raise Refusal("tip_range")
    with transaction.atomic():
        sql.rows("select id from members_member where id = %s for no key update", (actor.member_id,))
        found = Post.objects.get(pk=post.pk)
        if found.state != PostState.shown:
            raise Refusal("post_gone")
        if found.author_id == actor.member_id:
            raise Refusal("own_words")
        given = sql.rows(
            "select coalesce(sum(points), 0)::bigint as points from campaigns_tip where giver_id = %s and given_at > %s",
            (actor.member_id, at - timedelta(days=1)),
        )[0].points
        if given + points > MOST_TIPS_A_DAY:
            raise Refusal("tip_day")
        made = Tip.objects.create(
            post=found, giver_id=actor.member_id, author_id=found.author_id, points=points, given_at=at
        )
        until = _take(f"tip:{made.pk}", actor.member_id, points, at)
        _give(found.author_id, "tip", str(made.pk), points, until, at)
        legs = (
            Leg(Code.points_owed, actor.member_id, points),
            Leg(Code.points_owed, found.author_id, -points),
        )
        post_entries([Entry(f"tip:{made.pk}", "tip", f"post:{found.pk}", legs, at)])
        tell_members([Told(found.author_id, "tipped", f"{found.pk}:{shop_day(at)}", f"/posts/{found.pk}", {"text": found.text[:20]})], at=at)  # fmt: skip
    return made


def send_packet(
    *, community: Community, points: int, count: int, kind: str, words: str, actor: Actor, at: datetime
) -> RedPacket:
    """Put points into a packet for a community. Raises Refusal: join_first, packet_points, packet_shares, packet_equal,
    too_long, points_short."""
    if fault := fault_of_packet(points, count, kind, words):
        raise Refusal(fault)
    with transaction.atomic():
        writer_in(community.pk, actor=actor, at=at)
        seed = secrets.token_hex(16)
        shares = shares_of(points, count, kind, seed)
        packet = RedPacket.objects.create(
            community=community, sender_id=actor.member_id, kind=kind, words=words.strip(), points=points, left_points=points,
            shares=shares, seed=seed, seal=seal(seed, shares), points_until=at, sent_at=at, expires_at=at + timedelta(hours=OPEN_HOURS),
        )  # fmt: skip
        packet.points_until = _take(f"packet:{packet.pk}", actor.member_id, points, at)
        packet.save(update_fields=["points_until"])
        legs = (Leg(Code.points_owed, actor.member_id, points), Leg(Code.packet_held, PLATFORM, -points))
        post_entries([Entry(f"packet:{packet.pk}", "packet", f"packet:{packet.pk}", legs, at)])
        live.tell([f"community:{community.pk}"])
    return packet


def take_share(*, packet: RedPacket, actor: Actor, at: datetime) -> PacketTaking:
    """Take the next share; a second time gives the same. Raises Refusal: join_first, joined_later, own_packet, packet_over,
    packet_empty."""
    with transaction.atomic():
        locked = RedPacket.objects.select_for_update(no_key=True).get(pk=packet.pk)
        mine = PacketTaking.objects.filter(packet=locked, member_id=actor.member_id).first()
        if mine:
            return mine
        inside = writer_in(locked.community_id, actor=actor, at=at)
        if inside.asked_at > locked.sent_at:
            raise Refusal("joined_later")
        if locked.sender_id == actor.member_id:
            raise Refusal("own_packet")
        if locked.taken_count >= len(locked.shares):
            raise Refusal("packet_empty")
        if locked.ended_at or locked.expires_at <= at:
            raise Refusal("packet_over")
        points = locked.shares[locked.taken_count]
        made = PacketTaking.objects.create(
            packet=locked, member_id=actor.member_id, points=points, taken_at=at
        )
        locked.taken_count += 1
        locked.left_points -= points
        if locked.taken_count == len(locked.shares):
            locked.ended_at = at
        locked.save(update_fields=["taken_count", "left_points", "ended_at"])
        _give(actor.member_id, "packet", str(locked.pk), points, locked.points_until, at)
        legs = (Leg(Code.packet_held, PLATFORM, points), Leg(Code.points_owed, actor.member_id, -points))
        post_entries([Entry(f"packet_taken:{made.pk}", "packet_taken", f"packet:{locked.pk}", legs, at)])
        live.tell([f"packet:{locked.pk}"])
    return made


def expire_packets(*, at: datetime) -> int:
    """What nobody took goes back to its sender. Returns how many packets ended."""
    return work_off("campaigns.expire_packets", _OVER, partial(_expire, at=at), at=at)


def _expire(packet_ids: Sequence[int], *, at: datetime) -> None:
    due = list(RedPacket.objects.filter(pk__in=packet_ids).order_by("pk"))
    for packet in due:
        _give(packet.sender_id, "packet_back", str(packet.pk), packet.left_points, packet.points_until, at)
    post_entries(
        [
            Entry(
                f"packet_back:{packet.pk}",
                "packet_back",
                f"packet:{packet.pk}",
                (
                    Leg(Code.packet_held, PLATFORM, packet.left_points),
                    Leg(Code.points_owed, packet.sender_id, -packet.left_points),
                ),
                at,
            )
            for packet in due
        ]
    )
    RedPacket.objects.filter(pk__in=packet_ids).update(ended_at=at, left_points=0)
    tell_members(
        [Told(packet.sender_id, "packet_back", str(packet.pk), f"/packets/{packet.pk}", {"points": packet.left_points}) for packet in due],
        at=at,
    )  # fmt: skip


def _take(reference: str, member_id: int, points: int, at: datetime) -> datetime:
    """Points leave a member, oldest first. Returns until when the last of them would have held. Raises Refusal: points_short."""
    if spend_points([(reference, member_id, points)], at=at) != [True]:
        raise Refusal("points_short")
    rows = sql.rows(
        """update campaigns_pointspending s set state = 'spent' from campaigns_pointgrant g
            where s.checkout_no = %s and g.id = s.grant_id returning g.expires_at""",
        (reference,),
    )
    return max(row.expires_at for row in rows)


def _give(member_id: int, kind: str, reference: str, points: int, until: datetime, at: datetime) -> None:
    """Points come to a member and end when they would have ended with the giver, or in a day: giving does not make them young."""
    sql.rows(
        """insert into campaigns_pointgrant (member_id, kind, reference, count, left_count, granted_at, expires_at)
           values (%(member)s, %(kind)s, %(reference)s, %(points)s, %(points)s, %(at)s, %(until)s)""",
        {
            "member": member_id,
            "kind": kind,
            "reference": reference,
            "points": points,
            "at": at,
            "until": max(until, at + timedelta(days=1)),
        },
    )
