"""The contract of /api/v1, as a script uses it."""

import json
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from campaigns.test_gift import sent as sent_gift
from campaigns.test_gift import wish as gift_wish
from campaigns.test_quiz import make_questions
from community.test_ring import make_group
from factories.campaign import claimed, group_request, make_batch_of, make_campaign_of
from factories.community import join, make_community, make_course, make_post
from factories.shop import ADDRESS, make_member, make_merchant, make_owner, make_sku, paid_order, pay, request
from linli.campaigns.operations.bargain import begin_bargain
from linli.campaigns.operations.packet import send_packet
from linli.campaigns.operations.points import Granted, grant_points
from linli.campaigns.operations.quiz import ask_help, begin_level, open_duel
from linli.community.operations.circle import open_circle
from linli.community.operations.outer_task import issue_tasks
from linli.community.operations.playbook import begin_playbook, ready_playbook, save_playbook
from linli.community.operations.post import write_comment
from linli.core import clock
from linli.core.actor import SYSTEM, Role
from linli.core.models import Answer
from linli.members.models import Invitation, Member
from linli.members.operations.identity import issue_token
from linli.members.operations.profile import grant_role, invite
from linli.payments.adapters.registry import gateway_names
from linli.trade.models import Order
from linli.trade.operations.deliver_order import ship_order

pytestmark = pytest.mark.django_db


class Caller:
    """Somebody with a token."""

    def __init__(self, member: Member | None, at: datetime) -> None:
        self.token = issue_token(member=member, at=at) if member else ""
        self.client = Client()

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        key: str = "",
        status: int | None = None,
        language: str = "",
    ) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= {"Idempotency-Key": key} if key else {}
        headers |= {"Accept-Language": language} if language else {}
        send = getattr(self.client, method)
        answer = send(
            f"/api/v1{path}",
            *([json.dumps(body)] if body is not None else []),
            content_type="application/json",
            headers=headers,
        )
        if status is not None:
            assert answer.status_code == status, answer.content
        return answer.json()


@pytest.fixture
def guest(at: datetime) -> Caller:
    return Caller(None, at)


@pytest.fixture
def buyer(at: datetime) -> Caller:
    return Caller(make_member(at), at)


def order_body(sku: Any, quantity: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "lines": [{"sku_id": str(sku.pk), "quantity": quantity}],
        "address": ADDRESS,
        "charge": {"gateway": "sandbox"},
        **more,
    }


@pytest.mark.capability("G4")
def test_signing_up_and_in(guest: Caller) -> None:
    new = {"phone": "13911112222", "code": "000000", "name": "阿雅"}
    made = guest.ask("post", "/members", new, status=201)
    assert (made["member"]["name"], made["member"]["tier"]) == ("阿雅", None)
    assert guest.ask("post", "/members", new, status=409)["error"]["code"] == "already_member"
    session = guest.ask("post", "/sessions", {"phone": "139 1111 2222", "code": "000000"}, status=200)
    assert session["member"]["id"] == made["member"]["id"]
    assert (
        guest.ask("post", "/sessions", {"phone": "13911112222", "code": "123456"}, status=401)["error"][
            "code"
        ]
        == "wrong_code"
    )
    assert (
        guest.ask("post", "/sessions", {"phone": "13999998888", "code": "000000"}, status=401)["error"][
            "code"
        ]
        == "no_such_member"
    )
    assert (
        guest.ask("post", "/sessions", {"phone": "12", "code": "000000"}, status=422)["error"]["code"]
        == "bad_phone"
    )


@pytest.mark.capability("B1")
def test_a_valid_invitation_makes_an_owner_and_a_bad_one_nobody(guest: Caller, at: datetime) -> None:
    inviter = make_owner(at)
    invitation = invite(inviter=inviter.member, at=at)
    body = {"phone": "13911112222", "code": "000000", "name": "阿雅", "invitation": invitation.code}
    made = guest.ask("post", "/members", body, status=201)
    assert made["member"]["tier"] == "ordinary"
    assert Invitation.objects.get().uses_left == 99
    for bad in ("NOSUCH22", ""):
        Invitation.objects.update(uses_left=0)
        refused = guest.ask(
            "post",
            "/members",
            body | {"phone": "13911113333", "invitation": bad or invitation.code},
            status=422,
        )
        assert refused["error"]["code"] == "invitation_refused"
    assert not Member.objects.filter(phone="13911113333").exists()


@pytest.mark.capability("B3")
def test_commission_is_shown_to_owners_only(guest: Caller, buyer: Caller, at: datetime) -> None:
    sku, owner = make_sku(at), Caller(make_owner(at).member, at)
    for caller in (guest, buyer):
        text = json.dumps([caller.ask("get", f"/products/{sku.product_id}"), caller.ask("get", "/products")])
        assert "earn" not in text and "save" not in text and "rate" not in text
    seen = owner.ask("get", f"/products/{sku.product_id}", status=200)
    assert (seen["earn_fen"], seen["save_fen"], seen["skus"][0]["earn_fen"]) == (3980, 3980, 3980)


