"""Every page as every role over the test client: status, commission only for owners, forms that keep what was typed."""

import io
import re
from datetime import datetime

import pytest
from django.test import Client
from PIL import Image

from campaigns.test_gift import sent, wish
from campaigns.test_quiz import make_questions, play
from community.test_ring import make_group
from factories.campaign import claimed, group_request, make_batch_of, make_campaign_of
from factories.community import acting, join, make_community, make_course, make_post, membership
from factories.shop import (
    make_member,
    make_merchant,
    make_owner,
    make_sku,
    paid_order,
    pay,
    received_order,
    request,
)
from linli.campaigns.operations.bargain import begin_bargain
from linli.campaigns.operations.packet import send_packet
from linli.campaigns.operations.points import Granted, grant_points
from linli.campaigns.operations.quiz import ask_help, begin_level, open_duel
from linli.catalog.models import Category, Product
from linli.community.operations.community import close_community
from linli.community.operations.moderation import sanction
from linli.community.operations.outer_task import issue_tasks
from linli.core.actor import SYSTEM, Role
from linli.core.verification import ask_verification
from linli.distribution.models import Binding, Owner, Plan, ShareLink, ShopPick, Touch
from linli.distribution.operations.owner import share
from linli.distribution.queries.actor import actor_of
from linli.fulfilment.models import Shipment
from linli.members.models import Address, Member
from linli.members.operations.profile import grant_role, invite, save_address
from linli.trade.models import Aftersale, CartLine, Order, SettlementRun
from linli.trade.operations.aftersale import AskedLine, ask_aftersale
from linli.web.console.merchant import shown_count
from linli.web.urls import urlpatterns
from web.reading import flat

pytestmark = pytest.mark.django_db


def client_of(member: Member | None, **cookies: str) -> Client:
    client = Client()
    if member:
        client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    for name, value in cookies.items():
        client.cookies[name] = value
    return client


def with_address(member: Member) -> Address:
    return save_address(
        actor=actor_of(member.pk), name="林邻", phone="13800138000", region="330102", detail="清波街道 1 号"
    )


