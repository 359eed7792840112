"""The network's pages as the people use them: withdrawing, team and level, a plan from draft to force, the desk, the marks."""

import json
from datetime import datetime, timedelta

import pytest
from django.test import Client

from factories.shop import (
    completed_order,
    make_member,
    make_owner,
    make_sku,
    paid_order,
    received_order,
    request,
)
from linli.core.actor import SYSTEM, Role
from linli.distribution.models import Owner, Plan, TierChange, Withdrawal
from linli.distribution.operations.owner import open_shop
from linli.distribution.operations.tier import appoint
from linli.distribution.queries.monitor import flags
from linli.distribution.queries.plan import preset
from linli.members.models import Member
from linli.members.operations.profile import grant_role, invite, remember_device
from linli.trade.operations.complete_order import complete_orders
from web.reading import flat

WEEK = timedelta(days=7, seconds=1)


def client_of(member: Member, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    return client


def operator(at: datetime) -> Client:
    member = make_member(at)
    grant_role(member=member, role=Role.operator, actor=SYSTEM, at=at)
    return client_of(member)


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return flat(answer)


@pytest.mark.capability("B6")
def test_a_plan_from_draft_to_force_on_the_pages(db: None, at: datetime) -> None:
    first, second = operator(at), operator(at)
    assert first.post("/ops/plans", {"preset": "wanwu"}).status_code == 302
    plan = Plan.objects.get(name="wanwu")
    path = f"/ops/plans/{plan.pk}"
    broken = dict(preset("wanwu"), fee="five")
    wrong = first.post(path, {"step": "save", "document": json.dumps(broken)})
    assert wrong.status_code == 422 and "fee" in flat(wrong) and "five" in flat(wrong)
    assert first.post(path, {"step": "save", "document": "{nonsense"}).status_code == 422
    first.post(path, {"step": "check"})
    page = text_of(first, path)
    assert "ECO-03" in page and "Inviting oneself" in page and "Simulate last month" in page
    first.post(path, {"step": "simulate"})
    first.post(path, {"step": "approve"})
    assert Plan.objects.get(pk=plan.pk).state == "simulated", "the drafter cannot approve"
    assert "A second person" in text_of(first, path)
    second.post(path, {"step": "approve", "days": "0"})
    assert Plan.objects.get(pk=plan.pk).state == "approved"
    effects = text_of(first, f"{path}?price=199&rate=20")
    assert "¥39.80" in effects and "¥9.95" in effects
    assert [first.get(f"{path}?{asked}").status_code for asked in ("price=x", "rate=-7")] == [400, 400]


@pytest.mark.capability("B7")
def test_withdrawing_on_the_page_keeps_what_was_typed_and_waits_for_a_colleague(
    db: None, at: datetime
) -> None:
    owner = make_owner(at)
    sku = make_sku(at, price_fen=1_000_000)
    received_order(at, request(make_member(at), (sku, 1), share_code=owner.shop_code))
    complete_orders(at=at + WEEK)
    mine, desk = client_of(owner.member), operator(at)
    too_much = mine.post("/owner/withdraw", {"amount": "99999"})
    assert too_much.status_code == 422 and 'value="99999"' in flat(too_much)
    assert mine.post("/owner/withdraw", {"amount": "abc"}).status_code == 422
    assert Withdrawal.objects.count() == 0
    assert mine.post("/owner/withdraw", {"amount": "1500"}).status_code == 302
    shown = text_of(mine, "/owner/withdraw")
    assert "Waiting for review" in shown
    assert (
        "<b>¥1,500.00</b> <span>Being paid out</span>" in shown
        and "<b>¥0.00</b> <span>Paid out</span>" in shown
    )
    asked = Withdrawal.objects.get()
    assert owner.shop_name in text_of(desk, "/ops/withdrawals")
    assert mine.post(f"/ops/withdrawals/{asked.withdrawal_no}", {"accept": "yes"}).status_code == 403
    desk.post(f"/ops/withdrawals/{asked.withdrawal_no}", {"accept": "no", "reason": ""})
    assert Withdrawal.objects.get().state == "asked", "a refusal needs a reason"
    desk.post(f"/ops/withdrawals/{asked.withdrawal_no}", {"accept": "no", "reason": "证件不清"})
    assert "证件不清" in text_of(mine, "/owner/withdraw")
    mine.post("/owner/withdraw", {"amount": "1500"})
    desk.post(f"/ops/withdrawals/{Withdrawal.objects.all()[0].withdrawal_no}", {"accept": "yes"})
    assert Withdrawal.objects.all()[0].state == "approved"
    statement = mine.get("/owner/income.csv")
    assert statement.content.decode("utf-8-sig").splitlines()[1].count(",") == 8 and ",2000.00," in flat(
        statement
    )


@pytest.mark.capability("B9")
def test_team_and_level_show_what_an_owner_may_see(db: None, at: datetime) -> None:
    Plan.objects.create(
        name="wanwu",
        version=1,
        document=preset("wanwu"),
        document_hash="x",
        state="active",
        active_from=at - timedelta(days=1),
    )
    leader = make_owner(at)
    appoint(owner=leader, tier="senior", actor=SYSTEM, at=at)
    member = make_member(at, "王小明")
    below = open_shop(
        member=member, invitation=invite(inviter=leader.member, at=at), shop_name="小明的店", at=at
    )
    sku = make_sku(at)
    received_order(at, request(make_member(at, "买家甲"), (sku, 1), share_code=below.shop_code))
    TierChange.objects.create(
        owner=below,
        from_tier="ordinary",
        to_tier="gold",
        reason="qualified",
        decided_at=at,
        effective_at=at + timedelta(hours=5),
    )
    team = text_of(client_of(leader.member), "/owner/team")
    assert "小明的店" in team and "¥199.00" in team and "¥9.95" in team
    assert "王小明" not in team and member.phone not in team and "买家甲" not in team
    level = text_of(client_of(member), "/owner/level")
    assert "¥2,000.00" in level and "25%" in level and "Gold owner ¥100.00" in level
    assert "forbid it on a live site" in level
    income = text_of(client_of(leader.member), "/owner/income")
    assert "Reward for a new owner" in income and "Invitation coupon" in income


def test_marks_and_suspension_need_a_person_with_a_reason(db: None, at: datetime) -> None:
    owner = make_owner(at)
    for _ in range(5):
        open_shop(
            member=make_member(at), invitation=invite(inviter=owner.member, at=at), shop_name="x", at=at
        )
    desk = operator(at)
    page = text_of(desk, "/ops/risk")
    assert "within a day" in page and "has ever sold" in page
    desk.post(f"/ops/owners/{owner.pk}", {"step": "suspend", "reason": ""})
    assert Owner.objects.get(pk=owner.pk).status == "active"
    desk.post(f"/ops/owners/{owner.pk}", {"step": "suspend", "reason": "集中开店"})
    assert Owner.objects.get(pk=owner.pk).status == "suspended"
    mine = client_of(owner.member)
    assert "You can appeal" in text_of(mine, "/owner/withdraw"), "who is suspended still sees what is held"
    assert mine.post("/owner/withdraw", {"amount": "10"}).status_code == 422
    mine.post("/owner/appeal", {"words": "都是我的同事 <b>"})
    assert "都是我的同事 &lt;b&gt;" in text_of(desk, "/ops/risk")
    desk.post(f"/ops/owners/{owner.pk}", {"step": "reopen", "reason": "已说明"})
    assert Owner.objects.get(pk=owner.pk).status == "active"
    assert "CN-MLM-13" in text_of(desk, "/ops/plans")


@pytest.mark.capability("B14")
@pytest.mark.django_db
def test_an_honour_is_chosen_on_the_page_and_shown_in_the_shop(at: datetime) -> None:
    owner = make_owner(at)
    asked = request(make_member(at), (make_sku(at), 1), share_code=owner.shop_code)
    completed_order(at, asked, at + timedelta(days=8))
    client = client_of(owner.member, "zh-hans")
    assert "领徽章" in flat(client.get("/owner/level"))
    client.post("/owner/honour", {"milestone": "first_sale", "taken_as": "badge"})
    assert "已挂在店铺" in flat(client.get("/owner/level"))
    assert "第一笔确认的成交" in flat(client.get(f"/shop/{owner.shop_code}"))


@pytest.mark.django_db
def test_owners_who_share_a_browser_with_their_inviter_are_marked(at: datetime) -> None:
    sponsor, honest = make_owner(at), make_owner(at)
    false, other = make_owner(at, sponsor=sponsor), make_owner(at, sponsor=honest)
    for member, device in ((sponsor, "one"), (false, "one"), (honest, "two"), (other, "three")):
        remember_device(member=member.member, device=device, at=at)
    found = [(flag["member_id"], flag["count"]) for flag in flags() if flag["kind"] == "siblings"]
    assert found == [(sponsor.pk, 1)]


@pytest.mark.django_db
def test_a_second_phone_in_the_owners_browser_is_marked(at: datetime) -> None:
    """It bought by the owner's link and earned the owner a commission, and nobody saw (security L14)."""
    owner, second, neighbour, sku = make_owner(at), make_member(at), make_member(at), make_sku(at)
    for buyer in (second, neighbour):
        paid_order(at, request(buyer, (sku, 1), share_code=owner.shop_code))
    for member, device in ((owner.member, "one"), (second, "one"), (neighbour, "two")):
        remember_device(member=member, device=device, at=at)
    found = [(flag["member_id"], flag["count"]) for flag in flags() if flag["kind"] == "own_buyer"]
    assert found == [(owner.pk, 1)]


@pytest.mark.capability("B6")
def test_a_plan_that_can_never_be_approved_says_so_and_offers_no_approval(db: None, at: datetime) -> None:
    """A green Done stood over a finding that forbids it (consoles 16)."""
    desk = operator(at)
    desk.post("/ops/plans", {"preset": "wanwu"})
    plan = Plan.objects.get(name="wanwu")
    path = f"/ops/plans/{plan.pk}"
    document = preset("wanwu")
    document["funding"] = {**document["funding"], "max_bp": 3999}
    desk.post(path, {"step": "save", "document": json.dumps(document)}, follow=True)
    said = flat(desk.post(path, {"step": "check"}, follow=True))
    assert "ECO-02" in said and "be approved as written: edit the document." in said and "Done." not in said
    desk.post(path, {"step": "simulate"})
    shown = text_of(desk, path)
    assert Plan.objects.get(pk=plan.pk).state == "simulated"
    assert 'value="approve"' not in shown and "See the findings beside its lines and the proof" in shown


@pytest.mark.capability("B7")
def test_who_decides_about_money_sees_whose_it_is(db: None, at: datetime) -> None:
    """One line decided 1,500 yuan (consoles 32)."""
    owner, sku = make_owner(at), make_sku(at, price_fen=1_000_000)
    for _ in range(2):
        order = received_order(at, request(make_member(at), (sku, 1), share_code=owner.shop_code))
    complete_orders(at=at + WEEK)
    client_of(owner.member).post("/owner/withdraw", {"amount": "1500"})
    shown = text_of(operator(at), "/ops/withdrawals")
    assert order.lines.count() == 1
    for words in ("¥1,500.00", "¥2,500.00", "¥4,000.00", "0 times", "none", "shop opened"):
        assert words in shown, words
