"""Campaign pages as people use them: what was typed is kept, the gap to a coupon is told, late money is chosen about."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.utils.timezone import localtime

from factories.campaign import claimed, group_request, make_batch_of, make_campaign_of
from factories.shop import make_member, make_sku, paid_order, pay, placed, request, staff_of
from linli.campaigns.models import Campaign, Coupon, CouponBatch, Group
from linli.campaigns.operations.bargain import begin_bargain
from linli.campaigns.operations.campaign import BadCampaign, stop_campaign, with_history
from linli.campaigns.rules.campaign import CampaignDraft
from linli.campaigns.rules.lint import findings
from linli.catalog.models import Sku
from linli.catalog.operations.product import BadProduct, add_products, change_product
from linli.catalog.types import ProductDraft, SkuDraft
from linli.channels.models import InboxMessage
from linli.core.actor import SYSTEM, Actor
from linli.core.batcher import Batcher, QueueIsFull
from linli.core.refusal import Refusal
from linli.members.models import Member
from linli.members.operations.profile import save_address
from linli.trade.models import Order
from linli.trade.operations.aftersale import AskedLine, ask_aftersale, decide_aftersale
from linli.trade.operations.cancel_order import cancel_order
from linli.trade.operations.cart import put_in_cart
from linli.trade.types import Placed, PlaceRequest
from linli.web.storefront import checkout
from web.reading import flat
from web.test_network_pages import client_of

pytestmark = pytest.mark.usefixtures("holds")


def text(client: object, path: str, status: int = 200) -> str:
    answer = client.get(path)  # type: ignore[attr-defined]
    assert answer.status_code == status, path
    return flat(answer)


@pytest.mark.capability("D4")
def test_the_cart_tells_what_coupons_take_off_and_what_is_missing_for_the_next(at: datetime) -> None:
    member, sku = make_member(at), make_sku(at, price_fen=5000)
    for values in ({"face_fen": 700}, {"name": "满百券", "min_spend_fen": 10_000}):
        claimed(make_batch_of(at, **values), member, at)
    put_in_cart(actor=Actor(member_id=member.pk), sku_id=sku.pk, quantity=1, at=at)
    shown = text(client_of(member), "/cart")
    assert "Your coupons take ¥7.00 off" in shown and "¥50.00 more, and “满百券” counts too" in shown


@pytest.mark.capability("D1")
def test_late_money_is_chosen_about_on_the_order_page(at: datetime) -> None:
    campaign = make_campaign_of(make_sku(at), at, seats=2)
    member = make_member(at)
    slow = placed(at, group_request(member, campaign))
    order = Order.objects.get(order_no=slow.orders[0].order_no)
    cancel_order(order=order, actor=SYSTEM, at=at)
    pay(slow.charge_no, at)
    client = client_of(member)
    assert "Choose until" in text(client, f"/orders/{order.order_no}")
    assert (
        client_of(make_member(at)).post(f"/orders/{order.order_no}/late", {"choice": "own"}).status_code
        == 404
    )
    client.post(f"/orders/{order.order_no}/late", {"choice": "own"})
    group = Group.objects.get(state="open")
    assert (group.initiator_id, group.paid_count) == (member.pk, 1)
    assert "Your group: invite neighbours" in text(client, f"/orders/{order.order_no}")


@pytest.mark.capability("D1")
def test_a_merchant_makes_a_group_buy_sees_its_effect_and_keeps_what_was_typed(at: datetime) -> None:
    sku = make_sku(at)
    client = client_of(Member.objects.get(pk=staff_of(sku.product.merchant).member_id))
    form = {
        "kind": "group_buy", "sku": sku.pk, "price": "250", "stock": "40", "seats": "3", "hours": "24", "starts_at": "",
        "ends_at": (at + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"), "leader_cut": "1",
    }  # fmt: skip
    refused = client.post("/merchant/campaigns/new", form)
    assert refused.status_code == 422 and 'value="250"' in flat(refused)
    assert Campaign.objects.count() == 0
    look = flat(client.post("/merchant/campaigns/new", form | {"price": "150", "action": "look"}))
    # 149.00 at least: fee 2 % 2.98, commission 20 % 29.80
    assert "¥149.00" in look and "-¥2.98" in look and "-¥29.80" in look and "¥116.22" in look
    assert client.post("/merchant/campaigns/new", form | {"price": "150"}).status_code == 302
    campaign = Campaign.objects.get()
    assert (campaign.price_fen, campaign.leader_cut_fen, campaign.stock_count) == (15_000, 100, 40)
    paid_order(at + timedelta(minutes=1), group_request(make_member(at), campaign))
    shown = text(client, f"/merchant/campaigns/{campaign.pk}")
    assert "Complete, bear the difference" in shown
    client.post(f"/merchant/groups/{Group.objects.get().pk}/complete")
    client.post(f"/merchant/campaigns/{campaign.pk}/stop")
    campaign.refresh_from_db()
    assert (Group.objects.get().state, campaign.stopped_at is not None) == ("full", True)


@pytest.mark.capability("D4")
def test_a_merchants_coupons_are_its_own_and_reach_its_buyers_only(at: datetime) -> None:
    sku, other = make_sku(at), make_sku(at)
    buyer, stranger = make_member(at), make_member(at)
    paid_order(at, request(buyer, (sku, 1)))
    paid_order(at, request(stranger, (other, 1)))
    client = client_of(Member.objects.get(pk=staff_of(sku.product.merchant).member_id))
    form = {
        "name": "老客券",
        "kind": "fixed",
        "face": "5",
        "quantity": "10",
        "per_member": "1",
        "valid_days": "7",
        "scope": "all",
        "platform_share": "100",
    }
    refused = client.post("/merchant/coupons", form | {"face": "x"})
    assert refused.status_code == 422 and "老客券" in flat(refused)
    assert client.post("/merchant/coupons", form).status_code == 302
    batch = CouponBatch.objects.get()
    assert (batch.merchant_id, batch.platform_share_bp) == (sku.product.merchant_id, 0)
    for audience in ("buyers", "owners", "newcomers", "nobody"):
        client.post(f"/merchant/coupons/{batch.pk}/issue", {"audience": audience})
    assert list(Coupon.objects.values_list("member_id", flat=True)) == [buyer.pk]
    assert InboxMessage.objects.get().member_id == buyer.pk
    foreign = client_of(Member.objects.get(pk=staff_of(other.product.merchant).member_id))
    assert foreign.post(f"/merchant/coupons/{batch.pk}/stop").status_code == 404


@pytest.mark.capability("D5")
def test_checking_in_on_the_page(at: datetime) -> None:
    client = client_of(make_member(at))
    assert "Check in for today" in text(client, "/points")
    client.post("/points")
    assert "Checked in today" in text(client, "/points")
    assert "already checked in today" in flat(client.post("/points", follow=True))


@pytest.mark.capability("D1")
@pytest.mark.parametrize(
    ("field", "typed"), [("starts_at", "24.12.2026"), ("per_member", "2 pieces"), ("price", "1o0")]
)
def test_what_cannot_be_read_is_refused_and_kept(at: datetime, field: str, typed: str) -> None:
    """An unreadable limit or moment must not become 'no limit' or 'now'."""
    sku = make_sku(at)
    client = client_of(Member.objects.get(pk=staff_of(sku.product.merchant).member_id))
    form = {
        "kind": "group_buy",
        "sku": str(sku.pk),
        "price": "150",
        "seats": "2",
        "hours": "24",
        "stock": "10",
    }
    answer = client.post("/merchant/campaigns/new", form | {field: typed})
    assert answer.status_code == 422 and typed in flat(answer)
    assert not Campaign.objects.exists()


@pytest.mark.capability("D8")
def test_a_reminder_is_set_where_one_is_and_says_that_it_is(at: datetime) -> None:
    coming = make_campaign_of(
        make_sku(at),
        at,
        kind="flash_sale",
        price_fen=9_900,
        starts_at=at + timedelta(days=1),
        ends_at=at + timedelta(days=2),
    )
    client = client_of(make_member(at))
    asked, told = f'formaction="/campaigns/{coming.pk}/remind"', "Reminder set"
    for path in ("/campaigns", f"/p/{coming.product_id}"):
        assert asked in text(client, path) and told not in text(client, path)
    came_from = {"HTTP_REFERER": "http://testserver/campaigns?kind=flash_sale"}
    assert client.post(f"/campaigns/{coming.pk}/remind", **came_from).url == "/campaigns?kind=flash_sale"
    assert client.post(f"/campaigns/{coming.pk}/remind").url == f"/p/{coming.product_id}"
    for path in ("/campaigns", f"/p/{coming.product_id}"):
        assert asked not in text(client, path) and told in text(client, path)
    assert asked in text(client_of(make_member(at)), "/campaigns")


@pytest.mark.capability("D1")
def test_the_page_begins_with_the_variant_of_its_group_buy(at: datetime) -> None:
    """Else 'buy alone' would show another variant's price beside the group's."""
    shop = make_sku(at).product
    skus = (SkuDraft(("5 斤",), 5_000, 2000, 10), SkuDraft(("10 斤",), 20_000, 2000, 10))
    [product_id] = add_products(
        [ProductDraft(shop.merchant_id, shop.category_id, "橙子", skus, images=("demo/p1.webp",))], at=at
    )
    dear = Sku.objects.get(product=product_id, title="10 斤")
    make_campaign_of(dear, at)
    shown = text(client_of(make_member(at)), f"/p/{product_id}")
    assert "¥<span data-sku-price>200.00</span>" in shown


@pytest.mark.capability("D1")
def test_a_group_buy_of_one_variant_is_not_bought_with_another(at: datetime) -> None:
    sku = make_sku(at)
    draft = ProductDraft(
        sku.product.merchant_id, sku.product.category_id, "苹果",
        (SkuDraft(("小",), 19_900, 1000, 10), SkuDraft(("大",), 29_900, 1000, 10)), images=("demo/p1.webp",),
    )  # fmt: skip
    [product_id] = add_products([draft], at=at)
    small, large = Sku.objects.filter(product=product_id).order_by("pk")
    campaign = make_campaign_of(small, at)
    client = client_of(make_member(at))
    then = f"campaign-{campaign.pk}"
    refused = flat(client.post("/cart/add", {"sku": large.pk, "then": then}, follow=True))
    assert "This price is for the variant “小”" in refused
    assert client.post("/cart/add", {"sku": small.pk, "then": then})["Location"].startswith(
        f"/checkout?sku={small.pk}"
    )


class FullHouse(Batcher[PlaceRequest, Placed | Refusal]):
    """A batcher in whose queue there is no room."""

    def ask(self, request: PlaceRequest, *, since: float | None = None) -> Placed | Refusal:
        raise QueueIsFull(7, since or 1.5e9)


@pytest.mark.capability("D8")
def test_a_full_queue_is_a_page_that_keeps_the_place_and_what_was_typed(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    member, sku = make_member(at), make_sku(at)
    address = save_address(
        actor=Actor(member_id=member.pk),
        name="林邻",
        phone="13800138000",
        region="330102",
        detail="清波街道 1 号",
    )
    client = client_of(member)
    form = {
        "sku": sku.pk,
        "quantity": 1,
        "quoted_fen": 19_900,
        "key": "k1",
        "note": "放门口",
        "address": address.pk,
    }
    # A batcher does not queue inside a test's transaction; how it fills is tested in core/test_batcher.py.
    monkeypatch.setattr(checkout, "placing", FullHouse(checkout._place))
    page = client.post("/checkout", form)
    shown = flat(page)
    assert (page.status_code, page["Retry-After"]) == (429, "3")
    assert (
        "7 are ahead of you." in shown and 'name="note" value="放门口"' in shown and 'name="ticket"' in shown
    )
    monkeypatch.undo()
    assert Order.objects.count() == 0
    assert client.post("/checkout", form | {"ticket": page.context["ticket"]}).status_code == 302
    assert Order.objects.get().note == "放门口"


@pytest.mark.capability("D1")
@pytest.mark.capability("D3")
@pytest.mark.capability("D8")
def test_every_campaign_has_its_poster(at: datetime) -> None:
    member = make_member(at)
    for kind in ("group_buy", "flash_sale", "bargain"):
        campaign = make_campaign_of(make_sku(at), at, kind=kind)
        poster = client_of(member).get(f"/campaigns/{campaign.pk}/poster.jpg")
        assert (poster.status_code, poster["Content-Type"]) == (200, "image/jpeg")
    bargain = begin_bargain(campaign=campaign, member_id=member.pk, at=at)
    assert client_of(member).get(f"/bargains/{bargain.pk}/poster.jpg")["Content-Type"] == "image/jpeg"
    assert f"/bargains/{bargain.pk}/poster.jpg" in text(client_of(member), f"/bargains/{bargain.pk}")
    assert client_of(member).get("/campaigns/999999/poster.jpg").status_code == 404


@pytest.mark.capability("D1")
@pytest.mark.capability("D4")
def test_a_budget_is_held_before_anything_begins(at: datetime) -> None:
    sku = make_sku(at)
    staff = client_of(sku.product.merchant.staff.get().member)
    form = {
        "kind": "flash_sale", "sku": sku.pk, "price": "150", "stock": "11", "budget": "500", "stacks_with": "self_purchase",
        "starts_at": f"{localtime(at):%Y-%m-%dT%H:%M}", "ends_at": f"{localtime(at + timedelta(days=1)):%Y-%m-%dT%H:%M}",
    }  # fmt: skip
    page = staff.post("/merchant/campaigns/new", form)
    assert page.status_code == 422 and "All together can cost more than the budget" in flat(page)
    assert staff.post("/merchant/campaigns/new", form | {"stock": "10"}).status_code == 302
    made = Campaign.objects.get()
    assert (made.budget_fen, made.stock_count * (19_900 - made.price_fen)) == (50_000, 49_000)
    coupons = {"name": "券", "kind": "fixed", "face": "10", "quantity": "51", "per_member": "1", "valid_days": "7", "scope": "all", "budget": "500"}  # fmt: skip
    assert staff.post("/merchant/coupons", coupons).status_code == 422
    assert staff.post("/merchant/coupons", coupons | {"quantity": "50"}).status_code == 302
    assert CouponBatch.objects.get().budget_fen == 50_000


@pytest.mark.capability("D1")
def test_a_price_that_was_just_raised_cannot_be_struck_through(at: datetime) -> None:
    before = at - timedelta(days=20)
    sku = make_sku(before)
    product = sku.product

    def priced(fen: int, when: datetime) -> None:
        draft = ProductDraft(
            product.merchant_id, product.category_id, product.title, (SkuDraft(("2 斤",), fen, 2000, 100),)
        )
        change_product(product=product, draft=draft, actor=SYSTEM, at=when)

    priced(29_900, at - timedelta(days=3))
    with pytest.raises(BadCampaign) as refused:
        make_campaign_of(sku, at, kind="flash_sale")
    assert refused.value.faults == {"sku_id": "CN-PRICE-02"}
    later = at + timedelta(days=5)
    first = make_campaign_of(sku, later, kind="flash_sale")
    assert first.price_fen == 15_900, "a price that has held for seven days is the price"
    with pytest.raises(BadProduct) as raised:
        priced(30_000, later)
    assert raised.value.faults == {"price": "price_fixed"}, "nor raised once a campaign shows it"
    priced(19_900, later)
    make_campaign_of(sku, later + timedelta(hours=1), kind="bargain")
    Campaign.objects.filter(pk=first.pk).update(available_count=29, sold_count=1)
    draft = CampaignDraft(
        "flash_sale", sku.pk, 15_900, 5, later + timedelta(days=4), later + timedelta(days=5), 19_900
    )
    found = [one.id for one in findings(with_history(draft, sku=sku))]
    Campaign.objects.filter(pk=first.pk).update(available_count=30, sold_count=0)
    assert found == ["CN-PRICE-03"]


@pytest.mark.capability("D1")
def test_a_new_name_is_no_new_variant(at: datetime) -> None:
    sku = make_sku(at - timedelta(days=20))
    product = sku.product
    make_campaign_of(sku, at, kind="flash_sale")

    def change(*skus: SkuDraft) -> None:
        draft = ProductDraft(product.merchant_id, product.category_id, product.title, skus)
        change_product(product=product, draft=draft, actor=SYSTEM, at=at)

    dearer = SkuDraft(("2 kg",), 39_900, 2000, 100, sku_id=sku.pk)
    with pytest.raises(BadProduct) as raised:
        change(dearer)
    assert raised.value.faults == {"price": "price_fixed"}, (
        "what a campaign promised binds the variant, not its name"
    )
    change(replace(dearer, price_fen=19_900), SkuDraft(("5 kg",), 29_900, 2000, 100))
    sku.refresh_from_db()
    assert (sku.title, sku.option_values, sku.prices.count()) == ("2 kg", ["2 kg"], 1)
    assert [one.title for one in product.skus.filter(offer__is_active=True)] == ["2 kg", "5 kg"]
    with pytest.raises(BadProduct) as raised:
        change(SkuDraft(("one more",), 39_900, 2000, 100))
    assert raised.value.faults == {"skus": "sku_promised"}, "nor is it left out for another one"
    again = SkuDraft(("3 kg",), 19_900, 2000, 100, sku_id=sku.pk)
    change(again, SkuDraft(("2 kg",), 9_900, 2000, 7))
    found = {
        one.title: (one.pk == sku.pk, one.offer.price_fen)
        for one in product.skus.filter(offer__is_active=True)
    }
    assert found == {"3 kg": (True, 19_900), "2 kg": (False, 9_900)}, "its old name is free for a new one"
    for drafts in (
        (replace(again, option_values=("5 kg",)),),
        (again, replace(again, option_values=("4 kg",))),
    ):
        with pytest.raises(BadProduct) as raised:
            change(*drafts)
        assert raised.value.faults == {"skus": "sku_twice"}, "it takes nobody else's name, and is one"


@pytest.mark.capability("D8")
def test_stopping_what_is_over_lets_no_price_go(at: datetime) -> None:
    sku = make_sku(at - timedelta(days=20))
    product = sku.product
    dearer = ProductDraft(
        product.merchant_id, product.category_id, product.title, (SkuDraft(("2 斤",), 39_900, 2000, 100),)
    )
    first = make_campaign_of(sku, at, kind="flash_sale")
    over = first.ends_at + timedelta(minutes=1)
    second = make_campaign_of(sku, over, kind="flash_sale")
    stop_campaign(campaign=first, actor=SYSTEM, at=over)
    with pytest.raises(BadProduct):
        change_product(product=product, draft=dearer, actor=SYSTEM, at=over)
    stop_campaign(campaign=second, actor=SYSTEM, at=over)
    change_product(product=product, draft=dearer, actor=SYSTEM, at=over)
    assert sku.offer.price_fen == 39_900


@pytest.mark.capability("D1")
def test_who_was_refunded_is_promised_nothing_by_the_groups_page(at: datetime) -> None:
    """It said that everything will be sent (inputs 39); the others go on."""
    campaign = make_campaign_of(make_sku(at), at, seats=2)
    first, second = make_member(at), make_member(at)
    order = paid_order(at, group_request(first, campaign))
    group = Group.objects.get()
    paid_order(at, group_request(second, campaign, group_id=group.pk))
    order.refresh_from_db()
    asked = ask_aftersale(
        order=order,
        kind="refund",
        reason="不要了",
        lines=[AskedLine(order.lines.get().pk)],
        actor=Actor(member_id=first.pk),
        at=at,
    )
    decide_aftersale(aftersale=asked, accept=True, reason="", actor=staff_of(order.merchant), at=at)
    path = f"/groups/{group.pk}"
    assert "nothing from this group will be shipped to you" in text(client_of(first), path)
    assert "Everything will be sent" in text(client_of(second), path)


@pytest.mark.capability("D8")
def test_a_limit_is_told_before_anybody_meets_it(at: datetime) -> None:
    """Refunded units count against it, and no page said so (inputs 11)."""
    sku, buyer = make_sku(at), make_member(at)
    campaign = make_campaign_of(sku, at, per_member=1)
    rule = "Limit 1 per person at this price. Refunded units still count."
    assert rule in text(client_of(buyer), f"/p/{sku.product_id}")
    paid_order(at, group_request(buyer, campaign))
    assert rule in text(client_of(buyer), f"/groups/{Group.objects.get().pk}")