# path: statuses for guest, buyer, other member, owner, merchant, other merchant, operator (302: asked to sign in)
GUARDED = {
    "cart": (302, 200, 200, 200, 200, 200, 200),
    "orders": (302, 200, 200, 200, 200, 200, 200),
    "orders/past": (302, 200, 200, 200, 200, 200, 200),
    "orders/{order}": (302, 200, 404, 404, 404, 404, 404),
    "orders/{order}/result": (302, 302, 404, 404, 404, 404, 404),  # on to the order, which is sent
    "orders/{order}/aftersale": (302, 200, 404, 404, 404, 404, 404),
    "me": (302, 200, 200, 200, 200, 200, 200),
    "me/favourites": (302, 200, 200, 200, 200, 200, 200),
    "me/history": (302, 200, 200, 200, 200, 200, 200),
    "me/settings": (302, 200, 200, 200, 200, 200, 200),
    "me/addresses": (302, 200, 200, 200, 200, 200, 200),
    "me/addresses/new": (302, 200, 200, 200, 200, 200, 200),
    "me/addresses/{address}": (302, 200, 404, 404, 404, 404, 404),
    "checkout?sku={sku}": (200, 200, 200, 200, 200, 200, 200),
    "owner": (302, 403, 403, 200, 403, 403, 403),
    "owner/goods": (302, 403, 403, 200, 403, 403, 403),
    "owner/shop": (302, 403, 403, 200, 403, 403, 403),
    "owner/share": (302, 403, 403, 200, 403, 403, 403),
    "owner/income": (302, 403, 403, 200, 403, 403, 403),
    "owner/withdraw": (302, 403, 403, 200, 403, 403, 403),
    "owner/team": (302, 403, 403, 200, 403, 403, 403),
    "owner/level": (302, 403, 403, 200, 403, 403, 403),
    "owner/income.csv": (302, 403, 403, 200, 403, 403, 403),
    "owner/income.xlsx": (302, 403, 403, 200, 403, 403, 403),
    "merchant/statement.csv": (302, 403, 403, 403, 200, 200, 200),
    "merchant/statement.xlsx": (302, 403, 403, 403, 200, 200, 200),
    "ops/settlements": (302, 403, 403, 403, 403, 403, 200),
    "ops/settlements/{run}": (302, 403, 403, 403, 403, 403, 200),
    "ops/plans": (302, 403, 403, 403, 403, 403, 200),
    "ops/plans/{plan}": (302, 403, 403, 403, 403, 403, 200),
    "ops/withdrawals": (302, 403, 403, 403, 403, 403, 200),
    "ops/risk": (302, 403, 403, 403, 403, 403, 200),
    "owner/invitation": (302, 403, 403, 200, 403, 403, 403),
    "owner/invitation/qr.svg": (302, 403, 403, 200, 403, 403, 403),
    "p/{product}/share": (302, 403, 403, 200, 403, 403, 403),
    "merchant": (302, 403, 403, 403, 200, 200, 200),
    "merchant/goods": (302, 403, 403, 403, 200, 200, 200),
    "merchant/goods/new": (302, 403, 403, 403, 200, 200, 200),
    "merchant/goods/{product}": (302, 403, 403, 403, 200, 404, 200),
    "merchant/orders": (302, 403, 403, 403, 200, 200, 200),
    "merchant/orders/past": (302, 403, 403, 403, 200, 200, 200),
    "merchant/orders/paper": (302, 403, 403, 403, 200, 200, 200),
    "merchant/aftersales": (302, 403, 403, 403, 200, 200, 200),
    "ops": (302, 403, 403, 403, 403, 403, 200),
    "ops/money": (302, 403, 403, 403, 403, 403, 200),
    "ops/find": (302, 403, 403, 403, 403, 403, 200),
    "ops/find?q=桃": (302, 403, 403, 403, 403, 403, 200),
    "ops/orders": (302, 403, 403, 403, 403, 403, 200),
    "ops/orders/{order}": (302, 403, 403, 403, 403, 403, 200),
    "ops/members": (302, 403, 403, 403, 403, 403, 200),
    "ops/members/{member}": (302, 403, 403, 403, 403, 403, 200),
    "ops/owners": (302, 403, 403, 403, 403, 403, 200),
    "ops/merchants": (302, 403, 403, 403, 403, 403, 200),
    "ops/products": (302, 403, 403, 403, 403, 403, 200),
    "ops/audit": (302, 403, 403, 403, 403, 403, 200),
    "ops/verifications/{verification}": (302, 403, 403, 403, 403, 403, 200),
    "c/{community}/write": (302, 200, 200, 200, 200, 200, 200),
    "c/{community}/desk": (302, 404, 404, 200, 404, 404, 200),
    "c/{community}/desk?tab=members": (302, 404, 404, 200, 404, 404, 200),
    "c/{community}/desk?tab=asking": (302, 404, 404, 200, 404, 404, 200),
    "c/{community}/desk?tab=settings": (302, 404, 404, 200, 404, 404, 200),
    "sanctions/{sanction}": (302, 200, 404, 404, 404, 404, 404),
    "c/{community}/packet": (302, 200, 200, 200, 200, 200, 200),
    "packets/{packet}": (302, 200, 404, 200, 404, 404, 200),
    "packets/{packet}?part=1": (302, 200, 404, 200, 404, 404, 200),
    "school": (302, 200, 200, 200, 200, 200, 200),
    "school/{course}": (302, 200, 200, 200, 200, 200, 200),
    "school/{course}/1": (302, 200, 200, 200, 200, 200, 200),
    "school/{course}/9": (302, 404, 404, 404, 404, 404, 404),
    "school/{course}/quiz": (302, 200, 200, 200, 200, 200, 200),
    "school/NOSUCH": (302, 404, 404, 404, 404, 404, 404),
    "ops/courses": (302, 403, 403, 403, 403, 403, 200),
    "saved": (302, 200, 200, 200, 200, 200, 200),
    "c/{closed}": (404, 404, 404, 404, 404, 404, 200),
    "posts/{secret}": (404, 200, 404, 200, 404, 404, 200),
    "c/{community}/fee": (302, 200, 200, 200, 200, 200, 200),
    "c/{community}/names?q=a": (302, 200, 200, 200, 200, 200, 200),
    "c/{community}/desk?tab=tasks": (302, 404, 404, 200, 404, 404, 200),
    "posts/{post}/edit": (302, 200, 404, 404, 404, 404, 404),
    "show?product={product}": (302, 200, 200, 200, 200, 200, 200),
    "ops/playbooks": (302, 403, 403, 403, 403, 403, 200),
    "agent": (302, 403, 403, 403, 403, 403, 403),
    "agent/profits": (302, 403, 403, 403, 403, 403, 403),
    "agent/rings": (302, 403, 403, 403, 403, 403, 403),
    "ops/communities": (302, 403, 403, 403, 403, 403, 200),
    "ops/profits": (302, 403, 403, 403, 403, 403, 200),
    "ops/profits/{community}": (302, 403, 403, 403, 403, 403, 200),
    "ops/moderation": (302, 403, 403, 403, 403, 403, 200),
    "points": (302, 200, 200, 200, 200, 200, 200),
    "messages": (302, 200, 200, 200, 200, 200, 200),
    "checkout?sku={sku}&campaign={campaign}": (200, 200, 200, 200, 200, 200, 200),
    "checkout?sku={sku}&campaign={campaign}&group={group}": (200, 200, 200, 200, 200, 200, 200),
    "merchant/campaigns": (302, 403, 403, 403, 200, 200, 200),
    "merchant/campaigns/new": (302, 403, 403, 403, 200, 200, 200),
    "merchant/campaigns/{campaign}": (302, 403, 403, 403, 200, 404, 200),
    "merchant/coupons": (302, 403, 403, 403, 200, 200, 200),
    "ops/campaigns": (302, 403, 403, 403, 403, 403, 200),
    "ops/campaigns/new": (302, 403, 403, 403, 403, 403, 200),
    "ops/campaigns/{campaign}": (302, 403, 403, 403, 403, 403, 200),
    "ops/coupons": (302, 403, 403, 403, 403, 403, 200),
    "gifts": (302, 200, 200, 200, 200, 200, 200),
    "gifts?tab=got": (302, 200, 200, 200, 200, 200, 200),
    "gifts/{gift}": (404, 200, 404, 200, 404, 404, 404),
    "gifts/{gift}?part=1": (404, 200, 404, 200, 404, 404, 404),
    "gifts/{gift}/poster.jpg": (404, 200, 404, 200, 404, 404, 404),
    "checkout?sku={sku}&gift=yes": (200, 200, 200, 200, 200, 200, 200),
    "quiz": (302, 200, 200, 200, 200, 200, 200),
    "quiz/runs/{quiz}": (302, 200, 404, 404, 404, 404, 404),
    "quiz/runs/{quiz}?part=1": (302, 200, 404, 404, 404, 404, 404),
    "quiz/runs/{quiz}/poster.jpg": (302, 200, 404, 404, 404, 404, 404),
    "quiz/help/{help}": (200, 200, 200, 200, 200, 200, 200),
    "outer": (302, 200, 200, 200, 200, 200, 200),
    "me/traits": (302, 200, 200, 200, 200, 200, 200),
    "ops/routing": (302, 403, 403, 403, 403, 403, 200),
    "ops/rings": (302, 403, 403, 403, 403, 403, 200),
    "ops/rings?region=330000": (302, 403, 403, 403, 403, 403, 200),
    "owner/pack": (302, 403, 403, 200, 403, 403, 403),
    "merchant/goods/{product}/materials": (302, 403, 403, 403, 200, 404, 200),
    "merchant/quiz": (302, 403, 403, 403, 200, 200, 200),
    "ops/quiz": (302, 403, 403, 403, 403, 403, 200),
}
OPEN = {
    "": 200, "search": 200, "search?q=车厘子": 200, "search?q=没有这种": 200, "search?category=999": 404, "search/suggest?q=车": 200, "p/{product}": 200, "p/999999": 404,
    "shop/{shop}": 200, "shop/NOSUCH": 404, "s/{link}": 302, "s/NOSUCH": 404, "s/{link}/poster.jpg": 200, "s/{link}/qr.svg": 200,
    "invite/{invitation}": 200, "invite/NOSUCH": 404, "signin": 200, "about": 200, "offline": 200, "manifest.webmanifest": 200, "sw.js": 200,
    "regions/330000": 200, "media/nothing.webp": 404, "demo/people": 200, "sandbox/charges/{charge}": 200, "healthz": 200, "readyz": 200, "metrics": 200,
    "campaigns": 200, "campaigns?kind=flash_sale": 200, "groups/{group}": 200, "groups/{group}?part=1": 200, "groups/999999": 404,
    "groups/{group}/poster.jpg": 200, "bargains/{bargain}": 200, "bargains/{bargain}?part=1": 200, "bargains/999999": 404, "coupons": 200,
    "communities": 200, "communities?type=heavy&where=all": 200, "c/{community}": 200, "c/{community}?tab=best": 200, "c/{heavy}": 200,
    "c/999999": 404, "c/{community}/fresh?after=1": 200, "c/{community}/about": 200, "c/{community}/circles": 200, "c/{community}?tab=show": 200, "posts/{post}?part=player": 200, "posts/{post}": 200, "posts/{post}?part=1": 200,
    "posts/999999": 404, "near": 200, "near?region=330000": 200, "near/{outer}": 200, "near/999999": 404, "t/{task}": 302, "t/NOSUCH": 404,
    "quiz/duels/{duel}": 200, "quiz/duels/{duel}?part=1": 200, "quiz/duels/NOSUCH": 404, "campaigns/{campaign}/poster.jpg": 200,
    "bargains/{bargain}/poster.jpg": 200, "gifts/NOSUCH": 404,
    "certificates/NOSUCH": 404, "r/NOSUCH": 302, "guide": 200, "posts/{post}/to/{product}": 302, "coupons?state=used": 200, "coupons/{coupon}": 200, "coupons/NOSUCH": 404,
}  # fmt: skip
POST_ONLY = {
    "signout", "cart/add", "cart/change", "orders/<slug:order_no>/pay", "orders/<slug:order_no>/again", "orders/<slug:order_no>/cancel", "orders/<slug:order_no>/receipt",
    "aftersales/<slug:aftersale_no>/withdraw", "aftersales/<slug:aftersale_no>/parcel", "owner/pick", "owner/identity", "owner/appeal", "owner/honour", "ops/withdrawals/<slug:withdrawal_no>", "ops/owners/<int:owner_id>", "merchant/ship", "ops/verifications", "ops/orders/<slug:order_no>/notes", "ops/members/<int:member_id>/notes", "merchant/orders/<slug:order_no>/parcels/<int:shipment_id>", "merchant/aftersales/<slug:aftersale_no>",
    "me/addresses/<int:address_id>/delete", "me/sessions/end", "p/<int:product_id>/favourite", "look", "demo/become", "demo/clock", "sandbox/charges/<slug:charge_no>/pay", "payments/notices/<slug:name>",
    "campaigns/<int:campaign_id>/remind", "campaigns/<int:campaign_id>/bargain", "coupons/claim", "orders/<slug:order_no>/late",
    "merchant/campaigns/<int:campaign_id>/stop", "merchant/groups/<int:group_id>/complete", "merchant/coupons/<int:batch_id>/stop",
    "c/<int:community_id>/enter", "c/<int:community_id>/leave", "c/<int:community_id>/back", "c/<int:community_id>/desk/look",
    "c/<int:community_id>/desk/asking/<int:membership_id>", "c/<int:community_id>/desk/members/<int:membership_id>",
    "c/<int:community_id>/desk/appeals/<int:sanction_id>", "posts/<int:post_id>/comment", "marks", "recordings", "c/<int:community_id>/circles/change", "c/<int:community_id>/desk/people/<int:membership_id>", "c/<int:community_id>/desk/tasks", "c/<int:community_id>/desk/runs/<int:run_id>/stop", "c/<int:community_id>/desk/tasks/<int:task_id>", "posts/<int:post_id>/tip",
    "posts/<int:post_id>/report", "posts/<int:post_id>/delete", "comments/<int:comment_id>", "ops/communities/<int:community_id>/close",
    "ops/communities/<int:community_id>/clone", "c/<int:community_id>/desk/template",
    "ops/words", "merchant/coupons/<int:batch_id>/issue", "ops/campaigns/<int:campaign_id>/stop", "ops/groups/<int:group_id>/complete",
    "places/<int:place_id>/decline", "ops/routing/<int:community_id>", "owner/pack/<int:item_id>", "merchant/materials/<int:material_id>/retire", "outer/<int:group_id>", "outer/tasks/<int:task_id>", "ops/rings/accounts", "ops/rings/approval", "ops/rings/tasks", "agent/rings/accounts", "agent/rings/approval", "agent/rings/tasks", "gifts/<slug:code>/back", "gifts/<slug:code>/receipt", "gifts/<slug:code>/problem", "quiz/duels",
    "merchant/quiz/<int:question_id>/stop", "ops/quiz/<int:question_id>/stop",
    "ops/coupons/<int:batch_id>/stop", "ops/coupons/<int:batch_id>/issue",
}  # fmt: skip


