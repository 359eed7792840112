"""Whose names a text says, among those who are inside; they hear of it."""

from collections.abc import Sequence

from linli.channels.operations import Told
from linli.community.models import Comment, Post
from linli.community.rules.mention import mentioned, possible_names, shared
from linli.core import sql


def mentioned_in(text: str, community_id: int, *, author_id: int) -> list[int]:
    """The active members of a community whose names a text says; no statement for a text without an @. Nobody mentions themselves."""
    return mentioned(text, _known(text, community_id, author_id))


def shared_names(text: str, community_id: int, *, author_id: int) -> list[str]:
    """The names in a text that several active members have: nobody hears of it, which the author is told."""
    return shared(text, _known(text, community_id, author_id))


def _known(text: str, community_id: int, author_id: int) -> dict[str, list[int]]:
    names = possible_names(text)
    if not names:
        return {}
    rows = sql.rows(
        """select b.name, array_agg(b.id) as ids from community_membership m join members_member b on b.id = m.member_id
            where m.community_id = %s and m.state = 'active' and b.id <> %s and b.name = any(%s::text[]) group by b.name""",
        (community_id, author_id, sorted(names)),
    )
    return {row.name: row.ids for row in rows}


def told_mentioned(said: Post | Comment, known: Sequence[int]) -> list[Told]:
    """What those hear who are mentioned and do not know of it yet: once for a post and its comments each."""
    post_id = said.pk if isinstance(said, Post) else said.post_id
    reference = f"{'p' if isinstance(said, Post) else 'c'}{said.pk}"
    return [
        Told(one, "mentioned", reference, f"/posts/{post_id}", {"text": said.text[:20]})
        for one in said.mentioned
        if one not in known
    ]
