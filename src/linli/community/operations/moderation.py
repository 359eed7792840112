"""Reports, decisions about posts, graded sanctions with their appeal. Every decision has a reason that its member reads."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from linli.channels.operations import Told, tell_members
from linli.community.models import (
    Comment,
    Community,
    Membership,
    MembershipState,
    Post,
    PostState,
    Report,
    Sanction,
    SanctionKind,
)
from linli.community.operations.join import end_memberships, lock_community
from linli.community.operations.mention import told_mentioned
from linli.community.operations.post import count_comments, count_posts, heard_of
from linli.core.actor import Actor
from linli.core.audit import record
from linli.core.refusal import Refusal
from linli.core.typed import read_reason

MOST_DAYS = 90


def report(*, post: Post, comment: Comment | None, reason: str, actor: Actor, at: datetime) -> None:
    """Say that a post or comment is not right; once each. Raises Refusal: reason_needed, reported_before."""
    if not read_reason(reason):
        raise Refusal("reason_needed")
    try:
        with transaction.atomic():
            Report.objects.create(
                post=post, comment=comment, reporter_id=actor.member_id, reason=read_reason(reason), created_at=at
            )  # fmt: skip
    except IntegrityError:
        raise Refusal("reported_before") from None


def decide_post(*, post: Post, show: bool, reason: str, actor: Actor, at: datetime) -> None:
    """Show or hide a post; its open reports are decided with it, its author hears why. Nobody finds their own words fine, and
    nothing is shown but what was looked at: post is as its decider saw it.
    Raises Refusal: reason_needed, post_gone, own_words, post_changed."""
    with transaction.atomic():
        lock_community(post.community_id)
        locked = Post.objects.select_for_update(no_key=True).get(pk=post.pk)
        _decide(locked, show, reason, actor)
        if show and post.edited_at != locked.edited_at:
            raise Refusal("post_changed")
        if (locked.state == PostState.shown) != show:
            count_posts(locked.community_id, 1 if show else -1)
        _write_decision(locked, show, reason, actor, at)
        Report.objects.filter(post=locked, comment=None, decided_at=None).update(decided_at=at)


def decide_comment(*, comment: Comment, show: bool, reason: str, actor: Actor, at: datetime) -> None:
    """Show or hide a comment, like a post. Raises Refusal: reason_needed, post_gone, own_words."""
    with transaction.atomic():
        post = Post.objects.select_for_update(no_key=True).get(pk=comment.post_id)
        locked = Comment.objects.select_for_update(no_key=True).get(pk=comment.pk)
        _decide(locked, show, reason, actor)
        if (locked.state == PostState.shown) != show:
            count_comments(post, locked, 1 if show else -1)
        if not show:
            Post.objects.filter(pk=locked.post_id, accepted=locked).update(accepted=None)
        _write_decision(locked, show, reason, actor, at)
        Report.objects.filter(comment=locked, decided_at=None).update(decided_at=at)


def _decide(found: Post | Comment, show: bool, reason: str, actor: Actor) -> None:
    if found.state == PostState.deleted:
        raise Refusal("post_gone")
    if show and found.author_id == actor.member_id:
        raise Refusal("own_words")
    if not show and not read_reason(reason):
        raise Refusal("reason_needed")


def _write_decision(found: Post | Comment, show: bool, reason: str, actor: Actor, at: datetime) -> None:
    post_id = found.pk if isinstance(found, Post) else found.post_id
    kind = "post" if isinstance(found, Post) else "comment"
    was = found.state
    found.state, found.why = (PostState.shown, "") if show else (PostState.hidden, read_reason(reason))
    found.save(update_fields=["state", "why"])
    record(
        actor=actor, action=f"{kind}_{'shown' if show else 'hidden'}", subject=f"{kind}:{found.pk}", at=at, reason=reason
    )  # fmt: skip
    if was != found.state:
        code = "post_shown" if show else "post_hidden"
        told = Told(found.author_id, code, f"{kind}{found.pk}:{at.isoformat()}", f"/posts/{post_id}", {"text": found.text[:20], "why": found.why})  # fmt: skip
        heard = heard_of(found) if isinstance(found, Post) else told_mentioned(found, [])
        tell_members([told, *(heard if show else [])], at=at)


def pin(*, post: Post, is_pinned: bool) -> None:
    """A leader puts a post on top, or takes it down."""
    Post.objects.filter(pk=post.pk, state=PostState.shown).update(is_pinned=is_pinned)


def sanction(
    *, membership: Membership, kind: str, reason: str, days: int, actor: Actor, at: datetime
) -> Sanction:
    """A leader's decision about a member; to leave is decided about those too who went first, or wait to come in.

    Raises Refusal: reason_needed, bad_days, not_about_leaders, join_first.
    """
    if not read_reason(reason):
        raise Refusal("reason_needed")
    if kind not in SanctionKind.values:
        raise Refusal("unreadable")
    has_days = kind in (SanctionKind.pause, SanctionKind.rest)
    if has_days and not 1 <= days <= MOST_DAYS:
        raise Refusal("bad_days")
    with transaction.atomic():
        lock_community(membership.community_id)
        locked = (
            Membership.objects.select_related("community")
            .select_for_update(of=("self",))
            .get(pk=membership.pk)
        )
        is_inside = locked.state in (MembershipState.active, MembershipState.resting)
        if locked.state == MembershipState.removed or not (is_inside or kind == SanctionKind.leave):
            raise Refusal("join_first")
        if locked.role == "leader" and not actor.is_operator:
            raise Refusal("not_about_leaders")
        made = Sanction.objects.create(
            membership=locked,
            kind=SanctionKind(kind),
            reason=read_reason(reason),
            days=days if has_days else 0,
            decided_by_id=actor.member_id,
            decided_at=at,
        )
        _apply(made, locked, at)
        told = Told(locked.member_id, f"sanction_{kind}", str(made.pk), f"/sanctions/{made.pk}", {"name": locked.community.name, "why": made.reason})  # fmt: skip
        tell_members([told], at=at)
        record(
            actor=actor, action=f"sanction_{kind}", subject=f"membership:{locked.pk}", at=at, reason=made.reason
        )  # fmt: skip
    return made


def _apply(made: Sanction, membership: Membership, at: datetime) -> None:
    # A milder decision does not end a harder one.
    until = max(at + timedelta(days=made.days), membership.paused_until or at)
    mine = Membership.objects.filter(pk=membership.pk)
    if made.kind == SanctionKind.pause:
        mine.update(paused_until=until)
    elif made.kind == SanctionKind.rest:
        mine.update(state=MembershipState.resting, paused_until=until)
    elif made.kind == SanctionKind.leave:
        end_memberships([membership.pk], state=MembershipState.removed)


def appeal(*, sanction: Sanction, words: str, at: datetime) -> None:
    """The member says why it is not right; once. Raises Refusal: reason_needed, appealed_before."""
    words = read_reason(words, most=300)
    if not words:
        raise Refusal("reason_needed")
    changed = Sanction.objects.filter(pk=sanction.pk, appealed_at=None).update(appeal=words, appealed_at=at)
    if not changed:
        raise Refusal("appealed_before")


def answer_appeal(*, sanction: Sanction, lift: bool, answer: str, actor: Actor, at: datetime) -> None:
    """Another person than who decided, and than whom it is about, answers. Lifted, nothing of this decision is left; others stay.

    Raises Refusal: reason_needed, same_judge, already_decided, community_full.
    """
    answer = read_reason(answer)
    if not answer:
        raise Refusal("reason_needed")
    with transaction.atomic():
        community = lock_community(sanction.membership.community_id)
        locked = Sanction.objects.select_for_update().get(pk=sanction.pk)
        if locked.appealed_at is None or locked.answered_at is not None:
            raise Refusal("already_decided")
        if actor.member_id in (locked.decided_by_id, sanction.membership.member_id):
            raise Refusal("same_judge")
        Sanction.objects.filter(pk=locked.pk).update(
            is_lifted=lift, answer=answer, answered_by_id=actor.member_id, answered_at=at
        )
        if lift:
            _undo(locked, community, at)
        code = "appeal_lifted" if lift else "appeal_upheld"
        told = Told(sanction.membership.member_id, code, str(locked.pk), f"/sanctions/{locked.pk}", {"name": community.name, "why": answer})  # fmt: skip
        tell_members([told], at=at)
        record(actor=actor, action=code, subject=f"sanction:{locked.pk}", at=at)


def _undo(made: Sanction, community: Community, at: datetime) -> None:
    """What this decision did is undone, as far as no other decision in force does it too. Raises Refusal: community_full."""
    membership = Membership.objects.select_for_update().get(pk=made.membership_id)
    others = list(membership.sanctions.filter(is_lifted=False).exclude(pk=made.pk))
    until = max((one.decided_at + timedelta(days=one.days) for one in others if one.days), default=at)
    state = membership.state
    if made.kind == SanctionKind.hint:
        return
    if made.kind == SanctionKind.leave:
        if state != MembershipState.removed or any(one.kind == SanctionKind.leave for one in others):
            return
        if community.member_count >= community.capacity:
            raise Refusal("community_full")
        community.member_count += 1
        community.save(update_fields=["member_count"])
        state = MembershipState.active
    elif state == MembershipState.resting and until <= at:
        state = MembershipState.active
    Membership.objects.filter(pk=membership.pk).update(
        state=state, paused_until=until if until > at else None, seen_at=at, ladder=0
    )