@pytest.fixture
def town(at: datetime) -> dict:
    sku, buyer, operator, other = make_sku(at), make_member(at), make_member(at), make_merchant(at)
    grant_role(member=operator, role=Role.operator, actor=SYSTEM, at=at)
    owner = make_owner(at)
    order = received_order(at, request(buyer, (sku, 1), share_code=owner.shop_code))
    run = SettlementRun.objects.create(
        made_at=at, order_count=0, line_count=0, merchants_fen=0, owners_fen=0, fee_fen=0, breakage_fen=0
    )
    staff = [Member.objects.get(pk=merchant.staff.get().member_id) for merchant in (order.merchant, other)]
    campaign, haggled = make_campaign_of(sku, at), make_campaign_of(sku, at, kind="bargain")
    paid_order(at, group_request(buyer, campaign))
    light, heavy, closed = (
        make_community(at, owner.member),
        make_community(at, owner.member, type="heavy"),
        make_community(at),
    )
    for community in (light, heavy):
        join(community, buyer, at)
    close_community(community=closed, actor=SYSTEM, at=at)
    about = membership(light, buyer)
    grant_points([Granted(buyer.pk, "purchase", "gift", 100)], at=at)
    packet = send_packet(
        community=light, points=10, count=2, kind="equal", words="", actor=acting(buyer), at=at
    )
    make_questions(at, count=5)
    quiz = ask_help(run=begin_level(level=1, member_id=buyer.pk, at=at), at=at)
    quiz = play(quiz, at)
    gift = sent(wish(buyer, sku, community_id=heavy.pk), at)
    group = make_group(at)
    [task] = issue_tasks(groups=[group], product=sku.product, words="看看", hours=24, actor=SYSTEM, at=at)
    names = {
        "outer": group.pk, "task": task.code, "quiz": quiz.pk, "help": quiz.help_code, "duel": open_duel(member_id=buyer.pk, at=at).code, "gift": gift.code,
        "packet": packet.pk, "course": make_course(at).code, "community": light.pk, "heavy": heavy.pk, "closed": closed.pk, "post": make_post(light, buyer, at, product_ids=(sku.product_id,)).pk,
        "secret": make_post(heavy, buyer, at).pk,
        "sanction": sanction(membership=about, kind="hint", reason="说明", days=0, actor=acting(owner.member), at=at).pk,
        "campaign": campaign.pk, "group": campaign.groups.get().pk, "coupon": claimed(make_batch_of(at, kind="growth", step_fen=100, cap_fen=5000), buyer, at).code,
        "bargain": begin_bargain(campaign=haggled, member_id=buyer.pk, at=at).pk,
        "product": sku.product_id, "sku": sku.pk, "order": order.order_no, "address": with_address(buyer).pk, "shop": owner.shop_code,
        "link": share(owner=owner, product=Product.objects.get(), at=at).code, "invitation": invite(inviter=owner.member, at=at).code,
        "charge": order.charge.charge_no, "plan": Plan.objects.get().pk, "run": run.pk, "member": owner.pk,
        "verification": ask_verification(actor=SYSTEM, at=at).pk,
    }  # fmt: skip
    return {
        "names": names,
        "people": [None, buyer, make_member(at), owner.member, *staff, operator],
        "owner": owner,
        "sku": sku,
    }


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_as_every_role(town: dict, language: str) -> None:
    clients = [client_of(person, language=language) for person in town["people"]]
    got = {
        path: tuple(c.get("/" + path.format(**town["names"])).status_code for c in clients)
        for path in GUARDED
    }
    assert got == GUARDED
    assert {path: clients[0].get("/" + path.format(**town["names"])).status_code for path in OPEN} == OPEN


