"""Campaigns, groups, coupons and bargains by the API, as a script uses it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from api.test_api import Caller
from factories.campaign import group_request, make_campaign_of
from factories.shop import ADDRESS, make_member, make_merchant, make_owner, make_sku, pay
from linli.campaigns.models import QuizRun
from linli.core import clock, events
from linli.core.actor import SYSTEM, Role
from linli.members.models import Member
from linli.members.operations.profile import grant_role
from linli.merchants.models import Merchant
from linli.trade.models import Order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("holds")]


@pytest.fixture
def merchant(at: datetime) -> Merchant:
    return make_merchant(at)


@pytest.fixture
def seller(merchant: Merchant, at: datetime) -> Caller:
    return Caller(merchant.staff.get().member, at)


@pytest.fixture
def operator(at: datetime) -> Caller:
    member = make_member(at)
    grant_role(member=member, role=Role.operator, actor=SYSTEM, at=at)
    return Caller(member, at)


def order(caller: Caller, sku_id: int, status: int = 201, **body: Any) -> Any:
    asked = {
        "lines": [{"sku_id": str(sku_id), "quantity": 1}],
        "address": ADDRESS,
        "charge": {"gateway": "sandbox"},
    }
    return caller.ask("post", "/orders", asked | body, status=status)


@pytest.mark.capability("D1")
def test_a_group_buy_from_its_making_to_its_parcels(at: datetime, merchant: Merchant, seller: Caller) -> None:
    sku = make_sku(at, merchant=merchant)
    made = seller.ask(
        "post",
        "/group-buys",
        {"sku_id": str(sku.pk), "price_fen": 15_900, "seats": 2, "hours": 24, "stock": 10},
        key="k1",
        status=201,
    )
    campaign_id = made["campaign_id"]
    first, second, third = (Caller(make_member(at, name), at) for name in ("桃子", "阿雅", "木木"))
    quoted = first.ask(
        "post",
        "/quotes",
        {"lines": [{"sku_id": str(sku.pk), "quantity": 1}], "group_buy": {"campaign_id": campaign_id}},
        status=200,
    )
    assert [(reason["code"], reason["fen"]) for reason in quoted["lines"][0]["reasons"]] == [
        ("list_price", 19_900),
        ("group_buy", -4000),
    ]
    opened = order(first, sku.pk, group_buy={"campaign_id": campaign_id}, quoted_fen=quoted["total_fen"])
    pay(opened["charge"]["charge_no"], at)
    shown = second.ask("get", f"/groups/{opened['group_id']}", status=200)
    assert (shown["state"], shown["seats"], shown["taken"], shown["members"]) == (
        "open",
        2,
        1,
        [{"name": "桃*", "is_initiator": True}],
    )
    assert "my_order_no" not in shown
    listed = third.ask("get", f"/group-buys/{campaign_id}", status=200)
    assert [group["group_id"] for group in listed["groups"]] == [opened["group_id"]]
    choice = {"campaign_id": campaign_id, "group_id": opened["group_id"]}
    joined = order(second, sku.pk, group_buy=choice)
    assert order(third, sku.pk, status=409, group_buy=choice)["error"]["code"] == "group_full"
    assert second.ask("get", f"/orders/{joined['order_no']}")["state"] == "pending_payment"
    pay(joined["charge"]["charge_no"], at)
    full = first.ask("get", f"/groups/{opened['group_id']}")
    assert (full["state"], full["my_order_no"]) == ("full", opened["order_no"])
    for caller, placed in ((first, opened), (second, joined)):
        assert caller.ask("get", f"/orders/{placed['order_no']}")["state"] == "paid"


def test_only_a_merchant_makes_campaigns_and_only_for_its_own_goods(at: datetime, seller: Caller) -> None:
    foreign = make_sku(at)
    body = {"sku_id": str(foreign.pk), "price_fen": 15_900, "seats": 2, "hours": 24, "stock": 10}
    seller.ask("post", "/group-buys", body, status=404)
    Caller(make_member(at), at).ask("post", "/group-buys", body, status=403)
    Caller(None, at).ask("post", "/group-buys", body, status=401)


def test_a_campaign_that_cannot_be_names_the_fields(at: datetime, merchant: Merchant, seller: Caller) -> None:
    sku = make_sku(at, merchant=merchant)
    body = {"sku_id": str(sku.pk), "price_fen": 19_900, "seats": 1, "hours": 0, "stock": 10}
    refused = seller.ask("post", "/group-buys", body, status=422, language="en")
    assert set(refused["error"]["details"]["fields"]) == {"price_fen", "seats", "hours"}


@pytest.mark.capability("D8")
def test_a_flash_sale_sells_its_units_to_each_member_within_the_limit(
    at: datetime, merchant: Merchant, seller: Caller
) -> None:
    sku = make_sku(at, merchant=merchant)
    made = seller.ask(
        "post",
        "/campaigns",
        {"kind": "flash_sale", "sku_id": str(sku.pk), "price_fen": 9_900, "stock": 2, "per_member": 1},
        status=201,
    )
    choice = {"campaign_id": made["campaign_id"]}
    buyers = [Caller(make_member(at), at) for _ in range(3)]
    placed = order(buyers[0], sku.pk, flash_sale=choice)
    assert placed["total_fen"] == 9_900
    assert order(buyers[0], sku.pk, status=422, flash_sale=choice)["error"]["code"] == "campaign_limit"
    order(buyers[1], sku.pk, flash_sale=choice)
    assert order(buyers[2], sku.pk, status=409, flash_sale=choice)["error"]["code"] == "sold_out"
    pay(placed["charge"]["charge_no"], at)
    assert buyers[0].ask("get", f"/orders/{placed['order_no']}")["state"] == "paid"
    seller.ask("post", f"/campaigns/{made['campaign_id']}/stop", status=200)
    assert order(buyers[2], sku.pk, status=409, flash_sale=choice)["error"]["code"] == "campaign_over"


@pytest.mark.capability("D4")
def test_coupons_by_the_contract(at: datetime, operator: Caller) -> None:
    made = operator.ask(
        "post",
        "/coupon-batches",
        {
            "name": "新人券", "kind": "fixed", "face_fen": 1000, "min_spend_fen": 5000, "quantity": 1, "per_member": 1,
            "valid_days": 7, "scope": "all", "platform_share_bp": 10_000,
        },
        status=201,
    )  # fmt: skip
    buyer, late = Caller(make_member(at), at), Caller(make_member(at), at)
    path = f"/coupon-batches/{made['batch_id']}/claims"
    mine = buyer.ask("post", path, {}, key="c1", status=201)
    assert buyer.ask("post", path, {}, key="c1", status=201) == mine
    assert buyer.ask("post", path, {}, status=422)["error"]["code"] == "already_claimed"
    assert late.ask("post", path, status=422)["error"]["code"] == "gone"
    [listed] = buyer.ask("get", "/me/coupons", status=200)["items"]
    assert (listed["coupon_id"], listed["face_fen"], listed["state"]) == (mine["coupon_id"], 1000, "unused")
    sku = make_sku(at)
    placed = order(buyer, sku.pk, coupon_ids=[mine["coupon_id"]])
    assert placed["total_fen"] == 18_900
    assert (
        order(late, sku.pk, status=404, coupon_ids=[mine["coupon_id"]])["error"]["code"] == "no_such_coupon"
    )


@pytest.mark.capability("D3")
def test_a_bargain_shows_the_yuan_left_and_its_seal_holds(
    at: datetime, merchant: Merchant, seller: Caller
) -> None:
    from linli.campaigns.rules.bargain import schedule, seal

    sku = make_sku(at, merchant=merchant)
    made = seller.ask(
        "post",
        "/campaigns",
        {"kind": "bargain", "sku_id": str(sku.pk), "price_fen": 9_900, "stock": 5, "seats": 3, "hours": 24},
        status=201,
    )
    buyer = Caller(make_member(at), at)
    path = f"/campaigns/{made['campaign_id']}/bargains"
    bargain = buyer.ask("post", path, status=201)
    assert buyer.ask("post", path, status=201)["bargain_id"] == bargain["bargain_id"]
    assert (bargain["price_fen"], bargain["left_fen"], "seed" in bargain) == (19_900, 10_000, False)
    helps = f"/bargains/{bargain['bargain_id']}/helps"
    assert buyer.ask("post", helps, status=422)["error"]["code"] == "own_bargain"
    friends = [Caller(make_member(at), at) for _ in range(3)]
    for friend in friends[:2]:
        friend.ask("post", helps, status=201)
    assert friends[0].ask("post", helps, status=422)["error"]["code"] == "helped_before"
    now = buyer.ask("get", f"/bargains/{bargain['bargain_id']}", status=200)
    choice = {"campaign_id": made["campaign_id"], "bargain_id": bargain["bargain_id"]}
    assert order(friends[0], sku.pk, status=404, bargain=choice)["error"]["code"] == "no_such_bargain"
    bought = order(buyer, sku.pk, bargain=choice, quoted_fen=now["price_fen"])
    assert bought["total_fen"] == now["price_fen"] < 19_900
    assert friends[2].ask("post", helps, status=409)["error"]["code"] == "bargain_bought"
    over = buyer.ask("get", f"/bargains/{bargain['bargain_id']}", status=200)
    assert over["cuts"] == schedule(10_000, 3, over["seed"]) and over["seal"] == seal(
        over["seed"], over["cuts"]
    )
    buyer.ask("post", f"/orders/{bought['order_no']}/cancel", status=200)
    assert friends[2].ask("post", helps, status=201)["left_fen"] == 0


@pytest.mark.capability("D2")
def test_what_is_announced_opens_on_the_second_and_reminds(
    at: datetime, merchant: Merchant, seller: Caller
) -> None:
    from linli.campaigns.operations.campaign import send_reminders
    from linli.channels.models import InboxMessage
    from linli.core.refusal import Refusal
    from linli.trade.queries.quote import quote
    from linli.trade.types import Basket, Line

    sku = make_sku(at, merchant=merchant)
    opens = at + timedelta(hours=2)
    made = seller.ask(
        "post",
        "/campaigns",
        {
            "kind": "preview",
            "sku_id": str(sku.pk),
            "starts_at": opens.isoformat(),
            "ends_at": (opens + timedelta(days=1)).isoformat(),
        },
        status=201,
    )
    buyer = Caller(make_member(at), at)
    assert order(buyer, sku.pk, status=409)["error"]["code"] == "not_started"
    [coming] = buyer.ask("get", "/campaigns", status=200)["coming"]
    assert coming["campaign_id"] == made["campaign_id"]
    for _ in range(2):
        buyer.ask("post", f"/campaigns/{made['campaign_id']}/reminders", status=201)
    basket = Basket(0, (Line(sku.pk, 1),))
    assert isinstance(quote(basket, at=opens - timedelta(seconds=1)), Refusal)
    assert not isinstance(quote(basket, at=opens), Refusal)
    assert [send_reminders(at=opens), send_reminders(at=opens)] == [1, 0]
    assert InboxMessage.objects.get().code == "campaign_begins"


@pytest.mark.capability("D4")
def test_a_growth_coupon_and_a_gift_by_the_api(at: datetime, operator: Caller) -> None:
    made = operator.ask(
        "post",
        "/coupon-batches",
        {
            "name": "增值券",
            "kind": "growth",
            "face_fen": 500,
            "step_fen": 300,
            "cap_fen": 2000,
            "quantity": 9,
            "valid_days": 3,
        },
        status=201,
    )
    holder, friend = Caller(make_member(at), at), Caller(make_member(at), at)
    holder.ask("post", f"/coupon-batches/{made['batch_id']}/claims", status=201)
    code = holder.ask("get", "/me/coupons")["items"][0]["code"]
    assert friend.ask("post", f"/coupons/{code}/helps", status=201) == {"face_fen": 800, "cap_fen": 2000}
    assert friend.ask("post", f"/coupons/{code}/helps", status=422)["error"]["code"] == "helped_before"
    taken = friend.ask("post", f"/coupons/{code}/taking", status=201)
    assert [one["coupon_id"] for one in friend.ask("get", "/me/coupons")["items"]] == [taken["coupon_id"]]
    assert holder.ask("get", "/me/coupons")["items"] == []


def test_strangers_cannot_complete_or_stop_what_is_not_theirs(at: datetime, seller: Caller) -> None:
    from factories.shop import paid_order
    from linli.campaigns.models import Group

    campaign = make_campaign_of(make_sku(at), at)
    paid_order(at, group_request(make_member(at), campaign))
    group = Group.objects.get()
    seller.ask("post", f"/groups/{group.pk}/completion", status=404)
    seller.ask("post", f"/campaigns/{campaign.pk}/stop", status=404)
    Caller(Member.objects.get(pk=group.initiator_id), at).ask(
        "post", f"/groups/{group.pk}/completion", status=404
    )


@pytest.mark.capability("D1")
def test_what_no_database_can_hold_is_refused_before_it(
    at: datetime, merchant: Merchant, seller: Caller, operator: Caller
) -> None:
    sku = make_sku(at, merchant=merchant)
    asked = {"sku_id": str(sku.pk), "price_fen": 15_900, "seats": 2, "hours": 24, "stock": 10}
    seller.ask("post", "/group-buys", asked | {"starts_at": "9999-12-31T23:59:59Z"}, status=400)
    seller.ask("get", "/groups/99999999999999999999999", status=404)
    coupon = {"name": "券", "kind": "fixed", "face_fen": 500, "quantity": 10, "valid_days": 7}
    operator.ask("post", "/coupon-batches", coupon | {"claim_code": "ß" * 20}, status=422)


@pytest.mark.capability("D7")
def test_a_gift_by_the_api(at: datetime, merchant: Merchant, seller: Caller) -> None:
    sku = make_sku(at, merchant=merchant)
    giver, friend, late = (Caller(make_member(at, name), at) for name in ("桃子", "阿雅", "木木"))
    placed = order(giver, sku.pk, address=None, gift={"shares": 2, "words": "尝尝"})
    path = f"/gifts/{placed['gift']['code']}"
    assert len(placed["orders"]) == 2 and placed["total_fen"] == 39_800
    friend.ask("get", path, status=404)
    pay(placed["charge"]["charge_no"], at)
    shown = friend.ask("get", path, status=200)
    assert (shown["left"], shown["shares"], shown["giver"]) == (2, 2, {"name": "桃子"})
    assert not {"taken_by", "price_fen", "total_fen"} & set(shown)
    friend.ask("post", f"{path}/claims", {"address": ADDRESS | {"region": "999999"}}, status=422)
    taken = friend.ask("post", f"{path}/claims", {"address": ADDRESS}, status=201)
    assert (taken["left"], taken["mine"]["address"]) == (1, ADDRESS)
    giver.ask("post", f"{path}/claims", {"address": ADDRESS}, status=409)
    seen = [
        giver.ask("get", one, status=200)
        for one in (path, "/me/gifts", *(f"/orders/{x['order_no']}" for x in placed["orders"]))
    ]
    assert (
        seen[0]["taken_by"][0]["name"] == "阿雅"
        and ADDRESS["detail"] not in str(seen)
        and ADDRESS["phone"] not in str(seen)
    )
    events.deliver_all()
    taken_no, waiting_no = (one["order_no"] for one in placed["orders"])
    assert seller.ask("get", f"/orders/{taken_no}", status=200)["address"] == ADDRESS
    seller.ask("get", f"/orders/{waiting_no}", status=404)
    parcel = {"carrier": "顺丰速运", "tracking_no": "SF12345678"}
    seller.ask("post", f"/orders/{taken_no}/shipments", parcel, status=201)
    giver.ask("post", f"/orders/{taken_no}/receipt", status=409)
    late.ask("post", f"{path}/receipt", status=404)
    assert friend.ask("post", f"{path}/receipt", status=200)["mine"]["state"] == "received"
    friend.ask("post", f"{path}/problem", {"reason": "坏了"}, status=201)
    late.ask("post", f"{path}/return", status=404)
    assert giver.ask("post", f"{path}/return", status=200)["left"] == 0
    late.ask("post", f"{path}/claims", {"address": ADDRESS}, status=409)
    order(
        giver,
        sku.pk,
        422,
        address=None,
        gift={"shares": 1},
        lines=[{"sku_id": str(sku.pk), "quantity": 1}, {"sku_id": str(make_sku(at).pk), "quantity": 1}],
    )
    assert friend.ask("get", "/me/gifts?tab=got", status=200)["items"][0]["code"] == placed["gift"]["code"]


@pytest.mark.capability("D6")
def test_a_quiz_by_the_api(at: datetime, seller: Caller, merchant: Merchant) -> None:
    text = "\n\n".join(f"? 第 {n} 题\n- 错\n+ 对" for n in range(5))
    one, other = Caller(make_member(at), at), Caller(make_member(at), at)
    sku = make_sku(at, merchant=merchant)
    asked = {"level": 1, "text": text, "product_id": str(sku.product_id)}
    one.ask("post", "/quiz/runs", {"level": 1}, status=422)
    one.ask("post", "/quiz/questions", {"level": 1, "text": text}, status=403)
    seller.ask("post", "/quiz/questions", {"level": 1, "text": text}, key="q", status=422)
    bad = seller.ask("post", "/quiz/questions", asked | {"text": "? 甲\n- 一"}, key="q0", status=422)
    assert bad["error"]["details"]["line"] == 1
    made = seller.ask("post", "/quiz/questions", asked, key="q1", status=201)
    assert made == seller.ask("post", "/quiz/questions", asked, key="q1", status=201)
    run = one.ask("post", "/quiz/runs", {"level": 1}, status=201)
    assert set(run["questions"][0]) == {"position", "text", "choices"}
    path = f"/quiz/runs/{run['run_id']}"
    other.ask("get", path, status=404)
    QuizRun.objects.update(shown_at=clock.now())
    one.ask("post", f"{path}/answers", {"position": 0, "choice": 0}, status=422)
    helped = one.ask("post", f"{path}/help", status=201)
    advice = f"/quiz/helps/{helped['help']['code']}"
    assert other.ask("get", advice, status=200)["question"]["text"] == run["questions"][0]["text"]
    other.ask("post", advice, {"choice": 1}, status=201)
    one.ask("post", advice, {"choice": 1}, status=409)
    QuizRun.objects.update(shown_at=clock.now() - timedelta(seconds=2))
    answered = one.ask("post", f"{path}/answers", {"position": 0, "choice": 1}, status=201)
    assert (
        answered["advice"] == [1]
        and answered["questions"][0]["chosen"] == 1
        and "right" in answered["questions"][0]
    )
    assert len(one.ask("post", f"{path}/next", status=200)["questions"]) == 2
    duel = one.ask("post", "/quiz/duels", status=201)
    there = f"/quiz/duels/{duel['code']}"
    other.ask("post", f"{there}/runs", status=201)
    assert [side["has_answered"] for side in one.ask("get", there, status=200)["sides"]] == [False, False]
    assert one.ask("get", "/quiz", status=200)["tries_left"] == 9
    seller.ask("post", f"/quiz/questions/{made['question_ids'][0]}/stop", status=200)
    one.ask("post", f"/quiz/questions/{made['question_ids'][1]}/stop", status=404)


@pytest.mark.capability("B10")
def test_the_daily_pack_by_the_contract(at: datetime, merchant: Merchant, seller: Caller) -> None:
    sku, owner = make_sku(at, merchant=merchant), Caller(make_owner(at).member, at)
    path = f"/products/{sku.product_id}/materials"
    seller.ask("post", path, {"words": " "}, status=422)
    made = seller.ask("post", path, {"words": "试过才说", "months": []}, key="m", status=201)
    [item] = owner.ask("get", "/owners/me/pack", status=200)
    assert {"product", "copy", "images", "best_hour", "url", "poster_url"} <= set(item)
    assert item["copy"] == f"试过才说 {item['url']}" and item["poster_url"] == f"{item['url']}/poster.jpg"
    assert owner.ask("post", f"/owners/me/pack/{item['id']}/posted", status=200)["posted_at"]
    assert owner.ask("get", "/owners/me/pack?date=2020-01-01", status=200) == []
    owner.ask("get", "/owners/me/pack?date=x", status=400)
    seller.ask("get", "/owners/me/pack", status=403)
    [row] = seller.ask("get", path, status=200)["items"]
    assert (row["given"], row["posted"], row["clicks"]) == (1, 1, 0)
    owner.ask("get", path, status=404)
    assert seller.ask("post", f"/materials/{made['id']}/retire", status=200)["state"] == "retired"
    owner.ask("post", f"/materials/{made['id']}/retire", status=404)


@pytest.mark.capability("D8")
@pytest.mark.parametrize("asked", ["group_buy", "flash_sale", "bargain"])
def test_a_campaign_is_bought_by_as_what_it_is(at: datetime, merchant: Merchant, asked: str) -> None:
    """A group buy asked for as a flash sale opened a group, and a flash sale as a bargain gave its price."""
    sku, buyer = make_sku(at, merchant=merchant), Caller(make_member(at), at)
    for kind in ("group_buy", "flash_sale"):
        if kind == asked:
            continue
        choice = {"campaign_id": str(make_campaign_of(sku, at, kind=kind).pk)}
        body = {asked: choice | ({"bargain_id": "1"} if asked == "bargain" else {})}
        lines = [{"sku_id": str(sku.pk), "quantity": 1}]
        assert (
            buyer.ask("post", "/quotes", {"lines": lines} | body, status=404)["error"]["code"]
            == "no_such_campaign"
        )
        assert order(buyer, sku.pk, 404, **body)["error"]["code"] == "no_such_campaign"
    assert not Order.objects.exists()
