"""The communities of the demo town: founded with their leaders, joined day by day, talked in, asked and answered, looked after,
all by the operations that people use."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from linli.campaigns.operations.packet import send_packet, take_share, tip
from linli.campaigns.queries.points import points_of
from linli.catalog.models import Product
from linli.cli.town.goods import KINDS
from linli.cli.town.sayings import (
    ANSWERS,
    BUYING,
    COMMENTS,
    COMMUNITIES,
    HELD,
    OFFERS,
    QUESTIONS,
    RULES,
    SELLING,
    TOPICS,
    USING,
    USING_QUESTIONS,
    WORDS,
)
from linli.community.models import Community, Membership, Post, PostProduct
from linli.community.operations.community import change_community, found_community
from linli.community.operations.course import read_lesson, save_course, try_quiz
from linli.community.operations.guide import open_goods
from linli.community.operations.health import compute_health
from linli.community.operations.join import admit_queued, decide_application
from linli.community.operations.moderation import pin, report, sanction
from linli.community.operations.post import PostDraft, accept_answer, like, save, write_comment, write_post
from linli.community.operations.ready_course import CODES, ready_course
from linli.community.operations.template import clone_community
from linli.community.operations.words import add_words
from linli.community.rules.community import CommunityDraft
from linli.community.rules.course import outline_of
from linli.community.types import JoinAsked
from linli.core.actor import SYSTEM, Actor
from linli.members.models import Member
from linli.trade.operations.enter_community import enter_communities
from linli.trade.queries.verified_buyer import bought_products

EATEN = ("生鲜果蔬", "粮油茶点")
TALKS_A_DAY, COMMENTS_A_DAY, LIKES_A_DAY = 7, 12, 16


class Square:
    """Communities while the town is being filled."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.communities: list[Community] = []
        self.heads: dict[int, int] = {}
        self.titles: dict[int, str] = {}
        self.eaten: set[int] = set()
        # What buyers say of one kind of goods only; what was said, and of what.
        self.own: dict[int, tuple[str, ...]] = {}
        self.used: Counter[str] = Counter()
        self.told: set[tuple[str, int]] = set()

    def open(self, leaders: Sequence[Member], at: datetime) -> None:
        """Found the communities; the leaders take turns."""
        add_words(texts=WORDS, actor=SYSTEM, at=at)
        self.courses = [
            save_course(draft=ready_course(code, is_published=True), actor=SYSTEM, at=at) for code in CODES
        ]
        for n, row in enumerate(COMMUNITIES):
            name, kind, region, picture, intro, capacity, intake, (entry, question, spend), tags, news = row
            leader = leaders[n % len(leaders)]
            draft = CommunityDraft(
                name=name, type=kind, region=region, intro=intro, rules=RULES, announcement=news, picture=f"demo/{picture}.svg",
                capacity=capacity, daily_intake=intake, entry_kind=entry, entry_question=question, entry_spend_fen=spend, tags=tags,
                leader_id=leader.pk,
            )  # fmt: skip
            community = found_community(draft=draft, actor=SYSTEM, at=at)
            self.communities.append(community)
            self.heads[community.pk] = leader.pk
        self.titles = dict(Product.objects.values_list("pk", "title"))
        said = {goods.name + kind.stem: kind.said for kind in KINDS for goods in kind.goods}
        self.own = {product_id: said.get(title, ()) for product_id, title in self.titles.items()}
        eaten = Product.objects.filter(category__parent__name__in=EATEN)
        self.eaten = set(eaten.values_list("pk", flat=True))

    def day(self, at: datetime, members: Sequence[Member], newcomers: Sequence[Member]) -> None:
        """A day: newcomers come in where they live and where they like it, and people talk."""
        self._enter(newcomers, at)
        self._enter(self.dice.sample(list(members), min(4, len(members))), at)
        for asking in Membership.objects.filter(state="asked").order_by("pk")[:6]:
            decide_application(
                membership=asking, accept=self.dice.random() < 0.85, reason="这次先留给住得近的邻居", at=at
            )
        admit_queued(at=at)
        for _ in range(TALKS_A_DAY):
            self._say(at)
        self._react(at)
        self._learn(at)

    def readers(self, at: datetime, count: int) -> list[tuple[Member, int]]:
        """Some members open a goods card of a post: who, and which product."""
        cards = list(
            PostProduct.objects.filter(post__state="shown")
            .select_related("post__community")
            .order_by("-post")[:60]
        )
        opened = []
        for card in self.dice.sample(cards, min(count, len(cards))):
            reader = self._voice(card.post.community)
            if reader and open_goods(
                post_id=card.post_id, product_id=card.product_id, member_id=reader.member_id, at=at
            ):
                opened.append((Member.objects.get(pk=reader.member_id), card.product_id))
        return opened

    def _learn(self, at: datetime) -> None:
        """A leader or somebody of the owners' community reads a lesson or two; whoever has read all tries the quiz."""
        camp = next(one for one in self.communities if one.name == "店主成长营")
        pupil = self._voice(camp)
        if pupil is None:
            return
        course = self.courses[min(int(self.dice.random() * 5), 3)]
        for lesson in range(1, course.lesson_count + 1):
            read_lesson(course=course, lesson=lesson, actor=pupil, at=at)
        right = [question.right for question in outline_of(course.document).questions]
        if self.dice.random() < 0.3:
            right[0] = (right[0] + 1) % 2
        try_quiz(course=course, choices=right, actor=pupil, at=at)

    def _enter(self, members: Sequence[Member], at: datetime) -> None:
        asked = []
        for member in members:
            home = member.addresses.get().region
            near = [one for one in self.communities if one.region and home.startswith(one.region.rstrip("0"))]
            wide = [one for one in self.communities if not one.region]
            for one in [*near, self.dice.choice(wide)]:
                if self.dice.random() < 0.72:
                    asked.append(JoinAsked(one.pk, member.pk, answer=self.dice.choice(ANSWERS)))
        enter_communities(asked, at=at)

    def _voice(self, community: Community) -> Actor | None:
        ids = Membership.objects.filter(community=community, state="active").values_list(
            "member_id", flat=True
        )
        return Actor(member_id=self.dice.choice(list(ids))) if ids else None

    def _said(self, texts: Sequence[str], product_id: int) -> str:
        """The least-used sentence, and none twice about one product while others remain."""
        fresh = [text for text in texts if (text, product_id) not in self.told] or list(texts)
        least = min(self.used[text] for text in fresh)
        text = self.dice.choice([text for text in fresh if self.used[text] == least])
        self.told.add((text, product_id))
        self.used[text] += 1
        return text.format(t=self.titles[product_id])

    def _say(self, at: datetime) -> None:
        """A post or question in one of the communities, about something the writer has bought if there is anything."""
        community = self.dice.choice(self.communities)
        author = self._voice(community)
        if author is None:
            return
        bought = bought_products(author.member_id, limit=10)
        product_id = self.dice.choice(bought or list(self.titles))
        if self.dice.random() < 0.28:
            self._ask(community, author, product_id, at)
            return
        if community.type == "benefit":
            author = Actor(member_id=self.heads[community.pk])
            draft = PostDraft("buying", self._said(OFFERS, product_id), "今日好价", (), (product_id,))
        elif community.name == "店主成长营":
            draft = PostDraft("selling", self._said(SELLING, product_id), "复盘")
        elif not bought:
            return
        else:
            topic = self.dice.choice(TOPICS)
            texts = (*self.own[product_id], *(BUYING if product_id in self.eaten else USING))
            draft = PostDraft("buying", self._said(texts, product_id), topic, (), (product_id,))
        write_post(community=community, draft=draft, actor=author, at=at)

    def _ask(self, community: Community, author: Actor, product_id: int, at: datetime) -> None:
        text, answers = self.dice.choice(QUESTIONS if product_id in self.eaten else USING_QUESTIONS)
        title = self.titles[product_id]
        draft = PostDraft("question", text.format(t=title), "", (), (product_id,) if "{t}" in text else ())
        question = write_post(community=community, draft=draft, actor=author, at=at)
        made = []
        for answer in answers:
            neighbour = self._voice(community)
            if neighbour is None or neighbour.member_id == author.member_id:
                continue
            card = product_id if "{t}" in answer else 0
            made.append(
                write_comment(
                    post=question, text=answer.format(t=title), product_id=card, actor=neighbour, at=at
                )
            )
        if made and self.dice.random() < 0.7:
            accept_answer(comment=made[0], actor=author, at=at)

    def _react(self, at: datetime) -> None:
        recent = list(Post.objects.filter(state="shown").select_related("community").order_by("-pk")[:40])
        if not recent:
            return
        for n in range(COMMENTS_A_DAY + LIKES_A_DAY):
            post = recent[int(len(recent) * self.dice.random() ** 1.5)]
            voice = self._voice(post.community)
            if voice is None:
                continue
            if n < COMMENTS_A_DAY and post.line != "question":
                write_comment(post=post, text=self.dice.choice(COMMENTS), product_id=0, actor=voice, at=at)
            elif n % 5:
                like(post=post, actor=voice, is_liked=True)
            else:
                save(post=post, actor=voice, is_saved=True, at=at)

    def last(self, at: datetime, people: Sequence[Member]) -> None:
        """What the visitor finds: their own communities, a post on top, something to look at, somebody who asks, an appeal."""
        welcoming = [one for one in self.communities if one.type != "heavy" and one.capacity > 100]
        enter_communities(
            [JoinAsked(one.pk, person.pk, answer=ANSWERS[0]) for n, person in enumerate(people) for one in welcoming[n % 3 :: 3]],
            at=at,
        )  # fmt: skip
        for asking in Membership.objects.filter(state="asked", member__in=people).order_by("pk")[1:]:
            decide_application(membership=asking, accept=True, at=at)
        for community in self.communities[:4]:
            best = Post.objects.filter(community=community, state="shown").order_by("-score").first()
            if best:
                pin(post=best, is_pinned=True)
        home = self.communities[0]
        loud = Membership.objects.filter(community=home, state="active", role="member").order_by("pk")[3]
        title = self.titles[next(iter(self.titles))]
        write_post(
            community=home, draft=PostDraft("buying", HELD.format(t=title)), actor=Actor(member_id=loud.member_id), at=at
        )  # fmt: skip
        leader = Actor(member_id=self.heads[home.pk])
        told = Post.objects.filter(community=home, state="shown", line="buying").exclude(
            author_id=loud.member_id
        )
        # How much a community says in four weeks depends on the hours that the town begins at.
        seen = told.order_by("-pk").first() or write_post(
            community=home,
            draft=PostDraft("buying", f"{title}又买了一次，给大家说一声。"),
            actor=leader,
            at=at,
        )
        report(
            post=seen,
            comment=None,
            reason="和我买到的不一样，像是抄的",
            actor=Actor(member_id=loud.member_id),
            at=at,
        )
        sanction(membership=loud, kind="hint", reason="“稳赚”这样的话请不要写", days=0, actor=leader, at=at)
        self._clone(at)
        self._give(at, people)
        compute_health(at=at)

    def _clone(self, at: datetime) -> None:
        """The first community is a pilot: it has a clone, and has changed its rules since, which the clone's leader decides about."""
        pilot, leader_id = self.communities[0], self.heads[self.communities[1].pk]
        clone_community(
            template=pilot, name="花木妈妈圈", region="310115", leader_id=leader_id, actor=SYSTEM, at=at
        )
        name, kind, region, picture, intro, capacity, intake, _, tags, news = COMMUNITIES[0]
        draft = CommunityDraft(
            name=name, type=kind, region=region, intro=intro, rules=f"{RULES}\n孩子的正脸照片先打码再发。", announcement=news,
            picture=f"demo/{picture}.svg", capacity=capacity, daily_intake=intake, tags=tags,
        )  # fmt: skip
        change_community(community=pilot, draft=draft, actor=SYSTEM, at=at)

    def _give(self, at: datetime, people: Sequence[Member]) -> None:
        """Points on their way: a tip for the best post, a red packet that is half taken."""
        giver = next(one for one in people if points_of([one.pk], at=at)[one.pk] >= 60)
        community = Community.objects.filter(memberships__member=giver, memberships__state="active").order_by(
            "pk"
        )[0]
        best = Post.objects.filter(state="shown", line="buying").exclude(author=giver).order_by("-score")[0]
        tip(post=best, points=10, actor=Actor(member_id=giver.pk), at=at)
        packet = send_packet(
            community=community, points=48, count=6, kind="random", words="周末愉快，先到先得", actor=Actor(member_id=giver.pk), at=at
        )  # fmt: skip
        inside = (
            Membership.objects.filter(community=community, state="active")
            .exclude(member=giver)
            .exclude(member__in=people)
        )
        for taker in inside.order_by("pk")[:3]:
            take_share(packet=packet, actor=Actor(member_id=taker.member_id), at=at)
