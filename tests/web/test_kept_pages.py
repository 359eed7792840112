"""A community's page that is kept by its values: two readers never see what is another's, and nothing is stale."""

import gzip
import re
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from factories.community import acting, make_community, make_post, membership, neighbour
from factories.shop import make_member, make_owner, make_sku
from linli.catalog.models import Offer, Product
from linli.catalog.queries.product import ProductList, find_products
from linli.community.models import Community
from linli.community.operations.circle import open_circle
from linli.community.operations.community import appoint, close_community
from linli.community.operations.moderation import pin, sanction
from linli.community.operations.post import PostDraft, edit_post, like, save
from linli.community.queries.hall import hall_of
from linli.core.actor import GUEST, SYSTEM
from linli.trade.models import CartLine
from web.reading import flat
from web.test_network_pages import client_of

pytestmark = [pytest.mark.usefixtures("holds"), pytest.mark.capability("C7")]
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


def page(client: Client, community: Community, **query: str) -> str:
    answer = client.get(f"/c/{community.pk}", query)
    assert answer.status_code == 200
    return flat(answer)


def test_likes_carts_and_tokens_are_ones_own(at: datetime) -> None:
    community, sku = make_community(at, make_member(at)), make_sku(at)
    author, fan, other = (neighbour(community, at) for _ in range(3))
    post = make_post(community, author, at, product_ids=(sku.product_id,))
    mine, theirs = client_of(fan), client_of(other)
    plain = page(theirs, community)
    like(post=post, actor=acting(fan), is_liked=True)
    liked, unliked = page(mine, community), page(theirs, community)
    assert f'value="like:{post.pk}:no" aria-pressed="true"' in liked
    assert f'value="like:{post.pk}:yes" aria-pressed="false"' in unliked and unliked != plain
    save(post=post, actor=acting(other), is_saved=True, at=at)
    assert f'value="save:{post.pk}:no"' in page(theirs, community) and f'value="save:{post.pk}:yes"' in page(
        mine, community
    )
    CartLine.objects.create(member=fan, sku=sku, quantity=1, added_at=at)
    assert '<b class="badge">1</b>' in page(mine, community) and '<b class="badge">' not in page(
        theirs, community
    )
    tokens = {TOKEN.search(page(one, community)).group(1) for one in (mine, theirs, mine)}  # type: ignore[union-attr]
    assert len(tokens) == 3
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(fan, backend="django.contrib.auth.backends.ModelBackend")
    token = TOKEN.search(flat(strict.get(f"/c/{community.pk}"))).group(1)  # type: ignore[union-attr]
    assert (
        strict.post("/marks", {"csrfmiddlewaretoken": token, "mark": f"like:{post.pk}:no"}).status_code == 302
    )


def test_whatever_changes_is_seen_at_once(at: datetime) -> None:
    leader = make_member(at)
    community = make_community(at, leader)
    author, reader = neighbour(community, at), neighbour(community, at)
    post = make_post(community, author, at, "第一句")
    client, seen = client_of(reader), []

    def changes(words: str) -> None:
        shown = page(client, community)
        assert words in shown and shown not in seen, words
        seen.append(shown)

    changes("第一句")
    edit_post(post=post, draft=PostDraft("buying", "第二句"), actor=acting(author), at=at)
    changes("第二句")
    pin(post=post, is_pinned=True)
    changes("on top")
    open_circle(community=community, name="烘焙", intro="", actor=acting(leader), at=at)
    changes("烘焙")
    Community.objects.update(announcement="今晚八点")
    changes("今晚八点")
    sanction(
        membership=membership(community, reader),
        kind="pause",
        reason="刷屏",
        days=3,
        actor=acting(leader),
        at=at,
    )
    changes("paused until")
    appoint(community=community, member_id=reader.pk, role="operator", actor=SYSTEM, at=at)
    changes("/desk")
    close_community(community=community, actor=SYSTEM, at=at)
    assert client.get(f"/c/{community.pk}").status_code == 404


def test_a_message_is_shown_once_and_to_its_reader(at: datetime) -> None:
    community = make_community(at)
    one, other = client_of(make_member(at)), client_of(neighbour(community, at))
    page(other, community)
    assert "Welcome!" in flat(one.post(f"/c/{community.pk}/enter", follow=True))
    assert "Welcome!" not in page(other, community) and "Welcome!" not in page(one, community)


def test_a_guest_a_member_and_an_owner_have_different_frames(at: datetime) -> None:
    community, owner = make_community(at), make_owner(at)
    make_post(community, neighbour(community, at), at)
    guest, member = Client(headers={"accept-language": "en"}), client_of(neighbour(community, at))
    for _ in range(2):
        assert 'class="go"' in page(client_of(owner.member), community)
        assert "Share &amp; earn" not in page(member, community) and "Share &amp; earn" not in page(
            guest, community
        )
        assert "data-marks" in page(member, community) and "data-marks" not in page(guest, community)
    assert "评论" in flat(client_of(owner.member, language="zh-hans").get(f"/c/{community.pk}"))


def test_a_heavy_communitys_page_is_not_left_for_a_stranger(at: datetime) -> None:
    community = make_community(at, type="heavy")
    member = neighbour(community, at)
    secret = make_post(community, member, at, "只给成员")
    pin(post=secret, is_pinned=True)
    for _ in range(2):
        assert "只给成员" in page(client_of(member), community)
        assert "只给成员" not in page(client_of(make_member(at)), community)
        assert "只给成员" not in page(Client(), community)