@pytest.mark.capability("D10")
def test_a_quote_explains_itself_and_is_what_the_order_costs(buyer: Caller, at: datetime) -> None:
    sku = make_sku(at, merchant=make_merchant(at, freight_fen=600, free_from_fen=99_999))
    lines = {"lines": [{"sku_id": str(sku.pk), "quantity": 2}]}
    quoted = buyer.ask("post", "/quotes", lines, status=200)
    assert quoted["total_fen"] == 40_400
    assert quoted["lines"][0]["reasons"] == [{"code": "list_price", "label": "价格", "fen": 39_800}]
    assert buyer.ask("post", "/quotes", lines, language="en")["lines"][0]["reasons"][0]["label"] == "Price"
    made = buyer.ask("post", "/orders", order_body(sku, 2, quoted_fen=40_400), status=201)
    assert (made["total_fen"], made["state"], made["charge"]["state"]) == (40_400, "pending_payment", "open")
    refused = buyer.ask("post", "/orders", order_body(sku, 2, quoted_fen=40_399), status=409)
    assert refused["error"] == {
        "code": "price_changed",
        "message": "价格有变动，请重新确认。",
        "details": {"quoted_fen": 40_399, "total_fen": 40_400},
    }


def test_an_idempotency_key_repeats_the_answer(buyer: Caller, at: datetime) -> None:
    sku = make_sku(at)
    first = buyer.ask("post", "/orders", order_body(sku), key="k1", status=201)
    assert buyer.ask("post", "/orders", order_body(sku), key="k1", status=201) == first
    assert (
        buyer.ask("post", "/orders", order_body(sku, 2), key="k1", status=409)["error"]["code"]
        == "key_conflict"
    )
    assert Order.objects.count() == 1


@pytest.mark.capability("E7")
def test_a_whole_journey_by_the_api(buyer: Caller, at: datetime) -> None:
    sku, owner = make_sku(at), make_owner(at)
    seller, staff = (
        Caller(owner.member, at),
        Caller(Member.objects.get(pk=sku.product.merchant.staff.get().member_id), at),
    )
    link = seller.ask("post", "/share-links", {"product_id": str(sku.product_id)}, status=200)
    made = buyer.ask("post", "/orders", order_body(sku, 2, share_code=link["code"]), status=201)
    path = f"/orders/{made['order_no']}"
    assert (
        buyer.ask("post", f"{path}/charges", {"gateway": "sandbox"}, status=201)["charge_no"]
        == made["charge"]["charge_no"]
    )
    pay(made["charge"]["charge_no"], at)
    assert seller.ask("get", "/owners/me/income")["pending_fen"] == 7960
    assert buyer.ask("post", f"{path}/cancel", status=409)["error"]["code"] == "not_cancellable"
    assert buyer.ask("post", f"{path}/shipments", {"carrier": "顺丰", "tracking_no": "SF123456"}, status=403)
    assert staff.ask("post", f"{path}/shipments", {"carrier": "顺丰", "tracking_no": "!"}, status=422)
    assert (
        staff.ask("post", f"{path}/shipments", {"carrier": "顺丰", "tracking_no": "SF123456"}, status=201)[
            "state"
        ]
        == "shipped"
    )
    assert buyer.ask("post", f"{path}/receipt", status=200)["state"] == "received"
    line = buyer.ask("get", path)["lines"][0]["id"]
    asked = {"lines": [{"order_line_id": line, "quantity": 1}], "kind": "refund", "reason": "坏果"}
    wish = buyer.ask("post", f"{path}/aftersales", asked, key="a", status=201)
    assert buyer.ask("post", f"{path}/aftersales", asked, key="a", status=201) == wish
    assert buyer.ask("post", f"/aftersales/{wish['aftersale_no']}/decision", {"accept": True}, status=403)
    decided = staff.ask(
        "post", f"/aftersales/{wish['aftersale_no']}/decision", {"accept": True, "reason": ""}, status=200
    )
    assert (decided["state"], decided["amount_fen"]) == ("accepted", 19_900)
    income = seller.ask("get", "/owners/me/income")
    assert (income["pending_fen"], income["lines"][0]["state"], income["lines"][0]["why"]) == (
        3980,
        "pending",
        "own_sale",
    )
    assert buyer.ask("get", "/me/orders")["items"][0]["refunded_fen"] == 19_900
    for text in (buyer.ask("get", path)["aftersales"][0]["asked_at"], wish["decide_by"]):
        assert text[10] == "T" and datetime.fromisoformat(text).tzinfo, "times are ISO 8601 with their offset"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/orders", {}),
        ("/orders", {"lines": "x"}),
        ("/orders", {"lines": [{"sku_id": "abc", "quantity": 1}]}),
        ("/orders", {"lines": [{"sku_id": "1", "quantity": 1.5}]}),
        ("/orders", {"lines": [{"sku_id": "1", "quantity": 10**30}]}),
        ("/orders", []),
        ("/quotes", {"lines": None}),
    ],
)
def test_a_malformed_body_is_400(buyer: Caller, path: str, body: Any) -> None:
    assert buyer.ask("post", path, body, status=400)["error"]["code"] == "bad_body"