def test_the_walk_is_complete() -> None:
    def plain(route: str) -> str:
        for name in (
            "order_no",
            "plan_id",
            "run_id",
            "address_id",
            "product_id",
            "shop_code",
            "code",
            "charge_no",
            "province",
            "name",
            "campaign_id",
            "group_id",
            "bargain_id",
            "community_id",
            "post_id",
            "sanction_id",
            "number",
            "packet_id",
            "member_id",
            "verification_id",
            "run_id",
        ):
            route = (
                route.replace(f"<slug:{name}>", "*")
                .replace(f"<int:{name}>", "*")
                .replace(f"<str:{name}>", "*")
            )
        return route

    walked = {
        re.sub(r"{\w+}|NOSUCH|(?<=/)[19]$|999999|330000|nothing\.webp", "*", path.split("?")[0])
        for path in (*GUARDED, *OPEN)
    }
    assert {
        str(one.pattern)
        for one in urlpatterns
        if str(one.pattern) not in POST_ONLY and plain(str(one.pattern)) not in walked
    } == set()


@pytest.mark.capability("B3")
def test_no_page_of_a_guest_or_buyer_knows_commission(town: dict) -> None:
    names = town["names"]
    for person in town["people"][:2]:
        client = client_of(person)
        for path in ("", "search", f"p/{names['product']}", f"shop/{names['shop']}"):
            text = re.sub(
                r'(?:ends|now)="[^"]*"', "", client.get("/" + path).content.decode()
            )  # a moment may read like it
            assert "39.80" not in text and "earn" not in text and "赚" not in text.replace("分享赚", ""), path
    assert "¥39.80" in client_of(town["owner"].member).get(f"/p/{names['product']}").content.decode()


