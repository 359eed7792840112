"""Fills the demo town: weeks of life, made through the same operations that people use, so that `verify` holds on it.

The clock starts four weeks ago and is moved forward day by day. Payments go through the sandbox gateway over HTTP; their
notices are not waited for, the platform asks instead, as it does when a notice is lost.
"""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection

from linli.campaigns.models import GiftShare
from linli.catalog.models import Category, Product, Sku
from linli.catalog.operations.product import add_products
from linli.catalog.types import ProductDraft, SkuDraft
from linli.cli.town.fair import Fair
from linli.cli.town.goods import (
    CATEGORIES,
    CATEGORY_ENGLISH,
    CATEGORY_ICON,
    FRESH,
    KINDS,
    MERCHANTS,
    RETURNS,
    WORDS,
    Kind,
)
from linli.cli.town.hearts import keep_hearts
from linli.cli.town.people import FAMILY, GIVEN, INTROS, KINSHIP, PLACES, SHOPS
from linli.cli.town.regrets import Regrets
from linli.cli.town.rings import Rings
from linli.cli.town.rounds import Rounds
from linli.cli.town.square import Square
from linli.core import clock, events
from linli.core.actor import SYSTEM, Actor, Role
from linli.distribution.models import Owner, ShareLink
from linli.distribution.operations.join import mature_joins
from linli.distribution.operations.owner import decorate_shop, open_shop, pick, share
from linli.distribution.operations.plan import (
    activate_plans,
    approve_plan,
    check_plan,
    draft_plan,
    simulate_plan,
)
from linli.distribution.operations.tier import apply_tier_changes, appoint, decide_tiers
from linli.distribution.operations.withdrawal import ask_withdrawal
from linli.distribution.queries.commission import income_of
from linli.distribution.queries.plan import preset
from linli.members.models import Member
from linli.members.operations.identity import sign_up
from linli.members.operations.profile import grant_role, invite, save_address
from linli.merchants.models import Merchant, Staff
from linli.payments.adapters.sandbox import SandboxGateway
from linli.payments.operations.charge import ask_gateways
from linli.payments.operations.reconciliation import reconcile
from linli.payments.types import ChargeFacts
from linli.trade.models import Order, OrderState
from linli.trade.operations.aftersale import decide_at_deadline
from linli.trade.operations.cancel_order import close_unpaid_orders
from linli.trade.operations.complete_order import complete_orders
from linli.trade.operations.deliver_order import confirm_receipt, ship_order
from linli.trade.operations.place_order import place_orders
from linli.trade.types import Basket, Line, Placed, PlaceRequest

DAYS = 28
MEMBERS, OWNERS = 300, 60
BATCH, AGENT = 12, "13600000900"
Progress = Callable[[float, str], None]


