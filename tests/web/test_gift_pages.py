"""Gifts on the pages, as giver, receiver and merchant use them; nothing that the giver can open shows the address."""

from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from factories.community import make_community, neighbour
from factories.shop import make_member, make_sku, pay
from linli.campaigns.models import Gift
from linli.core import events
from linli.core.actor import Actor
from linli.members.models import Member
from linli.members.operations.profile import save_address
from linli.payments.models import Charge
from linli.trade.models import Aftersale, Order
from web.reading import flat
from web.test_campaign_pages import text
from web.test_network_pages import client_of

pytestmark = [pytest.mark.usefixtures("holds"), pytest.mark.capability("D7")]


def live_at(member: Member) -> int:
    return save_address(
        actor=Actor(member_id=member.pk), name="收礼人", phone="13811112222", region="110101", detail="东华门街道 9 号"
    ).pk  # fmt: skip


def sent(giver: Member, sku_id: int, at: datetime, **values: str) -> Gift:
    """A gift by the pages: the form as it is shown is what is sent."""
    client = client_of(giver)
    asked = {"sku": str(sku_id), "quantity": "1", "gift": "yes", "shares": "1", "words": "尝尝", **values}
    page = client.post("/checkout", asked | {"action": "look"})
    assert page.status_code == 200, flat(page)
    quoted = page.context["quote"].total_fen
    answer = client.post("/checkout", asked | {"quoted_fen": str(quoted), "key": page.context["key"]})
    assert answer.status_code == 302, flat(answer)
    pay(Charge.objects.latest("pk").charge_no, at)
    return Gift.objects.latest("pk")


def test_from_the_product_to_the_receivers_door(at: datetime) -> None:
    giver, friend, sku = make_member(at, "阿满"), make_member(at, "小月"), make_sku(at)
    answer = client_of(giver).post(
        "/cart/add", {"product": sku.product_id, "sku": sku.pk, "quantity": 1, "then": "gift"}
    )
    assert answer["Location"] == f"/checkout?sku={sku.pk}&quantity=1&gift=yes"
    assert "You need no address" in text(client_of(giver), answer["Location"])
    gift = sent(giver, sku.pk, at)
    here = f"/gifts/{gift.code}"
    order = Order.objects.get(checkout_no=gift.checkout_no)
    assert "Paid. Now send it" in text(client_of(giver), f"/orders/{order.order_no}/result")
    guest = text(Client(headers={"accept-language": "en"}), here)
    assert "A gift from 阿满" in guest and "Sign in and take it" in guest and "¥" not in guest, "no price"
    client = client_of(friend)
    assert "Add delivery address" in text(client, here)
    assert client.post(here, {"address": "999"}).status_code == 302
    assert Gift.objects.get().shares.get().state == "open", "nobody takes it without an address"
    address = live_at(friend)
    assert client.post(here, {"address": address}).status_code == 302
    events.deliver_all()
    assert "It is yours." in text(client, here) and "东华门街道" in text(client, here)
    staff = client_of(sku.product.merchant.staff.get().member)
    assert "东华门街道 9 号" in text(staff, "/merchant/orders")
    staff.post(
        "/merchant/ship", {"order_no": order.order_no, "carrier": "顺丰速运", "tracking_no": "SF12345678"}
    )
    assert "SF12345678" in text(client, here) and "SF12345678" in text(
        staff, "/merchant/orders?state=shipped"
    )
    for path in (here, "/gifts", "/orders", f"/orders/{order.order_no}", "/messages", f"{here}?part=1"):
        seen = text(client_of(giver), path)
        assert all(secret not in seen for secret in ("东华门", "13811112222", "收礼人", "SF12345678")), path
    assert "小月" in text(client_of(giver), here)
    assert client_of(giver).post(f"{here}/receipt").status_code == 404
    client.post(f"{here}/receipt")
    assert Order.objects.get(pk=order.pk).state == "received"
    client.post(f"{here}/problem", {"reason": "Spoiled or damaged"})
    assert Aftersale.objects.get().amount_fen == order.total_fen
    assert client.post(f"{here}/problem", {"reason": "Spoiled or damaged"}).status_code == 302
    assert Aftersale.objects.count() == 1, "asked once"


def test_what_cannot_be_given_keeps_what_was_typed(at: datetime) -> None:
    giver, sku = make_member(at), make_sku(at)
    page = client_of(giver).post(
        "/checkout",
        {"sku": sku.pk, "quantity": 1, "gift": "yes", "shares": "51", "words": "给大家", "key": "k"},
    )
    assert page.status_code == 409 and "A gift has 1 to 50 shares." in flat(page)
    assert 'value="给大家"' in flat(page) and Order.objects.count() == 0


def test_the_rest_comes_back_when_the_giver_does_not_wait(at: datetime) -> None:
    giver = make_member(at)
    gift = sent(giver, make_sku(at).pk, at, shares="2")
    stranger = client_of(make_member(at))
    assert stranger.post(f"/gifts/{gift.code}/back").status_code == 404
    assert client_of(giver).post(f"/gifts/{gift.code}/back").status_code == 302
    events.deliver_all()
    assert {order.state for order in Order.objects.all()} == {"refunded"}
    assert "What nobody took has gone back to the giver." in text(stranger, f"/gifts/{gift.code}")


def test_a_gift_for_a_community_is_seen_by_its_members_only(at: datetime) -> None:
    community = make_community(at)
    giver, friend, stranger = neighbour(community, at), neighbour(community, at), make_member(at)
    gift = sent(giver, make_sku(at).pk, at, community=str(community.pk), words="群里抢")
    assert "群里抢" in text(client_of(friend), f"/c/{community.pk}")
    assert "群里抢" not in text(client_of(stranger), f"/c/{community.pk}")
    for path in (f"/gifts/{gift.code}", f"/gifts/{gift.code}/poster.jpg"):
        assert (client_of(friend).get(path).status_code, client_of(stranger).get(path).status_code) == (
            200,
            404,
        )


def test_an_unpaid_gift_is_seen_by_nobody_else(at: datetime) -> None:
    giver, sku = make_member(at), make_sku(at)
    client = client_of(giver)
    asked = {"sku": sku.pk, "quantity": 1, "gift": "yes", "shares": 1, "quoted_fen": 19_900, "key": "k"}
    assert client.post("/checkout", asked).status_code == 302
    gift = Gift.objects.get()
    assert client_of(make_member(at)).get(f"/gifts/{gift.code}").status_code == 404
    assert client.get(f"/gifts/{gift.code}").status_code == 200


def test_lists_of_gifts_cost_the_same_for_one_and_for_three(at: datetime) -> None:
    giver, friend, sku = make_member(at), make_member(at), make_sku(at)
    address, counts = live_at(friend), {}
    for n in (1, 2, 3):
        gift = sent(giver, sku.pk, at)
        client_of(friend).post(f"/gifts/{gift.code}", {"address": address})
        client = client_of(friend)
        with CaptureQueriesContext(connection) as asked:
            assert text(client, "/gifts?tab=got").count('class="card row"') == n
        counts[n] = len(asked)
    assert counts[1] == counts[3]
