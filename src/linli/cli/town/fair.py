"""The campaigns of the demo town: group buys that fill and fail, a flash sale, bargains, previews, coupons that are claimed,
grown, given away and spent, all by the operations that people use."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from linli.campaigns.models import Campaign, Coupon, CouponBatch, Gift, Group, QuizQuestion, QuizRun
from linli.campaigns.operations.bargain import begin_bargain, help_cut
from linli.campaigns.operations.campaign import make_campaign, remind_me
from linli.campaigns.operations.coupon import claim_coupons, help_grow
from linli.campaigns.operations.coupon_batch import make_batch
from linli.campaigns.operations.gift import claim_gift, expire_gifts
from linli.campaigns.operations.group import expire_groups
from linli.campaigns.operations.quiz import answer, begin_level, enter_duel, open_duel, show_next
from linli.campaigns.operations.quiz_question import QuestionsDraft, write_questions
from linli.campaigns.rules.campaign import CampaignDraft
from linli.campaigns.rules.coupon import Asked, BatchDraft
from linli.campaigns.types import Choice, GiftWish
from linli.catalog.models import Product, Sku
from linli.cli.town.questions import QUESTIONS
from linli.community.models import Community
from linli.core import events
from linli.core.actor import SYSTEM
from linli.core.refusal import Refusal
from linli.members.models import Member
from linli.trade.types import Line, Placed, PlaceRequest

Place = Callable[[Sequence[PlaceRequest], datetime], list[Placed]]
Ask = Callable[[Member], PlaceRequest]
# seats, price in percent, hours, steps as (seats, percent), newcomers only, initiator's discount in fen
GROUP_BUYS = (
    (2, 82, 24, (), False, 0), (3, 75, 24, ((3, 75), (5, 68)), False, 0), (2, 80, 12, (), True, 0),
    (5, 66, 48, (), False, 200), (3, 78, 24, (), False, 100), (2, 85, 24, (), False, 0),
)  # fmt: skip

GIFT_WORDS = ("生日快乐！", "谢谢上次帮忙", "尝尝我家常买的", "秋凉了，暖一暖", "辛苦啦，分大家一份")


class Fair:
    """Campaigns while the town is being filled. place: places and pays; ask: an order of a member for anything, to be changed."""

    def __init__(self, dice: random.Random, place: Place, ask: Ask) -> None:
        self.dice, self.place, self.ask = dice, place, ask
        self.group_buys: list[Campaign] = []

    def open(self, at: datetime, until: datetime) -> None:
        """Group buys and coupons of the town's whole life."""
        skus = list(
            Sku.objects.filter(stock__available_count__gte=200)
            .select_related("product", "offer")
            .order_by("pk")
        )
        self.skus = self.dice.sample(skus, 15)
        ends_at = until + timedelta(days=5)
        for sku, (seats, percent, hours, steps, newcomers, leader_cut) in zip(
            self.skus, GROUP_BUYS, strict=False
        ):
            price = _pretty(sku.offer.price_fen * percent // 100)
            self.group_buys.append(
                self._make(
                    sku, "group_buy", at, ends_at, price_fen=price, stock_count=180, seats=seats, hours=hours,
                    steps=tuple((n, _pretty(sku.offer.price_fen * part // 100)) for n, part in steps),
                    newcomers_only=newcomers, leader_cut_fen=leader_cut,
                )
            )  # fmt: skip
        self._coupons(at)
        for level, word, text in QUESTIONS:
            product = Product.objects.filter(title__contains=word).order_by("pk")[0]
            draft = QuestionsDraft(level, text, product.pk, product.merchant_id)
            write_questions(draft=draft, actor=SYSTEM, at=at)

    def _make(self, sku: Sku, kind: str, starts_at: datetime, ends_at: datetime, **values: Any) -> Campaign:
        draft = CampaignDraft(
            kind=kind, sku_id=sku.pk, list_fen=sku.offer.price_fen, starts_at=starts_at, ends_at=ends_at,
            **{"price_fen": 0, "stock_count": 0, **values},
        )  # fmt: skip
        return make_campaign(draft=draft, sku=sku, actor=SYSTEM, at=starts_at)

    def _coupons(self, at: datetime) -> None:
        first, second = (sku.product.merchant_id for sku in self.skus[:2])
        for draft in (
            BatchDraft("邻里通用券", "fixed", 5000, 45, face_fen=1000, min_spend_fen=9900, per_member=2, platform_share_bp=10_000),
            BatchDraft("周末九折券", "percent", 3000, 45, percent_bp=1000, cap_fen=2000, min_spend_fen=5900, platform_share_bp=5000),
            BatchDraft("好友增值券", "growth", 2000, 45, face_fen=300, step_fen=200, cap_fen=1500, platform_share_bp=10_000),
            BatchDraft("店铺满减券", "fixed", 800, 45, merchant_id=first, face_fen=800, min_spend_fen=6000),
            BatchDraft("新品尝鲜券", "fixed", 500, 45, merchant_id=second, face_fen=500, min_spend_fen=3000),
        ):  # fmt: skip
            make_batch(draft=draft, actor=SYSTEM, at=at)
        self.batches = list(CouponBatch.objects.filter(is_public=True).order_by("pk"))

    def day(self, at: datetime, members: Sequence[Member]) -> None:
        """A day's groups: some people open, neighbours join, most fill; those whose time is over fail."""
        opened = self._groups(at, members, 3)
        for group in opened:
            joining = self.dice.sample(list(members), min(len(members), group.seats + 2))
            missing = group.seats - 1 if self.dice.random() < 0.75 else group.seats - 2
            self._join(group, [one for one in joining if one.pk != group.initiator_id][:missing], at)
        expire_groups(at=at)
        expire_gifts(at=at)
        if self.dice.random() < 0.4:
            giver, *friends = self.dice.sample(list(members), 4)
            [gift] = self._give(giver, self.dice.randrange(1, 5), at)
            self._take(gift, friends, at)
        events.deliver_all()
        self._claim(at, members)
        for member in self.dice.sample(list(members), 3):
            self._play(begin_level(level=1, member_id=member.pk, at=at), at)

    def _groups(self, at: datetime, members: Sequence[Member], count: int) -> list[Group]:
        before = set(Group.objects.values_list("pk", flat=True))
        asked = [
            self._by(member, self.dice.choice(self.group_buys), 0)
            for member in self.dice.sample(list(members), min(count, len(members)))
        ]
        self.place(asked, at)
        return list(Group.objects.exclude(pk__in=before).order_by("pk"))

    def _join(self, group: Group, members: Sequence[Member], at: datetime) -> None:
        campaign = next(one for one in self.group_buys if one.pk == group.campaign_id)
        self.place([self._by(member, campaign, group.pk) for member in members], at)

    def _by(self, member: Member, campaign: Campaign, group_id: int) -> PlaceRequest:
        asked = self.ask(member)
        basket = replace(
            asked.basket, lines=(Line(campaign.sku_id, 1),), choice=Choice(campaign.pk, group_id)
        )
        return replace(asked, basket=basket)

    def _give(self, giver: Member, shares: int, at: datetime, community_id: int | None = None) -> list[Gift]:
        """Somebody gives away something of the fair."""
        asked, sku = self.ask(giver), self.dice.choice(self.skus)
        wish = GiftWish(shares, self.dice.choice(GIFT_WORDS), community_id)
        basket = replace(asked.basket, lines=(Line(sku.pk, 1),), gift=wish)
        placed = self.place([replace(asked, address=None, basket=basket)], at)
        return list(Gift.objects.filter(code__in=[one.gift_code for one in placed]))

    def _take(self, gift: Gift, friends: Sequence[Member], at: datetime) -> None:
        for friend in friends:
            home = friend.addresses.all()[0]
            address = {"name": home.name, "phone": home.phone, "region": home.region, "detail": home.detail}
            try:
                claim_gift(gift=gift, member_id=friend.pk, address=address, at=at)
            except Refusal:
                return

    def _play(self, run: QuizRun, at: datetime) -> None:
        """A run to its end, mostly right."""
        known = {one.pk: one.right_choice for one in QuizQuestion.objects.filter(pk__in=run.questions)}
        for position in range(len(run.answers), len(run.questions)):
            at += timedelta(milliseconds=self.dice.randrange(2_000, 15_000))
            right = run.orders[position].index(known[run.questions[position]])
            choice = right if self.dice.random() < 0.75 else 0
            run = answer(run=run, position=position, choice=choice, at=at)
            if run.ended_at is None:
                run = show_next(run=run, at=at)

    def _claim(self, at: datetime, members: Sequence[Member]) -> None:
        """Some claim coupons, some friends help, some spend one."""
        claimants = self.dice.sample(list(members), min(6, len(members)))
        claim_coupons([Asked(self.dice.choice(self.batches).pk, one.pk) for one in claimants], at=at)
        growing = Coupon.objects.filter(batch__kind="growth", state="unused").order_by("-pk")[:3]
        for coupon in growing:
            friend = self.dice.choice(list(members))
            try:
                help_grow(code=coupon.code, helper_id=friend.pk, at=at)
            except Refusal:
                continue
        held = list(
            Coupon.objects.filter(state="unused", batch__kind__in=["fixed", "percent"]).select_related(
                "member"
            )[:60]
        )
        asked = []
        for coupon in self.dice.sample(held, min(len(held), 3)):
            order = self.ask(coupon.member)
            asked.append(replace(order, basket=replace(order.basket, coupon_ids=(coupon.pk,))))
        self.place(asked, at)

    def last(self, at: datetime, members: Sequence[Member], people: Sequence[Member]) -> None:
        """What the visitor finds: groups about to fill, a flash sale, bargains half way, what comes tomorrow, own coupons."""
        for group in self._groups(at, [one for one in members if one not in people][-60:], 5):
            self._join(group, self.dice.sample(list(members[-40:]), max(group.seats - 2, 0)), at)
        flash, haggle, haggled, *coming, neighbourly = self.skus[6:13]
        price = _pretty(flash.offer.price_fen * 60 // 100)
        self._make(
            flash, "flash_sale", at, at + timedelta(hours=9), price_fen=price, stock_count=60, per_member=2
        )
        for sku in (haggle, haggled):
            floor = _pretty(sku.offer.price_fen * 50 // 100)
            self._make(
                sku, "bargain", at, at + timedelta(days=3), price_fen=floor, stock_count=20, seats=8, hours=24
            )
        home = Community.objects.order_by("pk")[0]
        self._make(
            neighbourly, "group_buy", at, at + timedelta(days=3), price_fen=_pretty(neighbourly.offer.price_fen * 70 // 100),
            stock_count=40, seats=2, hours=24, community_id=home.pk,
        )  # fmt: skip
        inside = [one.member for one in home.memberships.filter(state="active").select_related("member")]
        neighbours = [one for one in inside if one not in people]
        for gift in self._give(neighbours[0], 6, at, home.pk):
            self._take(gift, neighbours[1:3], at)
        for gift in self._give(people[0], 2, at):
            self._take(gift, neighbours[4:5], at)
        one, other, *_ = neighbours
        duel = open_duel(member_id=one.pk, at=at)
        self._play(enter_duel(duel=duel, member_id=one.pk, at=at), at)
        duel = open_duel(member_id=other.pk, at=at)
        for side in (other, people[0]):
            self._play(enter_duel(duel=duel, member_id=side.pk, at=at), at)
        for n, sku in enumerate(coming):
            begins = at + timedelta(days=n + 1)
            made = self._make(sku, "preview", begins, begins + timedelta(days=7))
            remind_me(campaign=made, member_id=people[0].pk, at=at)
        for campaign, member in zip(Campaign.objects.filter(kind="bargain"), people, strict=False):
            bargain = begin_bargain(campaign=campaign, member_id=member.pk, at=at)
            for friend in self.dice.sample(list(members[:40]), 4):
                try:
                    help_cut(bargain=bargain, helper_id=friend.pk, at=at)
                except Refusal:
                    continue
        claim_coupons([Asked(batch.pk, member.pk) for member in people for batch in self.batches[:3]], at=at)
        events.deliver_all()


def _pretty(fen: int) -> int:
    """A price as shops write it: ¥84.90."""
    return fen // 100 * 100 + 90
