"""How communities are: facts reckoned by hand, and who stands where among its kind."""

from datetime import datetime, timedelta

import pytest

from factories.community import acting, join, make_community, make_post, membership, neighbour
from factories.shop import make_member
from linli.community.models import Community, Health
from linli.community.operations.health import compute_health
from linli.community.operations.post import write_comment
from linli.community.queries.health import cohorts_of, health_of

pytestmark = [pytest.mark.capability("C14"), pytest.mark.usefixtures("holds")]


def health(community: Community) -> Health:
    found = health_of(community.pk)
    assert found
    return found


def test_the_facts_are_what_was_said(at: datetime) -> None:
    community = make_community(at)
    now = at + timedelta(hours=3)
    a, b, c, silent = (neighbour(community, at) for _ in range(4))
    question = make_post(community, a, at, line="question")
    make_post(community, a, at, line="question")
    for person, minutes in ((a, 1), (b, 30), (c, 60)):
        write_comment(
            post=question, text="嗯", product_id=0, actor=acting(person), at=at + timedelta(minutes=minutes)
        )
    post = make_post(community, b, at)
    write_comment(post=post, text="嗯", product_id=0, actor=acting(a), at=at)
    make_post(community, silent, at - timedelta(weeks=5))
    assert compute_health(at=now) == 1
    facts = health(community)
    assert (facts.contributor_count, facts.post_count, facts.comment_count) == (3, 3, 4)
    assert (facts.question_count, facts.answered_count, facts.first_answer_minutes) == (2, 1, 30)
    assert (facts.pair_count, facts.mutual_count) == (3, 2), (
        "b and c answered a, a answered b: a and b are mutual"
    )
    # Voices c 1, b 2, a 4: 2 * (1*1 + 2*2 + 3*4) / (3 * 7) - 4/3 = 0.2857
    assert facts.gini_bp == 2857
    assert facts.percentile == 50, "alone of its type it stands in the middle"


def test_newcomers_who_stay_and_cohorts(at: datetime) -> None:
    community = make_community(at)
    old, gone = neighbour(community, at - timedelta(days=20)), neighbour(community, at - timedelta(days=20))
    neighbour(community, at - timedelta(days=1))
    membership_of_old = membership(community, old)
    membership_of_old.seen_at = at - timedelta(days=2)
    membership_of_old.save()
    compute_health(at=at)
    facts = health(community)
    assert (facts.newcomer_count, facts.stayed_count) == (2, 1)
    cohorts = cohorts_of(community.pk, weeks=8, at=at)
    assert [(one.joined, one.seen) for one in cohorts] == [(1, 1), (2, 1)]
    assert cohorts_of(community.pk, weeks=1, at=at)[0].joined == 1 and gone.pk


def test_lights_rank_among_communities_of_the_same_type(at: datetime) -> None:
    lively, quiet, other = make_community(at), make_community(at), make_community(at, type="heavy")
    for community in (lively, quiet, other):
        for _ in range(4):
            join(community, make_member(at), at)
    talkers = [one.member for one in lively.memberships.all()]
    for person in talkers:
        make_post(lively, person, at)
    make_post(quiet, quiet.memberships.first().member, at, line="question")
    assert compute_health(at=at + timedelta(minutes=1)) == 3
    assert (health(lively).light, health(quiet).light, health(other).light) == ("green", "amber", "red")
    assert (health(lively).advice, health(quiet).advice, health(other).advice) == ("fine", "answer", "talk")
    assert health(lively).percentile > health(quiet).percentile
