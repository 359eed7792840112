"""How a town of thousands of communities and a million posts behaves: feeds of members, and the health of all."""

import random
import time
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from linli.cli.scale.forest import Say
from linli.community.operations.health import compute_health
from linli.community.operations.routing import Routed
from linli.community.queries.feed import feed
from linli.core import sql
from linli.core.actor import Actor
from linli.core.invariants import checks
from linli.members.queries import region_codes
from linli.members.rules import OCCUPATIONS
from linli.trade.operations.routing import route_members

MEMBERS, POSTS = 60, 100
FEEDS = 400
_TABLES = (
    "community_health, community_comment, community_postlike, community_postsave, community_postproduct, community_report,"
    " community_guidetouch, community_post, community_sanction, community_membership, community_community"
)

# Members of a community are drawn over the whole forest; every hundredth community is large. Each post has a comment of the next one.
_BUILD = (
    """insert into community_community (id, name, type, region, tags, intro, rules, announcement, picture, capacity, daily_intake,
         entry_kind, entry_question, entry_spend_fen, invitation_code, member_count, post_count, template_seen, created_at)
       select c, 'c' || c, (array['benefit', 'light', 'heavy'])[1 + c %% 3], '', '{}', '', '', '', '', 100000, 1000, 'open', '', 0,
              'X' || c, 0, 0, '{}', %(at)s from generate_series(1, %(communities)s) c""",
    """insert into community_membership (community_id, member_id, role, state, answer, asked_at, joined_on, seen_at, ladder)
       select c, 1 + (c::bigint * 7919 + k * 104729) %% %(members)s, case when k = 1 then 'leader' else 'member' end, 'active', '',
              %(at)s, (%(at)s::timestamptz - make_interval(days => k %% 60))::date, %(at)s::timestamptz - make_interval(days => (c + k) %% 30), 0
         from generate_series(1, %(communities)s) c, generate_series(1, %(each)s) k on conflict do nothing""",
    """insert into community_post (community_id, author_id, line, topic, text, images, state, why, comment_count, like_count, save_count,
         score, click_count, is_pinned, created_at)
       select m.community_id, m.member_id, (array['buying', 'buying', 'question', 'selling'])[1 + n %% 4], '', 'a post of a measured town ' || n,
              '{}', 'shown', '', 0, 0, 0, 0, 0, false, %(at)s::timestamptz - make_interval(mins => n * 400)
         from generate_series(1, %(posts)s) n
         join lateral (select distinct on (community_id) community_id, member_id from community_membership
                        where (id + n) %% 7 = 0 order by community_id, (id * n) %% 101) m on true""",
    """insert into community_comment (post_id, author_id, text, state, why, created_at)
       select p.id, q.author_id, 'yes', 'shown', '', p.created_at + interval '20 minutes'
         from community_post p join community_post q on q.id = p.id - 1 where p.id %% 2 = 0 and q.author_id <> p.author_id""",
    """update community_post p set comment_count = 1, score = 2 from community_comment c where c.post_id = p.id""",
    """update community_community c set member_count = m.n from (
         select community_id, count(*) as n from community_membership group by 1) m where m.community_id = c.id""",
    """update community_community c set post_count = p.n from (
         select community_id, count(*) as n from community_post group by 1) p where p.community_id = c.id""",
)

# Everybody lives somewhere, does something and likes two things; a third of the communities is of a district, a city, a province.
_ROUTE = (
    "truncate members_address, members_trait, community_routingrule, community_routedplace",
    """update community_community c set region = r.region, tags = array['t' || c.id %% 40] from (
         select c.id, case c.id %% 3 when 0 then d.code when 1 then left(d.code, 4) || '00' else left(d.code, 2) || '0000' end as region
           from community_community c join unnest(%(districts)s::text[]) with ordinality d(code, n)
             on d.n = 1 + c.id %% %(count)s) r where r.id = c.id""",
    """insert into members_address (member_id, name, phone, region, detail, is_default)
       select m.id, '', '', d.code, '', true from members_member m
         join unnest(%(districts)s::text[]) with ordinality d(code, n) on d.n = 1 + m.id %% %(count)s""",
    """insert into members_trait (member_id, kind, value)
       select id, 'occupation', (%(occupations)s::text[])[1 + id %% 10] from members_member
       union all select id, 'interest', 't' || (id + k * 17) %% 40 from members_member, generate_series(0, 1) k""",
    """insert into community_routingrule (community_id, occupations, interests, identities, priority, changed_at)
       select id, case when id %% 4 = 0 then (%(occupations)s::varchar[])[1 + id %% 5 : 3 + id %% 5] else '{}' end,
              case when id %% 2 = 0 then tags else '{}' end, case when id %% 11 = 0 then '{buyer}'::varchar[] else '{}' end, id %% 7, %(at)s
         from community_community""",
    "vacuum analyze members_address, members_trait, community_routingrule, community_community",
)


