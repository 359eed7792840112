"""From a post to an order that is kept: noted once, earned by its author, counted without refunds, equal to the ledger."""

from datetime import UTC, datetime, timedelta

import pytest

from factories.community import acting, join, make_community, make_post, neighbour
from factories.shop import (
    completed_order,
    make_member,
    make_owner,
    make_sku,
    paid_order,
    received_order,
    request,
)
from linli.catalog.models import Sku
from linli.community.models import Community, Post
from linli.community.operations.guide import open_goods
from linli.community.operations.post import delete_post
from linli.core import events
from linli.core.actor import SYSTEM, Actor
from linli.distribution.models import CommissionLine
from linli.insight.queries.guide import Guided, best_guides, community_profits, guided_by, guided_lines
from linli.ledger.queries import total_fen
from linli.ledger.types import Code
from linli.members.models import Member
from linli.trade.models import GuidedLine, Order
from linli.trade.operations.aftersale import AskedLine, ask_aftersale, decide_aftersale
from linli.trade.operations.guide import note_guided_lines
from web.test_network_pages import client_of

pytestmark = [pytest.mark.capability("C10"), pytest.mark.usefixtures("holds")]


def told(community: Community, author: Member, sku: Sku, at: datetime) -> Post:
    return make_post(community, author, at, product_ids=(sku.product_id,))


def opened(post: Post, sku: Sku, member: Member, at: datetime) -> bool:
    return open_goods(post_id=post.pk, product_id=sku.product_id, member_id=member.pk, at=at)


def bought(member: Member, sku: Sku, at: datetime) -> Order:
    order = paid_order(at, request(member, (sku, 1)))
    events.deliver_all()
    return order


def test_the_last_post_that_was_opened_within_a_week_led_to_it(at: datetime) -> None:
    community, sku, other = make_community(at), make_sku(at), make_sku(at)
    author, second, buyer = (neighbour(community, at) for _ in range(3))
    first, last = told(community, author, sku, at), told(community, second, sku, at)
    assert opened(first, sku, buyer, at) and opened(last, sku, buyer, at)
    assert not opened(first, other, buyer, at), "the post has no such card"
    assert opened(first, sku, author, at), "one's own post is a click, but leads to nothing"
    order = bought(buyer, sku, at + timedelta(days=1))
    bought(buyer, other, at)
    bought(author, sku, at)
    bought(make_member(at), sku, at)
    assert [(one.order_line.order_id, one.post_id, one.buyer_id) for one in GuidedLine.objects.all()] == [
        (order.pk, last.pk, buyer.pk)
    ]
    assert note_guided_lines([order.order_no]) == 0, "noted once"
    late = bought(buyer, sku, at + timedelta(days=8))
    assert not GuidedLine.objects.filter(order_line__order=late).exists()
    assert {post.click_count for post in Post.objects.all()} == {1, 2}


def test_what_goes_back_does_not_count(at: datetime) -> None:
    community, sku = make_community(at), make_sku(at)
    author = neighbour(community, at)
    post = told(community, author, sku, at)
    kept, given_back = neighbour(community, at), neighbour(community, at)
    for member in (kept, given_back):
        opened(post, sku, member, at)
    bought(kept, sku, at)
    back = received_order(at, request(given_back, (sku, 1)))
    events.deliver_all()
    assert guided_by([post.pk]) == {post.pk: Guided(2, 39_800)}
    line = back.lines.get()
    asked = ask_aftersale(
        order=back, kind="refund", reason="坏了", lines=[AskedLine(line.pk)], actor=acting(given_back), at=at
    )
    decide_aftersale(aftersale=asked, accept=True, reason="", actor=SYSTEM, at=at)
    assert guided_by([post.pk]) == {post.pk: Guided(1, 19_900)}
    assert best_guides(since=at - timedelta(days=1)) == [post.pk]
    delete_post(post=post, actor=acting(author))
    assert best_guides(since=at - timedelta(days=1)) == []


@pytest.mark.capability("C15")
def test_the_profit_of_a_community_is_what_the_ledger_says(at: datetime) -> None:
    community, sku = make_community(at), make_sku(at)
    owner = make_owner(at)
    join(community, owner.member, at)
    post = told(community, owner.member, sku, at)
    buyer, again = neighbour(community, at), neighbour(community, at)
    later = at + timedelta(days=8)
    for member in (buyer, again, again):
        client_of(member).get(f"/posts/{post.pk}/to/{sku.product_id}")
        completed_order(at + timedelta(minutes=1), request(member, (sku, 1)), later)
    events.deliver_all()
    [facts] = community_profits(since=at - timedelta(days=1), until=at + timedelta(days=1))
    assert (facts.joined, facts.active, facts.posts, facts.clicks) == (3, 3, 1, 3)
    assert (facts.orders, facts.buyers, facts.again, facts.paid_fen, facts.refunded_fen) == (
        3,
        2,
        1,
        59_700,
        0,
    )
    earned = sum(line.amount_fen for line in CommissionLine.objects.filter(beneficiary_id=owner.pk))
    assert facts.commission_fen == earned > 0, "its author earns by the plan's sharer reward"
    assert facts.fee_fen == -total_fen([Code.service_fee])
    assert facts.breakage_fen == -total_fen([Code.breakage])
    assert facts.platform_fen == facts.fee_fen + facts.breakage_fen
    lines = guided_lines(community.pk, since=at - timedelta(days=1), until=at + timedelta(days=1))
    assert sum(line["total_fen"] for line in lines) == facts.paid_fen
    assert sum(line["commission_fen"] for line in lines) == facts.commission_fen
    assert community_profits(since=later, until=later + timedelta(days=1))[0].orders == 0


def test_the_guide_and_the_post_say_how_many_bought_by_it(at: datetime) -> None:
    community, sku = make_community(at), make_sku(at)
    owner = make_owner(at)
    join(community, owner.member, at)
    post = told(community, owner.member, sku, at)
    buyer = neighbour(community, at)
    client = client_of(buyer)
    assert "Nobody has bought by a post yet" in client.get("/guide").content.decode()
    answer = client.get(f"/posts/{post.pk}/to/{sku.product_id}")
    assert (answer["Location"], answer.cookies["via"].value) == (f"/p/{sku.product_id}", owner.shop_code)
    bought(buyer, sku, at + timedelta(minutes=1))
    for path in ("/guide", f"/posts/{post.pk}"):
        assert "1 neighbour bought by it" in client.get(path).content.decode()
    assert "The author has a shop and earns" in client.get(f"/posts/{post.pk}").content.decode()
    stranger = client_of(make_member(at))
    heavy = told(make_community(at, owner.member, type="heavy"), owner.member, sku, at)
    hidden = stranger.get(f"/posts/{heavy.pk}/to/{sku.product_id}")
    assert hidden["Location"] == f"/p/{sku.product_id}" and "via" not in hidden.cookies
    assert Post.objects.get(pk=heavy.pk).click_count == 0 and Actor().is_guest


@pytest.mark.capability("C15")
def test_who_joined_today_is_counted_by_the_shops_day() -> None:
    """20:00 in UTC is the next day in Shanghai: whatever the database's zone, it is the shop's day that counts."""
    evening = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
    community = make_community(evening)
    neighbour(community, evening)
    [facts] = community_profits(since=evening - timedelta(days=7), until=evening + timedelta(minutes=1))
    assert facts.joined == 1
    assert (
        community_profits(since=evening - timedelta(days=7), until=evening - timedelta(hours=5))[0].joined
        == 0
    )