def test_a_page_is_read_by_few_statements(at: datetime) -> None:
    community, sku = make_community(at, make_member(at)), make_sku(at)
    author, reader = neighbour(community, at), neighbour(community, at)
    client, counts = client_of(reader), []
    for _ in range(3):
        make_post(community, author, at)
        client.get(f"/c/{community.pk}")
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/c/{community.pk}")
        counts.append(len(asked))
    assert counts == [6, 6, 6], "session, member, hall, feed, what was given, cart"
    make_post(community, author, at, product_ids=(sku.product_id,))
    client.get(f"/c/{community.pk}")
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/c/{community.pk}")
    assert len(asked) == 7, "and who has bought it"


def test_the_hall_says_what_its_parts_say(at: datetime) -> None:
    leader = make_member(at)
    community = make_community(at, leader, daily_intake=3)
    member = neighbour(community, at)
    hall = hall_of(community.pk, actor=acting(member), at=at)
    assert (
        hall
        and hall.community == Community.objects.get()
        and hall.standing.membership == membership(community, member)
    )
    assert (hall.left_today, hall.faces) == (2, [leader.avatar, member.avatar])
    stranger = hall_of(community.pk, actor=GUEST, at=at + timedelta(days=1))
    assert stranger and (stranger.standing.membership, stranger.left_today) == (None, 3)
    close_community(community=community, actor=SYSTEM, at=at)
    assert hall_of(community.pk, actor=acting(member), at=at) is None
    assert hall_of(community.pk, actor=SYSTEM, at=at) is not None and hall_of(99, actor=SYSTEM, at=at) is None


@pytest.mark.capability("B3")
def test_goods_are_shown_to_each_with_what_is_theirs(at: datetime) -> None:
    """Home, search and product are kept for members and owners too: earnings are an owner's, the number at the cart is one's own, a
    guest's page is what the service worker may keep, and a new price is seen by all."""
    sku, buyer, owner = make_sku(at), make_member(at), make_owner(at)
    CartLine.objects.create(member=buyer, sku=sku, quantity=1, added_at=at)
    guest, mine, other, owners = (
        Client(),
        client_of(buyer),
        client_of(make_member(at)),
        client_of(owner.member),
    )
    for path in ("/", "/search", f"/p/{sku.product_id}"):
        for _ in range(2):
            seen = [flat(one.get(path)) for one in (guest, mine, other, owners)]
            assert ['<b class="badge">1</b>' in one for one in seen] == [False, True, False, False], path
            assert ["¥39.80" in one for one in seen] == [False, False, False, True], path
        assert [one.get(path).headers.get("X-Keep-Offline") for one in (guest, mine)] == ["1", None]
    Offer.objects.filter(sku=sku).update(price_fen=20_000)
    Product.objects.filter(pk=sku.product_id).update(price_fen=20_000)
    for path in ("/", f"/p/{sku.product_id}"):
        assert all("200" in flat(one.get(path)) for one in (guest, mine, other))
        assert "¥40.00" in flat(owners.get(path)), path


def test_pages_are_sent_compressed(at: datetime) -> None:
    answer = Client(headers={"accept-encoding": "gzip"}).get("/")
    assert answer.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in answer.headers["Vary"]
    assert "</html>" in gzip.decompress(answer.content).decode()
    assert int(answer.headers["Content-Length"]) == len(answer.content)


@pytest.mark.parametrize("place", ["/campaigns", "/shop/{shop}", "/posts/{post}"])
def test_public_pages_may_be_kept_for_a_guest_and_for_nobody_else(at: datetime, place: str) -> None:
    community = make_community(at, make_member(at))
    post = make_post(community, neighbour(community, at), at)
    path = place.format(shop=make_owner(at).shop_code, post=post.pk)
    assert Client().get(path)["X-Keep-Offline"] == "1"
    assert "X-Keep-Offline" not in client_of(make_member(at)).get(path).headers
    assert "X-Keep-Offline" not in Client().get("/shop/NONE").headers


def test_guests_share_a_reading_for_seconds_and_nobody_else(
    at: datetime, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"answers": True})
    moment = [1000.0]
    monkeypatch.setattr("linli.web.kept_pages.time.monotonic", lambda: moment[0])
    sku, reader = make_sku(at), client_of(make_member(at))
    path = f"/p/{sku.product_id}"

    def words(client: Client) -> str:
        return flat(client.get(path))

    for number in range(13):
        make_sku(at, title=f"果子 {number}")
    cursor = find_products(ProductList(limit=12)).next
    whole = flat(Client().get("/search", {"cursor": cursor}))
    part = flat(Client(headers={"HX-Request": "true"}).get("/search", {"cursor": cursor}))
    assert "<html" in whole and "<html" not in part
    first, second = words(Client()), words(Client())
    Product.objects.filter(pk=sku.product_id).update(title="改了名的果子")
    with CaptureQueriesContext(connection) as read:
        again = words(Client())
    assert not read and "改了名的果子" not in again
    assert len({TOKEN.search(one).group(1) for one in (first, second, again)}) == 3  # type: ignore[union-attr]
    assert "改了名的果子" in words(reader)
    assert "改了名的果子" in words(Client(headers={"Accept-Language": "en"}))
    moment[0] += 5
    assert "改了名的果子" in words(Client())
