"""What always holds in communities."""

from linli.core import sql
from linli.core.invariants import invariant


@invariant
def communities_count_their_members() -> list[str]:
    """A community counts exactly those inside, and has no more than it may."""
    rows = sql.rows(
        """select c.id, c.member_count, c.capacity, count(m.id) as inside from community_community c
             left join community_membership m on m.community_id = c.id and m.state in ('active', 'resting') group by c.id
           having c.member_count <> count(m.id) or count(m.id) > c.capacity limit 5"""
    )
    return [
        f"community {row.id} of {row.capacity} says {row.member_count} members, {row.inside} are inside"
        for row in rows
    ]


@invariant
def intake_never_passes_its_cap() -> list[str]:
    """Nobody was let in beyond the intake of a day (leaders who were appointed are not let in)."""
    rows = sql.rows(
        """select c.id, m.joined_on, count(*) as joined, c.daily_intake from community_community c
             join community_membership m on m.community_id = c.id and m.role = 'member' and m.joined_on is not null
             left join core_auditentry a on a.subject = 'community:' || c.id and a.action = 'community_changed'
            where a.id is null group by c.id, m.joined_on having count(*) > c.daily_intake limit 5"""
    )
    return [f"community {row.id} took {row.joined} in on {row.joined_on}, its intake is {row.daily_intake}" for row in rows]  # fmt: skip


@invariant
def posts_count_what_was_said() -> list[str]:
    """A post counts its shown comments, likes and saves, its score is made of those of others, its accepted answer is shown; a
    community counts its shown posts."""
    rows = sql.rows(
        """select p.id from community_post p
             left join lateral (select count(*) as n, count(*) filter (where c.author_id <> p.author_id) as w
                                  from community_comment c where c.post_id = p.id and c.state = 'shown') c on true
             left join lateral (select count(*) as n, count(*) filter (where l.member_id <> p.author_id) as w
                                  from community_postlike l where l.post_id = p.id) l on true
             left join lateral (select count(*) as n, count(*) filter (where s.member_id <> p.author_id) as w
                                  from community_postsave s where s.post_id = p.id) s on true
             left join community_comment a on a.id = p.accepted_id
            where (p.comment_count, p.like_count, p.save_count) <> (c.n, l.n, s.n) or p.score <> l.w + 2 * c.w + 3 * s.w
               or a.state <> 'shown' limit 5"""
    )
    wrong = [f"post {row.id} does not count what was said to it" for row in rows]
    rows = sql.rows(
        """select c.id, c.post_count, count(p.id) as shown from community_community c
             left join community_post p on p.community_id = c.id and p.state = 'shown' group by c.id
           having c.post_count <> count(p.id) limit 5"""
    )
    return wrong + [f"community {row.id} says {row.post_count} posts, {row.shown} are shown" for row in rows]