@pytest.mark.parametrize("path", ["/orders", "/quotes"])
@pytest.mark.parametrize(
    "raw",
    [
        '{"lines": [], "lines": []}',
        '{"lines": [{"sku_id": "1", "quantity": 1, "quantity": 9}]}',
        '{"lines": [], "quoted_fen": NaN}',
        '{"lines": ' + "[" * 100_000,
        "\ufeff{}",
    ],
)
def test_json_that_two_readers_may_read_differently_is_400(buyer: Caller, path: str, raw: str) -> None:
    answer = buyer.client.post(
        f"/api/v1{path}",
        raw,
        content_type="application/json",
        headers={"Authorization": f"Bearer {buyer.token}"},
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_body")


@pytest.mark.parametrize(
    "path", ["/products?sort=cheap", "/products?q=a&price_from_fen=1", "/me?x=", "/regions?Parent=1"]
)
def test_a_parameter_that_is_not_known_is_400(buyer: Caller, path: str) -> None:
    error = buyer.ask("get", path, status=400)["error"]
    assert (error["code"], error["details"]["field"]) == (
        "bad_parameter",
        path.rpartition("&")[2].rpartition("?")[2].partition("=")[0],
    )


@pytest.mark.parametrize(
    "path", ["/products?q=a&q=b", "/products?cursor=1&cursor=2", "/regions?parent=&parent="]
)
def test_a_parameter_that_stands_twice_is_400(buyer: Caller, path: str) -> None:
    assert buyer.ask("get", path, status=400)["error"]["code"] == "bad_parameter"


@pytest.mark.parametrize("detail", ["\u3164\u3164", "\u2800" * 6, "\u200b\u200b\u200b"])
def test_an_address_of_which_nothing_is_seen_is_none(buyer: Caller, at: datetime, detail: str) -> None:
    address = ADDRESS | {"detail": detail}
    body = order_body(make_sku(at)) | {"address": address}
    error = buyer.ask("post", "/orders", body, status=422)["error"]
    assert (error["code"], error["details"]["field"]) == ("bad_address", "detail")


def test_a_parcel_is_read_as_it_is_sent(buyer: Caller, at: datetime) -> None:
    made = buyer.ask("post", "/orders", order_body(make_sku(at)), status=201)
    pay(made["charge"]["charge_no"], at)
    order = Order.objects.get()
    ship_order(order=order, carrier="sf", tracking_no="SF0001", actor=SYSTEM, at=at)
    face = buyer.ask("get", f"/orders/{order.order_no}")
    assert face["shipments"][0]["lines"] == [{"order_line_id": face["lines"][0]["id"], "quantity": 1}]


def test_no_table_holds_a_phone_for_the_sake_of_a_key(guest: Caller) -> None:
    phone = "13988326620"
    answer = guest.client.post(
        "/api/v1/members",
        json.dumps({"phone": phone, "code": "000000", "name": "小满"}),
        content_type="application/json",
        headers={"Idempotency-Key": "once"},
    )
    assert answer.status_code == 201
    assert [one.scope for one in Answer.objects.all() if phone in one.scope] == []


@pytest.mark.parametrize("path", ["/me/check-ins", "/quiz/duels"])
def test_an_operation_that_takes_no_body_loses_none(buyer: Caller, path: str) -> None:
    assert buyer.ask("post", path, {"points": 500}, status=400)["error"]["code"] == "bad_body"


def test_a_quote_names_what_there_is_too_little_of(buyer: Caller, at: datetime) -> None:
    plenty, scarce = make_sku(at, stock=5), make_sku(at, stock=2)
    lines = [{"sku_id": str(plenty.pk), "quantity": 5}, {"sku_id": str(scarce.pk), "quantity": 3}]
    assert buyer.ask("post", "/quotes", {"lines": lines})["short"] == [str(scarce.pk)]
    assert buyer.ask("post", "/quotes", {"lines": lines[:1]})["short"] == []


def test_errors_have_one_shape_and_speak_the_readers_language(guest: Caller, buyer: Caller) -> None:
    assert guest.ask("get", "/me", status=401)["error"] == {
        "code": "sign_in",
        "message": "请先登录。",
        "details": {},
    }
    assert buyer.ask("get", "/orders/none", status=404, language="en")["error"]["message"] == "Not found."
    assert guest.ask("get", "/nothing", status=404)["error"]["code"] == "not_found"


def test_the_overview_agrees_with_the_ledger(at: datetime) -> None:
    operator = make_member(at)
    grant_role(member=operator, role=Role.operator, actor=SYSTEM, at=at)
    sku = make_sku(at)
    for _ in range(3):
        paid_order(at, request(make_member(at), (sku, 1)))
    seen = Caller(operator, at).ask("get", "/ops/overview?days=7", status=200)
    assert (seen["gmv_fen"], seen["ledger_gmv_fen"], seen["agrees"], seen["orders"]) == (
        59_700,
        59_700,
        True,
        3,
    )


@pytest.mark.parametrize("count", [1, 3])
def test_my_orders_take_the_same_number_of_queries(
    at: datetime, count: int, django_assert_num_queries: Any
) -> None:
    member = make_member(at)
    for _ in range(count):
        paid_order(at, request(member, (make_sku(at), 1)))
    caller = Caller(member, at)
    with django_assert_num_queries(7):
        assert len(caller.ask("get", "/me/orders")["items"]) == count


def test_the_demo_has_the_sandbox() -> None:
    assert gateway_names() == ["sandbox"]


WALK = [
    # method, path, body, then the status for guest, buyer, other member, owner, merchant, other merchant, operator
    ("get", "/me", None, (401, 200, 200, 200, 200, 200, 200)),
    ("get", "/me/favourites", None, (401, 200, 200, 200, 200, 200, 200)),
    ("put", "/me/favourites/{product}", {"wants_news": True}, (401, 200, 200, 200, 200, 200, 200)),
    ("delete", "/me/favourites/{product}", None, (401, 200, 200, 200, 200, 200, 200)),
    ("get", "/me/history", None, (401, 200, 200, 200, 200, 200, 200)),
    ("delete", "/me/history", None, (401, 200, 200, 200, 200, 200, 200)),
    ("get", "/me/sessions", None, (401, 200, 200, 200, 200, 200, 200)),
    ("delete", "/me/sessions/{session}", None, (401, 404, 404, 404, 404, 404, 404)),
    ("get", "/products", None, (200,) * 7),
    ("get", "/products/{product}", None, (200,) * 7),
    ("get", "/products/999999", None, (404,) * 7),
    ("get", "/me/orders", None, (401, 200, 200, 200, 200, 200, 200)),
    ("get", "/me/past-orders", None, (401, 200, 200, 200, 200, 200, 200)),
    ("get", "/orders/{order}", None, (401, 200, 404, 404, 200, 404, 200)),
    ("post", "/orders/{order}/cancel", {}, (401, 409, 404, 404, 403, 404, 403)),
    ("post", "/orders/{order}/charges", {"gateway": "sandbox"}, (401, 409, 404, 404, 403, 404, 403)),
    ("post", "/orders/{order}/receipt", {}, (401, 409, 404, 404, 403, 404, 403)),
    (
        "post",
        "/orders/{order}/shipments",
        {"carrier": "", "tracking_no": ""},
        (401, 403, 404, 404, 422, 404, 422),
    ),
    (
        "post",
        "/orders/{order}/aftersales",
        {"lines": [], "kind": "refund", "reason": "x"},
        (401, 422, 404, 404, 403, 404, 403),
    ),
    (
        "post",
        "/aftersales/{aftersale}/decision",
        {"accept": False, "reason": ""},
        (401, 403, 404, 404, 422, 404, 422),
    ),
    (
        "post",
        "/aftersales/{aftersale}/parcel",
        {"carrier": "顺丰速运", "tracking_no": "SF12345"},
        (401, 409, 404, 404, 403, 404, 403),
    ),
    ("post", "/share-links", {"product_id": "{product}"}, (401, 403, 403, 200, 403, 403, 403)),
    ("get", "/owners/me/income", None, (401, 403, 403, 200, 403, 403, 403)),
    ("get", "/owners/me/withdrawals", None, (401, 403, 403, 200, 403, 403, 403)),
    ("post", "/owners/me/withdrawals", {"amount_fen": 100}, (401, 403, 403, 422, 403, 403, 403)),
    (
        "put",
        "/owners/me/identity",
        {"real_name": "林", "id_number": "1", "account": "6222"},
        (401, 403, 403, 422, 403, 403, 403),
    ),
    ("post", "/withdrawals/{withdrawal}/decision", {"accept": True}, (401, 404, 404, 404, 404, 404, 404)),
    ("get", "/ops/overview", None, (401, 403, 403, 403, 403, 403, 200)),
    ("post", "/clock", {"advance_seconds": 0}, (401, 403, 403, 403, 403, 403, 200)),
    ("post", "/quotes", {"lines": []}, (422,) * 7),
    ("post", "/orders", {"lines": []}, (401, 422, 422, 422, 422, 422, 422)),
    ("get", "/campaigns", None, (200, 200, 200, 200, 200, 200, 200)),
    ("post", "/campaigns", {"kind": "flash_sale", "sku_id": "{sku}"}, (401, 403, 403, 403, 422, 404, 422)),
    ("post", "/group-buys", {"sku_id": "{sku}"}, (401, 403, 403, 403, 422, 404, 422)),
    ("get", "/group-buys/{campaign}", None, (200, 200, 200, 200, 200, 200, 200)),
    ("get", "/groups/{group}", None, (200, 200, 200, 200, 200, 200, 200)),
    ("post", "/campaigns/{campaign}/reminders", {}, (401, 201, 201, 201, 201, 201, 201)),
    ("post", "/campaigns/{campaign}/bargains", {}, (401, 409, 409, 409, 409, 409, 409)),
    ("get", "/bargains/{bargain}", None, (200, 200, 200, 200, 200, 200, 200)),
    ("post", "/bargains/{bargain}/helps", {}, (401, 422, 201, 201, 422, 422, 422)),
    ("get", "/coupon-batches", None, (200, 200, 200, 200, 200, 200, 200)),
    (
        "post",
        "/coupon-batches",
        {"name": "", "kind": "fixed", "quantity": 0},
        (401, 403, 403, 403, 422, 422, 422),
    ),
    ("post", "/coupon-batches/{batch}/claims", {}, (401, 422, 201, 201, 201, 201, 201)),
    ("get", "/me/points", None, (401, 200, 200, 200, 200, 200, 200)),
    ("post", "/me/check-ins", {}, (401, 201, 201, 201, 201, 201, 201)),
    ("get", "/me/coupons", None, (401, 200, 200, 200, 200, 200, 200)),
    ("post", "/coupons/{coupon}/helps", {}, (401, 422, 201, 201, 201, 201, 201)),
    ("post", "/coupons/{coupon}/taking", {}, (401, 422, 201, 404, 404, 404, 404)),
    ("post", "/orders/{order}/late-choice", {"choice": "refund"}, (401, 409, 404, 404, 403, 404, 403)),
    ("post", "/groups/{group}/completion", {}, (401, 404, 404, 404, 200, 404, 409)),
    ("post", "/campaigns/{campaign}/stop", {}, (401, 404, 404, 404, 200, 404, 200)),
    # The community is a heavy one: the buyer is inside, the owner leads it.
    (
        "post",
        "/communities",
        {"name": "", "type": "light", "capacity": 5, "daily_intake": 5},
        (401, 403, 403, 403, 403, 403, 422),
    ),
    ("get", "/communities", None, (200,) * 7),
    ("get", "/communities/{community}", None, (200,) * 7),
    ("get", "/communities/{community}/posts", None, (200,) * 7),
    ("get", "/communities/{community}/questions", None, (200,) * 7),
    ("get", "/posts/{post}", None, (404, 200, 404, 200, 404, 404, 200)),
    (
        "post",
        "/communities/{community}/posts",
        {"line": "buying", "text": "好"},
        (401, 201, 403, 201, 403, 403, 403),
    ),
    ("post", "/communities/{community}/questions", {"text": "好吗"}, (401, 201, 403, 201, 403, 403, 403)),
    ("post", "/posts/{post}/comments", {"text": "嗯"}, (401, 201, 404, 201, 404, 404, 403)),
    ("post", "/questions/{question}/answers", {"text": "嗯"}, (401, 201, 404, 201, 404, 404, 403)),
    ("post", "/answers/{answer}/accept", {}, (401, 200, 404, 403, 404, 404, 403)),
    ("post", "/posts/{post}/likes", {}, (401, 200, 404, 200, 404, 404, 200)),
    ("post", "/posts/{post}/saves", {}, (401, 200, 404, 200, 404, 404, 200)),
    ("post", "/posts/{post}/reports", {"reason": "x"}, (401, 201, 404, 201, 404, 404, 201)),
    ("post", "/posts/{post}/tips", {"points": 1}, (401, 403, 404, 201, 404, 404, 201)),
    (
        "post",
        "/communities/{community}/packets",
        {"points": 10, "count": 2},
        (401, 422, 403, 422, 403, 403, 403),
    ),
    ("get", "/packets/{packet}", None, (401, 200, 404, 200, 404, 404, 200)),
    ("post", "/packets/{packet}/takings", {}, (401, 422, 404, 201, 404, 404, 403)),
    ("post", "/communities/{community}/clones", {"name": "二群"}, (401, 403, 403, 403, 403, 403, 201)),
    ("get", "/communities/{community}/health", None, (401, 404, 404, 200, 404, 404, 200)),
    ("delete", "/comments/{answer}", None, (401, 404, 404, 200, 404, 404, 404)),
    # A gift of the buyer for the heavy community, whose share the owner takes; a run of the buyer, who has asked for help.
    ("get", "/me/gifts", None, (401, 200, 200, 200, 200, 200, 200)),
    ("get", "/gifts/{gift}", None, (404, 200, 404, 200, 404, 404, 404)),
    ("post", "/gifts/{gift}/claims", {"address": ADDRESS}, (401, 409, 404, 201, 404, 404, 404)),
    ("post", "/gifts/{gift}/receipt", {}, (401, 404, 404, 409, 404, 404, 404)),
    ("post", "/gifts/{gift}/problem", {"reason": "坏了"}, (401, 404, 404, 409, 404, 404, 404)),
    ("post", "/gifts/{gift}/return", {}, (401, 409, 404, 404, 404, 404, 404)),
    ("get", "/quiz", None, (401, 200, 200, 200, 200, 200, 200)),
    ("post", "/quiz/runs", {"level": 2}, (401, 201, 422, 422, 422, 422, 422)),
    ("get", "/quiz/runs/{run}", None, (401, 200, 404, 404, 404, 404, 404)),
    ("post", "/quiz/runs/{run}/answers", {"position": 1, "choice": 0}, (401, 409, 404, 404, 404, 404, 404)),
    ("post", "/quiz/runs/{run}/next", {}, (401, 200, 404, 404, 404, 404, 404)),
    ("post", "/quiz/runs/{run}/help", {}, (401, 409, 404, 404, 404, 404, 404)),
    ("get", "/quiz/helps/{help}", None, (200,) * 7),
    ("post", "/quiz/helps/{help}", {"choice": 0}, (401, 409, 201, 201, 201, 201, 201)),
    ("post", "/quiz/duels", {}, (401, 201, 201, 201, 201, 201, 201)),
    ("get", "/quiz/duels/{duel}", None, (200,) * 7),
    ("post", "/quiz/duels/{duel}/runs", {}, (401, 201, 201, 409, 409, 409, 409)),
    ("post", "/quiz/questions", {"level": 1, "text": ""}, (401, 403, 403, 403, 422, 422, 422)),
    ("post", "/quiz/questions/{asked}/stop", {}, (401, 404, 404, 404, 404, 404, 200)),
    ("get", "/owners/me/pack", None, (401, 403, 403, 200, 403, 403, 403)),
    ("post", "/owners/me/pack/{item}/posted", {}, (401, 403, 403, 404, 403, 403, 403)),
    ("get", "/products/{product}/materials", None, (401, 404, 404, 404, 200, 404, 200)),
    ("post", "/products/{product}/materials", {"words": "好"}, (401, 404, 404, 404, 201, 404, 201)),
    ("post", "/materials/{item}/retire", {}, (401, 404, 404, 404, 404, 404, 404)),
    ("get", "/me/traits", None, (401, 200, 200, 200, 200, 200, 200)),
    ("put", "/me/traits", {"occupation": "other"}, (401, 200, 200, 200, 200, 200, 200)),
    ("get", "/me/places", None, (401, 200, 200, 200, 200, 200, 200)),
    ("post", "/me/places/{place}/decline", {}, (401, 404, 404, 404, 404, 404, 404)),
    ("put", "/communities/{community}/routing", {}, (401, 403, 403, 403, 403, 403, 200)),
    ("delete", "/communities/{community}/routing", None, (401, 403, 403, 403, 403, 403, 200)),
    ("post", "/ops/routing", {}, (401, 403, 403, 403, 403, 403, 200)),
    ("get", "/regions", None, (200,) * 7),
    ("get", "/outer-groups", None, (200,) * 7),
    (
        "post",
        "/outer-groups",
        {"platform": "qq", "name": " ", "type": "light", "region": "330000", "capacity": 5},
        (401, 422, 422, 422, 422, 422, 422),
    ),
    ("post", "/outer-groups/{outer}/approval", {}, (401, 403, 403, 403, 403, 403, 200)),
    ("post", "/outer-groups/{outer}/counts", {"member_count": 5}, (401, 404, 404, 201, 404, 404, 201)),
    ("post", "/outer-groups/{outer}/clicks", {}, (401, 201, 201, 201, 201, 201, 201)),
    (
        "post",
        "/outer-tasks",
        {"group_ids": ["{outer}"], "product_id": "{product}", "words": "看看"},
        (401, 403, 403, 403, 403, 403, 201),
    ),
    ("get", "/outer-tasks", None, (401, 200, 200, 200, 200, 200, 200)),
    ("post", "/outer-tasks/{task}/confirmation", {}, (401, 404, 404, 200, 404, 404, 404)),
    ("post", "/outer-groups/{outer}/close", {}, (401, 404, 404, 200, 404, 404, 200)),
    ("get", "/ops/rings", None, (401, 403, 403, 403, 403, 403, 200)),
    ("get", "/courses", None, (401, 200, 200, 200, 200, 200, 200)),
    ("get", "/courses/{course}", None, (401, 200, 200, 200, 200, 200, 200)),
    ("post", "/courses/{course}/lessons/{number}/reads", {}, (401, 201, 201, 201, 201, 201, 201)),
    ("post", "/courses/{course}/attempts", {"choices": [1, 0]}, (401, 422, 422, 422, 422, 422, 422)),
    ("get", "/certificates/{certificate}", None, (404,) * 7),
    ("post", "/pictures", None, (401, 400, 400, 400, 400, 400, 400)),
    ("post", "/recordings", None, (401, 400, 400, 400, 400, 400, 400)),
    ("get", "/recordings/{recording}", None, (401, 404, 404, 404, 404, 404, 404)),
    ("put", "/posts/{post}", {"text": "改"}, (401, 200, 404, 404, 404, 404, 404)),
    (
        "post",
        "/communities/{community}/fees",
        {"fee_fen": 1, "gateway": "sandbox"},
        (401, 404, 404, 404, 404, 404, 404),
    ),
    ("get", "/communities/{community}/circles", None, (200,) * 7),
    ("post", "/communities/{community}/circles", {"name": "又一个"}, (401, 404, 404, 201, 404, 404, 409)),
    ("put", "/circles/{circle}/memberships/me", {}, (401, 200, 403, 200, 403, 403, 403)),
    ("delete", "/circles/{circle}/memberships/me", None, (401, 200, 200, 200, 200, 200, 200)),
    ("delete", "/circles/{circle}", None, (401, 404, 404, 200, 404, 404, 200)),
    ("get", "/communities/{community}/experts", None, (200,) * 7),
    (
        "post",
        "/communities/{community}/experts",
        {"member_id": "{buyer}", "subject": "茶", "from_minute": 0, "to_minute": 60},
        (401, 404, 404, 201, 404, 404, 201),
    ),
    ("delete", "/communities/{community}/experts/{buyer}", None, (401, 404, 404, 200, 404, 404, 404)),
    ("get", "/communities/{community}/tasks", None, (401, 404, 404, 200, 404, 404, 200)),
    ("post", "/tasks/{todo}/done", {}, (401, 404, 404, 404, 404, 404, 404)),
    (
        "post",
        "/communities/{community}/playbooks",
        {"playbook": "none", "day": "2026-01-01"},
        (401, 404, 404, 404, 404, 404, 404),
    ),
    ("get", "/communities/{community}/playbooks", None, (401, 404, 404, 200, 404, 404, 200)),
    ("post", "/communities/{community}/playbooks/{begun}/stop", None, (401, 404, 404, 200, 404, 404, 200)),
    ("get", "/playbooks", None, (401, 403, 403, 403, 403, 403, 200)),
    (
        "post",
        "/playbooks",
        {"code": "x", "title": "手册", "trigger": "weekly", "document": "+0 09:00 好"},
        (401, 403, 403, 403, 403, 403, 201),
    ),
    ("delete", "/posts/{post}", None, (401, 200, 404, 404, 404, 404, 404)),
    ("post", "/communities/{community}/memberships", {}, (401, 201, 201, 201, 201, 201, 201)),
    ("delete", "/communities/{community}/memberships/me", None, (401, 200, 200, 409, 200, 200, 200)),
]


def test_every_operation_as_every_role(at: datetime) -> None:
    """Exactly the expected status for each; and the list is complete."""
    from linli.api.app import api
    from linli.core.actor import Actor
    from linli.trade.operations.aftersale import AskedLine, ask_aftersale

    sku = make_sku(at)
    member, operator, other = make_member(at), make_member(at), make_merchant(at)
    grant_role(member=operator, role=Role.operator, actor=SYSTEM, at=at)
    order = paid_order(at, request(member, (sku, 2)))
    wish = ask_aftersale(
        order=order,
        kind="refund",
        reason="坏果",
        lines=[AskedLine(order.lines.get().pk, 1)],
        actor=Actor(member_id=member.pk),
        at=at,
    )
    staff = [Member.objects.get(pk=merchant.staff.get().member_id) for merchant in (order.merchant, other)]
    people = [None, member, make_member(at), make_owner(at).member, *staff, operator]
    callers = [Caller(person, at) for person in people]
    campaign = make_campaign_of(make_sku(at, merchant=order.merchant), at)
    paid_order(at, group_request(member, campaign))
    haggled = make_campaign_of(make_sku(at), at, kind="bargain", seats=2)
    batch = make_batch_of(at, kind="growth", step_fen=100, cap_fen=5000)
    heavy = make_community(at, people[3], type="heavy")
    join(heavy, member, at)
    question = make_post(heavy, member, at, line="question")
    answer = write_comment(
        post=question,
        text="嗯",
        product_id=0,
        actor=Actor(member_id=heavy.memberships.get(role="leader").member_id),
        at=at,
    )
    grant_points([Granted(member.pk, "purchase", "gift", 10)], at=at)
    packet = send_packet(
        community=heavy, points=10, count=2, kind="equal", words="", actor=Actor(member_id=member.pk), at=at
    )
    make_questions(at, count=5)
    run = ask_help(run=begin_level(level=1, member_id=member.pk, at=at), at=at)
    outer = make_group(at, people[3])
    [task] = issue_tasks(groups=[outer], product=sku.product, words="看看", hours=24, actor=SYSTEM, at=at)
    circle = open_circle(community=heavy, name="圈", intro="", actor=Actor(member_id=people[3].pk), at=at)
    festival = save_playbook(draft=ready_playbook("festival", is_started=True), actor=SYSTEM, at=at)
    begun = begin_playbook(
        playbook=festival, community=heavy, begins_on=clock.shop_day(at), actor=SYSTEM, at=at
    )
    names = {
        "{circle}": str(circle.pk),
        "{buyer}": str(member.pk),
        "{todo}": "999999",
        "{begun}": str(begun.pk),
        "{recording}": "0" * 24,
        "{place}": "999999",
        "{item}": "999999",
        "{outer}": str(outer.pk),
        "{task}": task.code,
        "{gift}": sent_gift(gift_wish(member, sku, community_id=heavy.pk), at).code,
        "{run}": str(run.pk),
        "{help}": run.help_code,
        "{duel}": open_duel(member_id=member.pk, at=at).code,
        "{asked}": str(run.questions[0]),
        "{packet}": str(packet.pk),
        "{course}": make_course(at).code,
        "{number}": "1",
        "{certificate}": "NOSUCH",
        "{session}": "NOSUCH",
        "{community}": str(heavy.pk),
        "{post}": str(make_post(heavy, member, at).pk),
        "{question}": str(question.pk),
        "{answer}": str(answer.pk),
        "{sku}": str(sku.pk),
        "{campaign}": str(campaign.pk),
        "{group}": str(campaign.groups.get().pk),
        "{bargain}": str(begin_bargain(campaign=haggled, member_id=member.pk, at=at).pk),
        "{batch}": str(batch.pk),
        "{coupon}": claimed(batch, member, at).code,
        "{product}": str(sku.product_id),
        "{order}": order.order_no,
        "{aftersale}": wish.aftersale_no,
        "{withdrawal}": "NOSUCH",
    }
    for method, path, body, statuses in WALK:
        text = json.dumps([path, body])
        for name, value in names.items():
            text = text.replace(name, value)
        path_now, body_now = json.loads(text)
        for caller, status in zip(callers, statuses, strict=True):
            caller.ask(method, path_now, body_now, status=status)
    walked = {
        (
            method,
            path.replace("{circle}", "{circle_id}")
            .replace("{buyer}", "{member_id}")
            .replace("{todo}", "{task_id}")
            .replace("{begun}", "{run_id}")
            .replace("{recording}", "{name}")
            .replace("{product}", "{product_id}")
            .replace("{order}", "{order_no}")
            .replace("{aftersale}", "{aftersale_no}")
            .replace("{withdrawal}", "{withdrawal_no}")
            .replace("{coupon}", "{code}")
            .replace("{campaign}", "{campaign_id}")
            .replace("{group}", "{group_id}")
            .replace("{bargain}", "{bargain_id}")
            .replace("{batch}", "{batch_id}")
            .replace("{community}", "{community_id}")
            .replace("{post}", "{post_id}")
            .replace("{question}", "{post_id}")
            .replace("{answer}", "{comment_id}")
            .replace("{packet}", "{packet_id}")
            .replace("{place}", "{place_id}")
            .replace("/pack/{item}", "/pack/{item_id}")
            .replace("{item}", "{material_id}")
            .replace("{outer}", "{group_id}")
            .replace("{task}", "{code}")
            .replace("{gift}", "{code}")
            .replace("{help}", "{code}")
            .replace("{duel}", "{code}")
            .replace("{run}", "{run_id}")
            .replace("{asked}", "{question_id}")
            .replace("{course}", "{code}")
            .replace("{session}", "{session_id}")
            .replace("{certificate}", "{number}"),
        )
        for method, path, _, _ in WALK
    }
    known = {
        (method, path.removeprefix("/api/v1"))
        for path, item in api.get_openapi_schema()["paths"].items()
        for method in item
    }
    assert known - walked == {
        ("post", "/codes"), ("post", "/sessions"), ("post", "/members"), ("delete", "/sessions"),
    }  # fmt: skip


def test_guessing_codes_and_phones_by_signing_up_is_counted(
    guest: Caller, at: datetime, settings: Any
) -> None:
    known = make_member(at)
    settings.DEMO = False
    body = {"phone": known.phone, "code": "123456", "name": "阿雅"}
    statuses = [
        guest.client.post("/api/v1/members", json.dumps(body), content_type="application/json").status_code
        for _ in range(12)
    ]
    assert statuses == [401] * 10 + [429] * 2
    other = guest.client.post(
        "/api/v1/members", json.dumps(body), content_type="application/json", REMOTE_ADDR="203.0.113.9"
    )
    assert other.status_code == 401, "a stranger's wrong codes do not keep the phone's owner out"


def test_digits_of_other_scripts_are_no_second_phone(guest: Caller) -> None:
    assert guest.ask("post", "/members", {"phone": "1391111222٥", "code": "000000", "name": "a"}, status=422)


@pytest.mark.parametrize("path", ["/quotes", "/orders"])
def test_lines_of_less_than_nothing_are_not_added_up(buyer: Caller, at: datetime, path: str) -> None:
    sku = str(make_sku(at).pk)
    body = {"lines": [{"sku_id": sku, "quantity": 5}, {"sku_id": sku, "quantity": -4}]}
    assert buyer.ask("post", path, body, status=422)["error"]["code"] == "bad_quantity"


def test_a_nul_in_a_text_is_malformed(buyer: Caller) -> None:
    assert buyer.ask("post", "/quotes", {"lines": [], "share_code": "\0"}, status=400)
    assert buyer.ask("post", "/sessions", {"phone": "\0", "code": "0"}, status=400)