@pytest.mark.parametrize("path", sorted(POST_ONLY))
def test_a_form_from_elsewhere_changes_nothing(path: str, town: dict) -> None:
    """Without the page's token every form is refused; the two doors for machines check signatures themselves."""
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(town["people"][1], backend="django.contrib.auth.backends.ModelBackend")
    target = "/" + path.replace("<slug:order_no>", town["names"]["order"]).replace("<slug:charge_no>", "none")
    target = target.replace("<slug:aftersale_no>", "x").replace(
        "<int:address_id>", str(town["names"]["address"])
    )
    target = re.sub(
        r"<int:\w+>",
        "1",
        target.replace("<slug:withdrawal_no>", "x")
        .replace("<slug:code>", "x")
        .replace("<slug:name>", "sandbox"),
    )
    expected = {"/payments/notices/sandbox": 401, "/sandbox/charges/none/pay": 404}.get(target, 403)
    assert strict.post(target, {}).status_code == expected
    assert strict.get(target).status_code in (404, 405, 403) or path.startswith("orders")


@pytest.mark.capability("B4")
def test_coming_by_a_link_is_remembered_and_attributed(town: dict, at: datetime) -> None:
    member = make_member(at)
    client = client_of(member)
    answer = client.get(f"/s/{town['names']['link']}")
    assert (answer.status_code, answer["Location"]) == (302, f"/p/{town['names']['product']}")
    assert ShareLink.objects.get().click_count == 1
    assert Touch.objects.get(member=member).owner_id == town["owner"].pk
    with_address(member)
    page = client.get(f"/checkout?sku={town['sku'].pk}")
    key = page.content.decode().split('name="key" value="')[1].split('"')[0]
    form = {
        "sku": town["sku"].pk,
        "quantity": 1,
        "key": key,
        "quoted_fen": 19_900,
        "address": Address.objects.get(member=member).pk,
    }
    placed = client.post("/checkout", form)
    assert placed.status_code == 302 and placed["Location"].startswith("/sandbox/charges/")
    assert client.post("/checkout", form)["Location"] == placed["Location"], (
        "the same page sent twice places once"
    )
    order = Order.objects.get(member=member)
    pay(order.charge.charge_no, at)
    assert Order.objects.get(member=member).seller_id == town["owner"].pk
    assert Binding.objects.get(member=member).owner_id == town["owner"].pk


def test_a_changed_price_is_said_and_the_note_is_kept(town: dict) -> None:
    buyer = client_of(town["people"][1])
    form = {
        "sku": town["sku"].pk, "quantity": 1, "key": "k", "quoted_fen": 1, "note": "请放门口", "address": town["names"]["address"],
    }  # fmt: skip
    answer = buyer.post("/checkout", form)
    assert answer.status_code == 409
    assert "价格有变动" in answer.content.decode() and "请放门口" in answer.content.decode()


def test_the_cart_takes_changes_and_gives_back(town: dict) -> None:
    buyer = client_of(town["people"][1])
    sku = {"sku": town["sku"].pk, "product": town["names"]["product"]}
    buyer.post("/cart/add", sku | {"quantity": 2})
    assert CartLine.objects.get().quantity == 2
    buyer.post("/cart/change", {"sku": sku["sku"], "quantity": 5})
    assert CartLine.objects.get().quantity == 5
    buyer.post("/cart/change", {"sku": sku["sku"], "quantity": 1000})
    assert CartLine.objects.get().quantity == 5
    buyer.post("/cart/change", {"sku": sku["sku"], "remove": 1})
    assert not CartLine.objects.exists()


@pytest.mark.capability("G4")
def test_sign_in_keeps_what_was_typed_and_never_leads_elsewhere(at: datetime) -> None:
    client = Client()
    assert 'value="1391111"' in client.post("/signin", {"phone": "1391111"}).content.decode()
    step = client.post("/signin", {"phone": "13911112222", "next": "https://evil.example"})
    assert 'name="next" value="/"' in step.content.decode()
    refused = client.post("/signin", {"phone": "13911112222", "code": "000000", "name": "阿雅"})
    assert refused.status_code == 422 and 'value="阿雅"' in refused.content.decode()
    done = client.post(
        "/signin",
        {"phone": "13911112222", "code": "000000", "name": "阿雅", "agree": "yes", "next": "//evil.example"},
    )
    assert (done.status_code, done["Location"]) == (302, "/")
    assert client.get("/me").status_code == 200


@pytest.mark.capability("B1")
def test_opening_a_shop_by_invitation(town: dict, at: datetime) -> None:
    member = make_member(at)
    client = client_of(member)
    path = f"/invite/{town['names']['invitation']}"
    assert client.post(path, {"shop_name": " "}).status_code == 422
    assert client.post(path, {"shop_name": "阿雅的小店"})["Location"] == "/owner"
    assert Owner.objects.get(pk=member.pk).sponsor_id == town["owner"].pk
    assert client.post(path, {"shop_name": "again"}).status_code == 409


@pytest.mark.capability("B2")
def test_an_owner_picks_orders_and_says_why(town: dict) -> None:
    client, product = client_of(town["owner"].member), town["names"]["product"]
    client.post("/owner/pick", {"product": product})
    client.post(
        "/owner/shop",
        {
            "shop_name": "新店名",
            "shop_intro": "自己在用",
            f"words-{product}": "<b>吃过</b>",
            f"place-{product}": "1",
        },
    )
    shop = Client().get(f"/shop/{town['names']['shop']}").content.decode()
    assert "新店名" in shop and "&lt;b&gt;吃过" in shop and "<b>吃过" not in shop
    client.post("/owner/pick", {"product": product, "remove": 1, "next": "//evil.example"})
    assert not ShopPick.objects.exists()


