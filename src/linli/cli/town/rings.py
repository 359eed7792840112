"""What the owners of the demo town do outside of it: groups in other apps, what they were asked to post, their daily packs."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.timezone import localtime

from linli.catalog.models import Product
from linli.channels.models import RegionalAccount
from linli.channels.operations import count_followers, found_accounts
from linli.community.models import Community, OuterGroup, Ring
from linli.community.operations.outer_group import click_group, count_group, register_group
from linli.community.operations.outer_task import confirm_task, issue_tasks, open_task
from linli.community.operations.ring import count_move
from linli.community.operations.routing import RuleDraft, write_rule
from linli.community.queries.community import known_tags
from linli.community.rules.ring import OuterGroupDraft
from linli.core.actor import SYSTEM
from linli.core.clock import shop_day
from linli.distribution.models import Owner
from linli.distribution.operations.attribution import count_click
from linli.distribution.operations.material import write_material
from linli.distribution.operations.pack import mark_posted
from linli.members.models import Member
from linli.members.operations.profile import say_traits
from linli.members.rules import OCCUPATIONS
from linli.trade.operations.daily_pack import daily_pack
from linli.trade.operations.routing import route_members

REGIONS = ("330100", "310000", "320100", "440100", "510100")
NAMES = (("wechat", "benefit", "邻里好物团{}群"), ("wechat", "light", "吃货交流{}群"), ("wecom", "benefit", "企微福利{}群"), ("qq", "light", "宝妈互助{}群"))  # fmt: skip
WORDS = (
    "今晚八点截单，邻居们抓紧。",
    "这批我自己先试过，甜。",
    "上次没抢到的，补货了。",
    "三人成团，缺一位就喊我。",
)


COPIES = (
    "自己先试了一周才敢推荐：{0}，{1}。", "{0}又到货了，{1}，上次没买到的邻居看这里。", "给爸妈也下了一单{0}，{1}。",
)  # fmt: skip


class Rings:
    """The rings and the materials while the town is being filled."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice

    def open(self, owners: Sequence[Owner], at: datetime) -> None:
        """Accounts of 26 regions, and a series of groups in five."""
        found_accounts(actor=SYSTEM, at=at)
        for region in REGIONS:
            account = RegionalAccount.objects.get(region=region[:2] + "0000")
            count_followers(
                account=account, name=account.name, wechat=f"linli_{region[:2]}", followers=self.dice.randrange(800, 9000), actor=SYSTEM, at=at
            )  # fmt: skip
            for n, (platform, type_, name) in enumerate(NAMES):
                leader = self.dice.choice(owners)
                for place in range(2):
                    draft = OuterGroupDraft(
                        platform, name.format(place + 1), type_, region, 500, 0 if place else 300 + 20 * n, place, f"https://example.com/join/{region}-{n}-{place}"
                    )  # fmt: skip
                    register_group(draft=draft, leader_id=leader.pk, actor=SYSTEM, at=at)
        for n, product in enumerate(Product.objects.filter(state="on_sale").order_by("pk")[:60]):
            facts = product.subtitle.split(" · ")
            for copy in COPIES[n % 2 :]:
                words = copy.format(product.title, self.dice.choice(facts))
                write_material(product_id=product.pk, words=words, actor=SYSTEM, at=at)

    def day(self, at: datetime) -> None:
        """Leaders count, are asked to post, most do; neighbours come by it and go out to groups."""
        groups = list(OuterGroup.objects.filter(closed_at=None))
        for group in self.dice.sample(groups, 6):
            grown = min(group.member_count + self.dice.randrange(1, 12), group.capacity)
            count_group(group=group, member_count=grown, actor=SYSTEM, at=at)
        for group in self.dice.sample(groups, 5):
            for _ in range(self.dice.randrange(1, 6)):
                click_group(group=group, visitor=self._somebody(), at=at)
        for _ in range(self.dice.randrange(2, 9)):
            region = self.dice.choice(REGIONS)[:2] + "0000"
            there = (Ring.middle, Ring.inner) if self.dice.random() < 0.7 else (Ring.inner, Ring.middle)
            count_move(*there, region=region, reference=f"account:{region}", visitor=self._somebody(), at=at)
        product = self.dice.choice(list(Product.objects.filter(state="on_sale")[:60]))
        words = self.dice.choice(WORDS)
        asked = issue_tasks(
            groups=self.dice.sample(groups, 3), product=product, words=words, hours=24, actor=SYSTEM, at=at
        )
        for task in asked:
            if self.dice.random() < 0.8:
                confirm_task(task=task, at=at + timedelta(hours=1))
                for _ in range(self.dice.randrange(0, 14)):
                    open_task(task=task, visitor=self._somebody(), at=at)

    def share(self, owners: Sequence[Owner], at: datetime) -> list[str]:
        """Some owners post what their pack gives them, and friends open it. Returns the share codes that were opened."""
        opened = []
        for owner in self.dice.sample(list(owners), min(len(owners), 5)):
            for item in daily_pack(owner=owner, day=shop_day(at), at=at)[: self.dice.randrange(1, 4)]:
                mark_posted(item=item, at=at)
                for _ in range(self.dice.randrange(0, 9)):
                    hour = self.dice.choice((8, 12, 20, 20, 21))
                    count_click(code=item.share_link.code, at=localtime(at).replace(hour=hour))
                    opened.append(item.share_link.code)
        return opened

    def route(self, at: datetime) -> None:
        """Members say something of themselves, communities say whom they fit, and everybody is led where it fits."""
        tags = known_tags()
        for member in Member.objects.order_by("pk"):
            if self.dice.random() < 0.6:
                interests = self.dice.sample(tags, self.dice.randrange(1, 4))
                say_traits(member_id=member.pk, occupation=self.dice.choice(OCCUPATIONS), interests=interests)
        for n, community in enumerate(Community.objects.filter(closed_at=None).order_by("pk")):
            draft = RuleDraft(
                interests=community.tags[:1] if n % 2 else (),
                identities=("owner",) if "店主" in community.tags else (),
            )
            write_rule(community=community, draft=draft, actor=SYSTEM, at=at)
        route_members(at=at, is_dry=False)

    def last(self, people: Sequence[Owner], at: datetime) -> None:
        """What the visitor finds as an owner: a group of their own, and something to post into it."""
        self.route(at)
        for owner in people:
            draft = OuterGroupDraft(
                "wechat", f"{owner.shop_name[:20]}老友群", "benefit", "330100", 500, 186, 9, "https://example.com/join/mine"
            )  # fmt: skip
            group = register_group(draft=draft, leader_id=owner.pk, actor=SYSTEM, at=at)
            product = self.dice.choice(list(Product.objects.filter(state="on_sale")[:30]))
            issue_tasks(groups=[group], product=product, words=WORDS[0], hours=20, actor=SYSTEM, at=at)

    def _somebody(self) -> str:
        return f"{self.dice.randrange(16**12):032x}"
