"""The health of all communities, recomputed by one statement."""

from datetime import datetime, timedelta

from linli.core import sql
from linli.core.clock import shop_day

WEEKS = 4

_HEALTH = """
with spoken as (
       select p.community_id, p.author_id, false as is_comment from community_post p
        where p.state = 'shown' and p.created_at >= %(since)s and p.created_at < %(at)s
       union all
       select p.community_id, c.author_id, true from community_comment c join community_post p on p.id = c.post_id
        where c.state = 'shown' and p.state = 'shown' and c.created_at >= %(since)s and c.created_at < %(at)s),
     voices as (select community_id, author_id, count(*) as n, count(*) filter (where is_comment) as comments,
                       row_number() over (partition by community_id order by count(*), author_id) as i
                  from spoken group by 1, 2),
     talk as (select community_id, count(*) as contributors, sum(n - comments) as posts, sum(comments) as comments,
                     round(10000 * (2.0 * sum(i * n) / (count(*) * sum(n)) - (count(*) + 1.0) / count(*))) as gini_bp
                from voices group by 1),
     asked as (select p.community_id, count(*) as questions, count(a.at) as answered,
                      percentile_disc(0.5) within group (order by extract(epoch from a.at - p.created_at) / 60) as minutes
                 from community_post p left join lateral (
                        select min(c.created_at) as at from community_comment c
                         where c.post_id = p.id and c.state = 'shown' and c.author_id <> p.author_id) a on true
                where p.line = 'question' and p.state = 'shown' and p.created_at >= %(since)s and p.created_at < %(at)s group by 1),
     pairs as (select distinct p.community_id, c.author_id as one, p.author_id as other from community_comment c
                 join community_post p on p.id = c.post_id and p.author_id <> c.author_id
                where c.state = 'shown' and p.state = 'shown' and c.created_at >= %(since)s and c.created_at < %(at)s),
     graph as (select x.community_id, count(*) as pairs, count(y.one) as mutual from pairs x
                 left join pairs y on y.community_id = x.community_id and y.one = x.other and y.other = x.one group by 1),
     stay as (select community_id, count(*) as newcomers,
                     count(*) filter (where state in ('active', 'resting') and seen_at >= %(at)s - interval '14 days') as stayed
                from community_membership where joined_on > %(since_day)s and joined_on <= %(stay_day)s group by 1),
     facts as (select c.id, c.type, c.member_count, coalesce(t.contributors, 0) as contributors, coalesce(t.posts, 0) as posts,
                      coalesce(t.comments, 0) as comments, coalesce(a.questions, 0) as questions, coalesce(a.answered, 0) as answered,
                      a.minutes, coalesce(g.pairs, 0) as pairs, coalesce(g.mutual, 0) as mutual, coalesce(t.gini_bp, 0) as gini_bp,
                      coalesce(s.newcomers, 0) as newcomers, coalesce(s.stayed, 0) as stayed
                 from community_community c left join talk t on t.community_id = c.id left join asked a on a.community_id = c.id
                 left join graph g on g.community_id = c.id left join stay s on s.community_id = c.id where c.closed_at is null),
     -- Mid-ranks: those who are alike stand alike, one alone of its type in the middle. What there was nothing of counts as done.
     ranks as (select f.*, (percent_rank() over talk + cume_dist() over talk) / 2 as talk_rank,
                      (percent_rank() over answer + cume_dist() over answer) / 2 as answer_rank,
                      (percent_rank() over stay + cume_dist() over stay) / 2 as stay_rank,
                      (percent_rank() over even + cume_dist() over even) / 2 as even_rank
                 from facts f
               window talk as (partition by type order by contributors::numeric / greatest(member_count, 1)),
                      answer as (partition by type order by case when questions = 0 then 1 else answered::numeric / questions end),
                      stay as (partition by type order by case when newcomers = 0 then 1 else stayed::numeric / newcomers end),
                      even as (partition by type order by gini_bp desc)),
     judged as (select r.*, round(25 * (talk_rank + answer_rank + stay_rank + even_rank))::int as percentile,
                       case when contributors = 0 then 'talk'
                            when answered < questions and answer_rank <= least(talk_rank, stay_rank, even_rank) then 'answer'
                            when newcomers > stayed and stay_rank <= least(talk_rank, even_rank) then 'stay'
                            when talk_rank <= even_rank then 'talk' else 'even' end as weakest from ranks r)
insert into community_health as h (community_id, computed_at, member_count, contributor_count, post_count, comment_count, question_count,
       answered_count, first_answer_minutes, pair_count, mutual_count, gini_bp, newcomer_count, stayed_count, percentile, light, advice)
select id, %(at)s, member_count, contributors, posts, comments, questions, answered, minutes, pairs, mutual, gini_bp, newcomers, stayed,
       percentile, case when contributors = 0 or percentile < 25 then 'red' when percentile < 50 then 'amber' else 'green' end,
       case when percentile >= 75 and contributors > 0 and answered = questions then 'fine' else weakest end
  from judged
on conflict (community_id) do update set computed_at = excluded.computed_at, member_count = excluded.member_count,
       contributor_count = excluded.contributor_count, post_count = excluded.post_count, comment_count = excluded.comment_count,
       question_count = excluded.question_count, answered_count = excluded.answered_count,
       first_answer_minutes = excluded.first_answer_minutes, pair_count = excluded.pair_count, mutual_count = excluded.mutual_count,
       gini_bp = excluded.gini_bp, newcomer_count = excluded.newcomer_count, stayed_count = excluded.stayed_count,
       percentile = excluded.percentile, light = excluded.light, advice = excluded.advice
returning community_id
"""


def compute_health(*, at: datetime) -> int:
    """Recompute the last four weeks of every open community. Returns how many."""
    since = at - timedelta(weeks=WEEKS)
    parameters = {
        "at": at,
        "since": since,
        "since_day": shop_day(since),
        "stay_day": shop_day(at - timedelta(weeks=2)),
    }
    return len(sql.rows(_HEALTH, parameters))