@pytest.mark.capability("E7")
def test_asking_for_a_refund_on_the_page_and_deciding_in_the_console(town: dict) -> None:
    buyer, staff, names = client_of(town["people"][1]), client_of(town["people"][4]), town["names"]
    line = Order.objects.get(campaign=None, is_gift=False).lines.get().pk
    wrong = buyer.post(
        f"/orders/{names['order']}/aftersale",
        {
            f"line-{line}": "yes",
            f"amount-{line}": "999999",
            "kind": "refund",
            "reason": "坏果",
            "reason_text": "两颗",
        },
    )
    assert wrong.status_code == 422 and "两颗" in wrong.content.decode()
    sent = buyer.post(
        f"/orders/{names['order']}/aftersale",
        {f"line-{line}": "yes", f"amount-{line}": "12.50", "kind": "refund", "reason": "坏果"},
    )
    assert sent.status_code == 302
    wish = Aftersale.objects.get()
    assert wish.amount_fen == 1250
    assert (
        client_of(town["people"][5])
        .post(f"/merchant/aftersales/{wish.aftersale_no}", {"accept": "yes"})
        .status_code
        == 404
    )
    staff.post(f"/merchant/aftersales/{wish.aftersale_no}", {"accept": "yes"})
    assert Order.objects.get(campaign=None, is_gift=False).refunded_fen == 1250


@pytest.mark.capability("E7")
def test_sending_goods_back_on_the_pages(town: dict) -> None:
    buyer, staff, order_no = (
        client_of(town["people"][1]),
        client_of(town["people"][4]),
        town["names"]["order"],
    )
    line = Order.objects.get(campaign=None, is_gift=False).lines.get().pk
    buyer.post(f"/orders/{order_no}/aftersale", {f"line-{line}": "yes", "kind": "return", "reason": "不合适"})
    wish = Aftersale.objects.get()
    assert (
        "Agree, goods"
        in staff.get("/merchant/aftersales", headers={"accept-language": "en"}).content.decode()
    )
    staff.post(f"/merchant/aftersales/{wish.aftersale_no}", {"accept": "yes"})
    assert f"/aftersales/{wish.aftersale_no}/parcel" in buyer.get(f"/orders/{order_no}").content.decode()
    parcel = {"carrier": "顺丰速运", "tracking_no": "SF778899"}
    stranger = client_of(town["people"][2])
    assert stranger.post(f"/aftersales/{wish.aftersale_no}/parcel", parcel).status_code == 404
    buyer.post(f"/aftersales/{wish.aftersale_no}/parcel", parcel)
    assert "SF778899" in staff.get("/merchant/aftersales").content.decode()
    assert "SF778899" in buyer.get(f"/orders/{order_no}").content.decode()
    staff.post(f"/merchant/aftersales/{wish.aftersale_no}", {"accept": "yes"})
    assert (
        Order.objects.get(campaign=None, is_gift=False).refunded_fen
        == Order.objects.get(campaign=None, is_gift=False).total_fen
    )


@pytest.mark.capability("A4")
def test_a_merchant_lists_a_product_and_sees_what_a_sale_leaves(town: dict, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    staff = client_of(town["people"][4])
    category = Category.objects.create(name="苹果", parent=Category.objects.first())
    form = {
        "title": "冰糖心苹果", "category": category.pk, "option_name": "重量", "sku_title": ["5 斤", "10 斤"], "price": ["39.90", "x"],
        "market_price": ["", ""], "rate": ["20", "20"], "stock": ["10", "5"], "code": ["", ""], "is_on_sale": "yes",
    }  # fmt: skip
    wrong = staff.post("/merchant/goods/new", form)
    assert (
        wrong.status_code == 422
        and "冰糖心苹果" in wrong.content.decode()
        and "价格不是一个金额" in wrong.content.decode()
    )
    picture = io.BytesIO()
    Image.new("RGB", (40, 40), "red").save(picture, "PNG")
    picture.seek(0)
    picture.name = "apple.png"
    saved = staff.post("/merchant/goods/new", form | {"price": ["39.90", "69"], "pictures": [picture]})
    assert saved.status_code == 302
    product = Product.objects.get(title="冰糖心苹果")
    assert sorted(
        product.skus.values_list(
            "title", "offer__price_fen", "offer__commission_rate_bp", "stock__available_count"
        )
    ) == [
        ("10 斤", 6900, 2000, 5),
        ("5 斤", 3990, 2000, 10),
    ]
    low = staff.post("/merchant/goods/new", form | {"price": ["39.90", "69"], "market_price": ["39.80", ""]})
    assert low.status_code == 422 and "划线价不能低于售价" in low.content.decode()
    assert "服务费 ¥0.79，佣金 ¥7.98，净得 ¥31.13" in staff.get(saved["Location"]).content.decode()
    stored = tmp_path / product.images[0]
    assert Image.open(stored).format == "WEBP"
    assert "冰糖心苹果" in Client().get("/search?q=糖心").content.decode()


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + b"\0" * 50,
        b"",
        b"\x89PNG\r\n\x1a\n" + b"x" * 99,
    ],
)
def test_what_is_no_picture_is_refused_and_not_kept(town: dict, settings, tmp_path, content: bytes) -> None:
    settings.MEDIA_ROOT = tmp_path
    file = io.BytesIO(content)
    file.name = "x.png"
    category = Category.objects.create(name="苹果", parent=Category.objects.first())
    form = {
        "title": "苹果",
        "category": category.pk,
        "sku_title": "a",
        "price": "1",
        "market_price": "",
        "rate": "0",
        "stock": "1",
        "code": "",
        "pictures": file,
    }
    answer = client_of(town["people"][4]).post("/merchant/goods/new", form)
    assert answer.status_code in (422, 302)
    assert list(tmp_path.iterdir()) == []