class Town:
    """The town while it is being filled."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.dice = random.Random(2026)
        self.today = clock.now()
        self.members: list[Member] = []
        self.owners: list[Owner] = []
        self.staff: dict[int, Member] = {}
        self.skus: list[tuple[int, int]] = []
        self.regrets = Regrets(self.dice, self.staff)
        self.fair = Fair(self.dice, self._place_and_pay, self._asked_by)
        # Dice of its own: what people say changes nothing that they buy.
        self.square = Square(random.Random(2027))
        self.rings = Rings(random.Random(2028))
        self.rounds = Rounds(random.Random(2029))

    def fill(self) -> None:
        """Merchants and goods first, then four weeks, a day at a time. Raises GatewayUnavailable."""
        begin = self.today - timedelta(days=DAYS - 1, hours=21)
        founding = begin - timedelta(hours=1)
        self._go_to(founding)
        self.progress(0.02, "merchants and goods")
        operator = self._member("13800000000", "周全", founding)
        agent = self._member(AGENT, "江一帆", founding)
        for member, role, scope in ((operator, Role.operator, ""), (agent, Role.agent, "330000")):
            grant_role(member=member, role=role, scope=scope, actor=SYSTEM, at=founding)
        self._plan(operator, founding)
        self._merchants(founding)
        self._first_owners(founding)
        self.fair.open(founding, self.today)
        self.rings.open(self.owners, founding)
        self.square.open([Member.objects.get(pk=owner.pk) for owner in self.owners[:3]], founding)
        for day in range(DAYS):
            self._day(begin + timedelta(days=day), day)
            self.progress(0.1 + 0.88 * (day + 1) / DAYS, f"day {day + 1} of {DAYS}")
        self._go_to(self.today)
        self.regrets.last(self.today)
        self._network(operator, self.today)
        people = self._people()
        shoppers = [member for role, member in people if role in ("member", "owner")]
        self.fair.last(self.today, self.members, shoppers)
        self.square.last(self.today, shoppers)
        self.rounds.last(self.today, shoppers)
        self.rings.last(self.owners[:3], self.today)
        keep_hearts(shoppers, at=self.today)
        self._write_people(operator, people)
        with connection.cursor() as cursor:
            cursor.execute("analyze")

    def _plan(self, operator: Member, at: datetime) -> None:
        """The town lives under the plan of 万物心选, judged and approved by two people like any other."""
        second = self._member("13800000001", "沈听雨", at)
        grant_role(member=second, role=Role.operator, actor=SYSTEM, at=at)
        drafter, approver = Actor(member_id=operator.pk), Actor(member_id=second.pk)
        plan = draft_plan(document=preset("wanwu"), actor=drafter, at=at)
        plan = simulate_plan(plan=check_plan(plan=plan, at=at), at=at)
        approve_plan(plan=plan, begins_at=at, actor=approver, at=at)
        activate_plans(at=at)
        self.approver = approver

    def _go_to(self, moment: datetime) -> None:
        clock.set_offset(round((moment - self.today).total_seconds()))

    def _member(self, phone: str, name: str, at: datetime) -> Member:
        face = f"demo/a{self.dice.randrange(15) + 1}.webp"
        member = sign_up(phone=phone, code="000000", name=name, address="town", at=at, avatar=face)
        region, street = self.dice.choice(PLACES)
        save_address(
            actor=Actor(member_id=member.pk),
            name=name,
            phone=phone,
            region=region,
            detail=f"{street} {self.dice.randrange(1, 30)} 幢 {self.dice.randrange(101, 1802)} 室",
        )
        self.members.append(member)
        return member

    def _name(self) -> str:
        if self.dice.random() < 0.6:
            return self.dice.choice(GIVEN) + self.dice.choice(KINSHIP)
        return self.dice.choice(FAMILY) + self.dice.choice(GIVEN)

    def _merchants(self, at: datetime) -> None:
        children: dict[str, Category] = {}
        for place, (name, english, picture, names) in enumerate(CATEGORIES):
            top = Category.objects.create(
                name=name, name_en=english, icon=f"demo/{picture}.webp", position=place
            )
            for n, child in enumerate(names):
                children[child] = Category.objects.create(
                    name=child,
                    name_en=CATEGORY_ENGLISH[child],
                    icon=f"demo/{CATEGORY_ICON[child]}.webp",
                    parent=top,
                    position=n,
                )
        for n, (name, sells, freight, free_from, hours) in enumerate(MERCHANTS):
            merchant = Merchant.objects.create(
                name=name,
                freight_fen=freight,
                free_freight_from_fen=free_from,
                ships_within_hours=hours,
                created_at=at,
            )
            self.staff[merchant.pk] = self._member(f"1390000000{n}", f"{name[:2]}掌柜", at)
            Staff.objects.create(merchant=merchant, member=self.staff[merchant.pk])
            drafts = [
                self._draft(kind, number, merchant, children[kind.category])
                for kind in KINDS
                if kind.category in sells
                for number in range(len(kind.goods))
            ]
            add_products(drafts, at=at)
        self.skus = list(Sku.objects.order_by("pk").values_list("pk", "product__merchant_id"))
        self.dice.shuffle(self.skus)

    def _draft(self, kind: Kind, number: int, merchant: Merchant, category: Category) -> ProductDraft:
        goods, factor = kind.goods[number], 100 + 8 * number
        skus = tuple(
            SkuDraft(
                (title,), _pretty(yuan * factor), kind.rate_bp, self.dice.choice((0, 8, 60, 200, 500)), _pretty(yuan * factor * 1.3)
            )
            for title, yuan in kind.variants
        )  # fmt: skip
        is_fresh = category.parent is not None and category.parent.name == FRESH
        return ProductDraft(
            merchant_id=merchant.pk, category_id=category.pk, title=goods.name + kind.stem, subtitle=goods.subtitle,
            description="\n\n".join((goods.story, kind.about, RETURNS[is_fresh])), option_names=("规格",),
            images=kind.pictures(number), skus=skus, search_extra=category.name,
        )  # fmt: skip

    def _first_owners(self, at: datetime) -> None:
        for n, name in enumerate(("小满", "阿雅", "果冻妈妈")):
            member = self._member(f"1370000000{n}", name, at)
            owner = open_shop(member=member, invitation=None, shop_name=f"{name}的好物店", at=at)
            self._shop(owner, at)
            if n == 0:
                appoint(owner=owner, tier="senior", actor=self.approver, at=at)

    def _shop(self, owner: Owner, at: datetime) -> None:
        decorate_shop(owner=owner, shop_name=owner.shop_name, shop_intro=self.dice.choice(INTROS))
        ids = self.dice.sample(range(len(self.skus)), 8)
        picks = Product.objects.filter(skus__in=[self.skus[i][0] for i in ids]).distinct()[
            : self.dice.randrange(3, 8)
        ]
        for product, words in zip(picks, self.dice.sample(WORDS, len(picks)), strict=True):
            pick(owner=owner, product=product, words=words)
        share(owner=owner, product=None, at=at)
        self.owners.append(owner)

    def _day(self, day: datetime, number: int) -> None:
        self._go_to(day)
        apply_tier_changes(at=day)
        settled = len(self.members)
        for _ in range(round(MEMBERS / DAYS)):
            self._join(day)
        for n in range(3 + number // 6):
            self._orders(day + timedelta(hours=n + 1))
        self._go_to(day + timedelta(hours=10))
        self.fair.day(day + timedelta(hours=10), self.members)
        self.square.day(day + timedelta(hours=11), self.members, self.members[settled:])
        self.rings.day(day + timedelta(hours=12))
        self._buy_by_packs(day + timedelta(hours=13))
        self._read_and_buy(day + timedelta(hours=16))
        evening = day + timedelta(hours=20)
        self._go_to(evening)
        is_last = number == DAYS - 1
        if not is_last:
            self._deliver(evening)
        self.regrets.day(evening, wishes=4 if is_last else 1, decided=0 if is_last else 0.7)
        decide_at_deadline(at=evening)
        complete_orders(at=evening)
        mature_joins(at=evening)
        decide_tiers(at=evening)
        events.deliver_all()
        if number:
            reconcile(name="sandbox", day=(day - timedelta(days=1)).astimezone().date(), at=evening)

    def _join(self, at: datetime) -> None:
        member = self._member(f"136{len(self.members):08d}", self._name(), at)
        if len(self.owners) >= OWNERS or self.dice.random() > OWNERS / MEMBERS:
            return
        inviter = self.dice.choice(self.owners[-20:] if self.dice.random() < 0.7 else self.owners)
        invitation = invite(inviter=Member.objects.get(pk=inviter.pk), at=at)
        shop_name = member.name + self.dice.choice(SHOPS)
        self._shop(open_shop(member=member, invitation=invitation, shop_name=shop_name, at=at), at)

    def _orders(self, at: datetime) -> None:
        self._go_to(at)
        self._place_and_pay([self._asked_by(self.dice.choice(self.members)) for _ in range(BATCH)], at)
        close_unpaid_orders(at=at)

    def _buy_by_packs(self, at: datetime) -> None:
        """Friends who opened what an owner posted: some buy it."""
        opened = self.rings.share(self.owners, at)
        links = ShareLink.objects.in_bulk(self.dice.sample(opened, len(opened) // 9), field_name="code")
        asked = []
        for code, link in links.items():
            sku = Sku.objects.filter(product=link.product_id, stock__available_count__gte=20).first()
            buyer = self.dice.choice(self.members)
            if sku and buyer.pk != link.owner_id:
                order = self._asked_by(buyer)
                basket = replace(order.basket, lines=(Line(sku.pk, 1),), share_code=code)
                asked.append(replace(order, basket=basket))
        self._place_and_pay(asked, at)

    def _read_and_buy(self, at: datetime) -> None:
        """Some who have read a post buy what it tells of; an author who is an owner brought them."""
        self._go_to(at)
        asked = []
        for reader, product_id in self.square.readers(at, 4):
            sku = (
                Sku.objects.filter(product_id=product_id, stock__available_count__gt=2).order_by("pk").first()
            )
            if sku:
                order = self._asked_by(reader)
                asked.append(replace(order, basket=replace(order.basket, lines=(Line(sku.pk, 1),))))
        self._place_and_pay(asked, at)

    def _place_and_pay(self, requests: Sequence[PlaceRequest], at: datetime) -> list[Placed]:
        """Place orders; most are paid at once, the rest close."""
        placed = [one for one in place_orders(requests, at=at) if isinstance(one, Placed) and one.charge_no]
        paying = [one for one in placed if self.dice.random() < 0.94]
        SandboxGateway().pay([(ChargeFacts(one.charge_no, one.total_fen), "lost") for one in paying], at=at)
        ask_gateways([one.charge_no for one in paying], at=at)
        events.deliver_all()
        return placed

    def _asked_by(self, buyer: Member) -> PlaceRequest:
        lines = {
            self._popular_sku(): self.dice.choice((1, 1, 1, 2)) for _ in range(self.dice.choice((1, 1, 2, 3)))
        }
        address = buyer.addresses.get()
        owner = self.dice.choice(self.owners) if self.dice.random() < 0.72 else None
        return PlaceRequest(
            basket=Basket(
                buyer.pk,
                tuple(Line(sku, units) for sku, units in lines.items()),
                owner.shop_code if owner else "",
            ),
            address={
                "name": address.name,
                "phone": address.phone,
                "region": address.region,
                "detail": address.detail,
            },
            charge_gateway="sandbox",
        )

    def _popular_sku(self) -> int:
        """Few goods sell a lot, many sell a little."""
        return self.skus[int(len(self.skus) * self.dice.random() ** 2)][0]

    def _deliver(self, at: datetime) -> None:
        for order in Order.objects.filter(state=OrderState.paid, paid_at__lt=at - timedelta(hours=12)):
            tracking = f"SF{self.dice.randrange(10**11):011d}"
            ship_order(order=order, carrier="顺丰速运", tracking_no=tracking, actor=SYSTEM, at=at)
        receivers = dict(GiftShare.objects.filter(state="taken").values_list("order_no", "receiver_id"))
        for order in Order.objects.filter(state=OrderState.shipped, shipped_at__lt=at - timedelta(days=2)):
            if self.dice.random() < 0.8:
                has_it = Actor(member_id=receivers.get(order.order_no) or order.member_id)
                confirm_receipt(order=order, actor=has_it, at=at)

    def _network(self, operator: Member, at: datetime) -> None:
        """Earnings on their way out, one amount that waits for a colleague, and a plan that somebody thinks about."""
        earners = sorted(self.owners, key=lambda owner: -income_of(owner.pk)["available_fen"])[:3]
        for owner, fen in zip(earners, (150_000, 40_000, 20_000), strict=True):
            most = income_of(owner.pk)["available_fen"]
            ask_withdrawal(owner=owner, amount_fen=min(fen, most), actor=Actor(member_id=owner.pk), at=at)
        drafter = Actor(member_id=operator.pk)
        plan = draft_plan(document=preset("wanwu-equalised"), actor=drafter, at=at)
        simulate_plan(plan=check_plan(plan=plan, at=at), at=at)

    def _people(self) -> list[tuple[str, Member]]:
        best = sorted(self.owners[:3], key=lambda owner: owner.pk)
        buyers = [member for member in self.members if not Owner.objects.filter(pk=member.pk).exists()][-3:]
        rows = [("owner", Member.objects.get(pk=owner.pk)) for owner in best]
        rows += [("merchant", member) for member in self.staff.values()]
        return [*rows, ("agent", Member.objects.get(phone=AGENT)), *(("member", member) for member in buyers)]

    def _write_people(self, operator: Member, people: Sequence[tuple[str, Member]]) -> None:
        rows = [("operator", operator), ("operator", Member.objects.get(phone="13800000001")), *people]
        shown = [{"role": role, "name": m.name, "phone": m.phone, "id": m.pk} for role, m in rows]
        file = Path(settings.ENVIRONMENT.data) / "people.json"
        file.write_text(json.dumps(shown, ensure_ascii=False))


def _pretty(fen: float) -> int:
    """A price as shops write it: ¥84.90."""
    return int(fen) // 100 * 100 + 90