def measure_communities(members: int, communities: int, say: Say) -> dict[str, Any]:
    """Build the communities in the forest's database, then measure. Sizes are what was built."""
    at = datetime.now(UTC)
    say(f"{communities:,} communities, {communities * POSTS:,} posts")
    with connection.cursor() as cursor:
        cursor.execute(f"truncate {_TABLES} restart identity cascade")
        for statement in _BUILD:
            cursor.execute(
                statement,
                {"communities": communities, "members": members, "each": MEMBERS, "posts": POSTS, "at": at},
            )
        cursor.execute(
            "vacuum analyze community_post, community_comment, community_membership, community_community"
        )
    counts = sql.rows(
        """select (select count(*) from community_membership)::int as memberships, (select count(*) from community_post)::int as posts,
                  (select count(*) from community_comment)::int as comments"""
    )[0]
    say("the health of all communities")
    health = _seconds(lambda: compute_health(at=at))
    say("feeds of members")
    result = {
        "communities": communities, "memberships": counts.memberships, "posts": counts.posts, "comments": counts.comments,
        "health_seconds": health, **_feeds(communities), **_routing(at, say),
    }  # fmt: skip
    broken = sum(bool(check.find()) for name, check in checks.items() if name.startswith("community."))
    return result | {"broken_community_invariants": broken}


def _routing(at: datetime, say: Say) -> dict[str, Any]:
    """All members routed at first, and again when nothing has changed."""
    say("routing of all members")
    districts = [code for code in region_codes() if not code.endswith("00")]
    values: dict[str, Any] = {
        "districts": districts,
        "count": len(districts),
        "occupations": list(OCCUPATIONS),
        "at": at,
    }
    with connection.cursor() as cursor:
        for statement in _ROUTE:
            cursor.execute(statement, values if "%(" in statement else None)
    routed: list[Routed] = []
    first = _seconds(lambda: routed.append(route_members(at=at, is_dry=False)))
    again = _seconds(lambda: routed.append(route_members(at=at, is_dry=False)))
    return {
        "routing_seconds": first,
        "routed_proposed": routed[0].proposed,
        "routed_waiting": routed[0].waiting,
        "routing_again_seconds": again,
        "routing_again_moved": routed[1].proposed + routed[1].left,
    }


def _seconds(run: Any) -> float:
    began = time.monotonic()
    run()
    return round(time.monotonic() - began, 1)


def _feeds(communities: int) -> dict[str, float]:
    """One process reads feeds of communities, newest and best, and of all communities of a member, as the pages do."""
    dice = random.Random(7)
    result: dict[str, float] = {}
    for name in ("new", "best", "mine"):
        took = []
        for _ in range(FEEDS):
            community_id = dice.randrange(1, communities + 1)
            reader = sql.rows(
                "select member_id from community_membership where community_id = %s offset %s limit 1",
                (community_id, dice.randrange(20)),
            )[0].member_id
            mine = [
                row.community_id
                for row in sql.rows(
                    "select community_id from community_membership where member_id = %s", (reader,)
                )
            ]
            began = time.perf_counter()
            found = feed(
                actor=Actor(member_id=reader),
                community_ids=mine if name == "mine" else [community_id],
                sort="best" if name == "best" else "new",
            )
            took.append((time.perf_counter() - began) * 1000)
            assert found.posts
        took.sort()
        result |= {
            f"feed_{name}_p50_ms": round(took[FEEDS // 2], 2),
            f"feed_{name}_p99_ms": round(took[FEEDS * 99 // 100], 2),
        }
    return result