def test_shipping_many_at_once(town: dict, at: datetime) -> None:
    order = paid_order(at, request(town["people"][1], (town["sku"], 1)))
    staff = client_of(town["people"][4])
    staff.post("/merchant/ship", {"batch": f"{order.order_no} sf SF00112233\nnone sf SF1"})
    assert Order.objects.get(pk=order.pk).state == "shipped"
    assert Order.objects.exclude(pk=order.pk).get(campaign=None, is_gift=False).state == "received"


def test_a_batch_takes_numbers_in_groups_and_loses_no_line(town: dict, at: datetime) -> None:
    staff = client_of(town["people"][4])
    orders = [paid_order(at, request(town["people"][1], (town["sku"], 1))) for _ in range(3)]
    ask_aftersale(
        order=orders[1], kind="refund", reason="不要了", lines=[AskedLine(orders[1].lines.get().pk)], actor=SYSTEM, at=at
    )  # fmt: skip
    numbers = [order.order_no for order in orders]
    lines = [
        "订单号\t快递公司\t运单号",
        f"{numbers[0]} 中通 7300 1234 5678",
        f"{numbers[1]} 顺丰 SF0002",
        f"{numbers[2]}\t顺丰\tSF0003\t备注",
        f"{numbers[2]} 顺丰 SF1234567 note",
        f"{numbers[2]} DHL Express 1234567890",
    ]
    answer = staff.post("/merchant/ship", {"batch": "\n".join(lines)})
    shown = answer.content.decode()
    assert list(Shipment.objects.filter(order_no__in=numbers).values_list("tracking_no", flat=True)) == [
        "730012345678"
    ]
    assert numbers[1] in shown and "SF0002" in shown and "SF0003" in shown and "没有这个订单" not in shown
    late = staff.post(
        "/merchant/ship", {"batch": "\n".join(["1 sf SF0001"] * 200 + [f"{numbers[2]} sf SF0003"])}
    )
    assert numbers[2] in late.content.decode() and "还有 1 行" in late.content.decode()


@pytest.mark.parametrize("typed", ["1.0", "abc", "", "-1", "1,0", "1件"])
def test_units_that_cannot_be_read_ask_for_nothing(town: dict, at: datetime, typed: str) -> None:
    order = paid_order(at, request(town["people"][1], (town["sku"], 3)))
    line, before = order.lines.get().pk, Aftersale.objects.count()
    form = {f"line-{line}": "yes", f"quantity-{line}": typed, "kind": "refund", "reason": "坏了"}
    answer = client_of(town["people"][1]).post(f"/orders/{order.order_no}/aftersale", form)
    assert answer.status_code == 422 and Aftersale.objects.count() == before


UNREADABLE = (
    "search?category=abc", "search?sort=zzz", "search?pages=abc", "communities?type=zzz", "c/{community}?tab=zzz", "c/{community}?circle=abc",
    "orders?before=abc", "orders?state=zzz", "messages?before=abc", "coupons?state=zzz", "merchant/orders?state=zzz", "merchant/orders?after=abc", "merchant/orders?state=paid",
    "merchant/statement.csv?month=abc", "merchant/statement.csv?month=2026-13", "ops?days=abc", "ops?days=31", "ops/settlements?before=abc",
    "near?region=987654", "near?region=abc", "ops/rings?region=abc", "ops/campaigns/new?kind=zzz", "ops/campaigns/new?sku=abc",
    "communities?where=zz", "ops?days=7&days=30", "search?sort=new&sort=best",
    "checkout?sku=1&campaign=zz", "checkout?sku=zz", "orders?aftersale=9",
)  # fmt: skip


@pytest.mark.parametrize("path", UNREADABLE)
def test_a_part_of_an_address_that_cannot_be_read_is_told(town: dict, path: str) -> None:
    answer = client_of(town["people"][6]).get("/" + path.format(**town["names"]))
    assert answer.status_code == 400 and "<h1" in answer.content.decode()


def test_a_day_far_away_is_no_day_of_the_pack(town: dict) -> None:
    assert client_of(town["owner"].member).get("/owner/pack?date=9999-01-01").status_code == 400


@pytest.mark.parametrize(
    "path", ["search?category=987654", "ops/courses?code=NONE", "ops/playbooks?code=none"]
)
def test_what_an_address_names_and_is_not_there_is_no_other_page(town: dict, path: str) -> None:
    assert client_of(town["people"][6]).get(f"/{path}").status_code == 404


@pytest.mark.parametrize(("language", "said"), [("en", "The carrier or the tracking"), ("zh-hans", "运单号")])
def test_a_parcel_that_cannot_be_sent_says_why_in_every_language(
    town: dict, at: datetime, language: str, said: str
) -> None:
    order = paid_order(at, request(town["people"][1], (town["sku"], 1)))
    staff = client_of(town["people"][4])
    staff.cookies["language"] = language
    sent = {"order_no": order.order_no, "carrier": "sf", "tracking_no": "?"}
    answer = staff.post("/merchant/ship", sent, follow=True)
    assert [said in str(message) for message in answer.context["messages"]] == [True]


def test_pages_of_the_shop_have_a_strict_policy_and_the_admin_its_own(town: dict) -> None:
    shop = Client().get("/")["Content-Security-Policy"]
    assert "unsafe" not in shop and "script-src 'self'" in shop
    assert "unsafe-inline" in client_of(town["people"][6]).get("/admin/")["Content-Security-Policy"]
    assert client_of(town["people"][1]).get("/admin/").status_code == 302


def test_posters_carry_a_code_that_decodes_at_half_size(town: dict) -> None:
    import zxingcpp

    content = Client().get(f"/s/{town['names']['link']}/poster.jpg").content
    image = Image.open(io.BytesIO(content))
    assert (image.size, image.format) == ((750, 1220), "JPEG")
    half = image.resize((375, 610))
    assert [found.text for found in zxingcpp.read_barcodes(half)] == [
        f"http://testserver/s/{town['names']['link']}"
    ]


def test_editing_a_product_does_not_undo_what_was_sold_meanwhile(town: dict, at: datetime) -> None:
    staff, sku = client_of(town["people"][4]), town["sku"]
    page = staff.get(f"/merchant/goods/{sku.product_id}").content.decode()
    shown = page.split('name="shown_stock" value="')[1].split('"')[0]
    paid_order(at, request(town["people"][1], (sku, 4)))
    form = {
        "title": "车厘子", "category": sku.product.category_id, "sku_title": "2 斤", "price": "199", "market_price": "", "rate": "20",
        "stock": str(int(shown) + 10), "shown_stock": shown, "code": "", "is_on_sale": "yes",
        "image": ["demo/p1.webp", "demo/" + "a" * 300 + ".webp", "demo/../../etc/passwd"],
    }  # fmt: skip
    assert staff.post(f"/merchant/goods/{sku.product_id}", form).status_code == 302
    sku.refresh_from_db()
    assert sku.stock.available_count == int(shown) + 10 - 4
    assert Product.objects.get(pk=sku.product_id).images == ["demo/p1.webp"]


@pytest.mark.parametrize(
    "path",
    ["signin?next=//[", "search?q=%00", "orders/%00", "merchant/goods?q=%00", "signin?next=//%E2%84%80"],
)
def test_what_nobody_types_gets_a_plain_answer(town: dict, path: str) -> None:
    assert client_of(town["people"][4]).get("/" + path).status_code in (200, 400, 404)
    assert client_of(town["people"][4], via='"\\000"').get("/").status_code in (200, 400)


def test_a_form_with_a_nul_is_refused(town: dict) -> None:
    answer = client_of(town["people"][3]).post("/owner/shop", {"shop_name": "a", "shop_intro": "b\0c"})
    assert answer.status_code == 400
    assert "<h1" in answer.content.decode() and "无法读取" in answer.content.decode()


def test_too_many_tries_get_a_page_with_words(town: dict, settings) -> None:
    settings.DEMO = False
    client = Client()
    statuses = [client.get("/invite/NOSUCH").status_code for _ in range(32)]
    assert statuses == [404] * 30 + [429] * 2
    assert "尝试太频繁" in client.get("/invite/NOSUCH").content.decode()


def test_an_operator_of_a_site_without_merchants_gets_a_page(at: datetime) -> None:
    operator = make_member(at)
    grant_role(member=operator, role=Role.operator, actor=SYSTEM, at=at)
    assert client_of(operator).get("/merchant").status_code == 404


def test_the_demos_switch_makes_a_guest_and_nobody_unknown(town: dict) -> None:
    client = client_of(town["people"][1])
    assert client.get("/me").status_code == 200
    assert client.post("/demo/become", {"phone": ""}).status_code == 302
    assert client.get("/me").status_code == 302
    assert client.post("/demo/become", {"phone": "13000000000"}).status_code == 404


@pytest.mark.capability("A5")
def test_the_menu_counts_what_waits_and_no_further(at: datetime) -> None:
    assert [shown_count(count) for count in (0, 99, 100)] == ["0", "99", "99+"]
    order = paid_order(at, request(make_member(at), (make_sku(at), 1)))
    staff = Member.objects.get(pk=order.merchant.staff.get().member_id)
    menu = (
        flat(client_of(staff).get("/merchant/goods"))
        .partition('href="/merchant/orders"')[2]
        .partition("</a>")[0]
    )
    assert "<b>1</b>" in menu


@pytest.mark.capability("E1")
def test_a_form_that_names_what_is_not_there_orders_nothing(town: dict) -> None:
    """It went to another address than the page had shown, and any quantity that cannot be read was one."""
    member, sku = town["people"][2], town["sku"].pk
    client = client_of(member)
    shown, other = with_address(member), with_address(member)
    form = {
        "sku": sku,
        "quantity": 1,
        "key": "gone",
        "quoted_fen": 19_900,
        "address": shown.pk,
        "note": "请放门口",
    }
    gone = shown.pk
    shown.delete()
    for address in (gone, town["names"]["address"], 999_999, "abc", ""):
        answer = client.post("/checkout", form | {"address": address})
        assert answer.status_code == 409 and "你选的地址已不存在" in flat(answer), address
        assert "请放门口" in flat(answer) and f'name="address" value="{other.pk}"' in flat(answer)
    for quantity in ("abc", "1.5", "-3", "", "0"):
        client.post("/checkout", form | {"address": other.pk, "quantity": quantity})
        client.post("/cart/add", {"sku": sku, "product": town["names"]["product"], "quantity": quantity})
    assert (
        not Order.objects.filter(member=member).exists()
        and not CartLine.objects.filter(member=member).exists()
    )
    assert client.post("/checkout", form | {"address": other.pk}).status_code == 302
    assert Order.objects.get(member=member).address["detail"] == other.detail
