"""What makes the communities of the demo town more than a feed: circles, experts, what is shown off, voice and video, a community
with a fee, and playbooks that bring work. All by the operations that people use."""

import io
import math
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import av
import numpy as np
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from linli.catalog.models import Product
from linli.cli.town.sayings import SHOWN
from linli.community.models import Community, Membership, PlaybookTask, Post
from linli.community.operations.circle import join_circle, open_circle
from linli.community.operations.community import appoint, found_community, name_host
from linli.community.operations.expert import name_expert
from linli.community.operations.playbook import (
    READY_CODES,
    bring_tasks,
    finish_task,
    ready_playbook,
    save_playbook,
)
from linli.community.operations.post import PostDraft, like, write_comment, write_post
from linli.community.rules.community import CommunityDraft
from linli.core import events
from linli.core.actor import SYSTEM, Actor
from linli.core.pictures import keep_picture
from linli.core.recordings import encode_recordings, keep_recording
from linli.members.models import Member
from linli.payments.adapters.sandbox import SandboxGateway
from linli.payments.models import Charge
from linli.payments.operations.charge import ask_gateways
from linli.payments.types import ChargeFacts
from linli.trade.operations.entry_fee import charge_fee
from linli.trade.queries.verified_buyer import bought_products

CIRCLES = (
    ("烘焙新手", "烤坏的也晒出来"), ("一周菜单", "周日把下周吃什么定好"), ("读绘本", "每周一本，轮流讲"),
)  # fmt: skip
EXPERTS = (("挑水果", 19, 21, ()), ("辅食与过敏", 9, 22, (1, 3, 5)), ("厨房电器", 12, 14, (6, 7)))
FEE_FEN = 1990
READING = CommunityDraft(
    "周三读书夜", "heavy", capacity=60, daily_intake=12, intro="一个月一本，周三晚上八点一起聊", rules="读过再说。\n不剧透结局。", tags=("读书",),
    announcement="本月读《小径分岔的花园》。", picture="demo/i-spark.svg", entry_kind="fee", entry_fee_fen=FEE_FEN,
)  # fmt: skip
PHOTOS = ("neighbour", "carton")


class Rounds:
    """The rounds of the town, made on its last days."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice

    def last(self, at: datetime, people: Sequence[Member]) -> None:
        """Everything, in the communities that are there; `people` are those whom a visitor can be."""
        lively = list(Community.objects.filter(type="light", closed_at=None).order_by("pk")[:4])
        for community in lively:
            self._circles(community, at)
            self._experts(community, at)
            self._shows(community, at)
        self._voices(lively[0], at)
        self._reading(at, people)
        self._playbooks(at, lively[0])

    def _members(self, community: Community, count: int) -> list[Actor]:
        ids = Membership.objects.filter(community=community, state="active", role="member", paused_until=None)
        chosen = list(ids.order_by("pk").values_list("member_id", flat=True)[: count * 3])
        return [Actor(member_id=one) for one in self.dice.sample(chosen, min(count, len(chosen)))]

    def _circles(self, community: Community, at: datetime) -> None:
        leader = Actor(member_id=_leader_of(community))
        name, intro = self.dice.choice(CIRCLES)
        circle = open_circle(community=community, name=name, intro=intro, actor=leader, at=at)
        inside = self._members(community, 9)
        for actor in inside:
            join_circle(circle=circle, actor=actor, at=at)
        friend = Member.objects.get(pk=inside[1].member_id)
        draft = PostDraft(
            "buying", f"新开的圈子，先坐下。@{friend.name} 你上次说的办法再讲一遍？", circle_id=circle.pk
        )
        opened = write_post(community=community, draft=draft, actor=inside[0], at=at)
        write_comment(post=opened, text="就是少放一半糖，别的照旧", product_id=0, actor=inside[1], at=at)

    def _experts(self, community: Community, at: datetime) -> None:
        leader = Actor(member_id=_leader_of(community))
        for actor, (subject, first, last, weekdays) in zip(
            self._members(community, 2), self.dice.sample(EXPERTS, 2), strict=True
        ):
            name_expert(
                community=community, member_id=actor.member_id, subject=subject, weekdays=weekdays, from_minute=first * 60,
                to_minute=last * 60, actor=leader, at=at,
            )  # fmt: skip

    def _shows(self, community: Community, at: datetime) -> None:
        """What some have bought, shown off by those who have it."""
        for n, actor in enumerate(self._members(community, 6)):
            moment = at - timedelta(hours=4 * (6 - n), minutes=self.dice.randrange(60))
            bought = bought_products(actor.member_id, limit=3)
            if not bought:
                continue
            product = Product.objects.get(pk=self.dice.choice(bought))
            images = tuple(
                keep_picture(self._photo(product, scene), member_id=actor.member_id, at=moment)
                for scene in PHOTOS[: self.dice.choice((1, 1, 2))]
            )
            text = SHOWN[n % len(SHOWN)].format(t=product.title)
            draft = PostDraft("show", text, "", images, (product.pk,))
            made = write_post(community=community, draft=draft, actor=actor, at=moment)
            for fan in self._members(community, self.dice.randrange(1, 6)):
                like(post=made, actor=fan, is_liked=True)

    def _photo(self, product: Product, scene: str) -> SimpleUploadedFile:
        """The goods as a buyer took them."""
        picture = _static(product.images[0].replace("-hero", f"-{scene}"))
        return SimpleUploadedFile("photo.webp", picture.read_bytes(), "image/webp")

    def _voices(self, community: Community, at: datetime) -> None:
        """A short film and a voice note, sent as phones send them and encoded like any other."""
        first, second = self._members(community, 2)
        product = (
            Product.objects.filter(pk__in=bought_products(first.member_id, limit=1)).first()
            or Product.objects.all()[0]
        )
        film = keep_recording(
            SimpleUploadedFile("film.mp4", self._film(product), "video/mp4"),
            kind="video",
            member_id=first.member_id,
            at=at,
        )
        note = keep_recording(
            SimpleUploadedFile("note.webm", _melody(), "audio/webm"),
            kind="voice",
            member_id=second.member_id,
            at=at,
        )
        encode_recordings(at=at)
        draft = PostDraft(
            "show", f"开箱转一圈给大家看：{product.title}", "", (), (product.pk,), recording=film.name
        )
        write_post(community=community, draft=draft, actor=first, at=at)
        draft = PostDraft("buying", "厨房的新门铃声，录给大家听听，像不像点心店？", recording=note.name)
        write_post(community=community, draft=draft, actor=second, at=at)

    def _film(self, product: Product) -> bytes:
        """Three seconds: the goods come nearer."""
        made = io.BytesIO()
        with av.open(made, "w", format="mp4") as container:
            stream = container.add_stream("libx264", rate=24)
            stream.width, stream.height, stream.pix_fmt = 540, 720, "yuv420p"
            photo = Image.open(self._photo(product, PHOTOS[0])).resize((720, 720))
            for n in range(72):
                side = 720 - n * 2
                left = (720 - side * 3 // 4) // 2
                frame = photo.crop((left, (720 - side) // 2, left + side * 3 // 4, (720 + side) // 2)).resize(
                    (540, 720)
                )
                container.mux(stream.encode(av.VideoFrame.from_image(frame)))
            container.mux(stream.encode(None))
        return made.getvalue()

    def _reading(self, at: datetime, people: Sequence[Member]) -> None:
        """A community with a fee: some have paid, and one of those whom a visitor can be."""
        leader = Member.objects.get(pk=_leader_of(Community.objects.order_by("pk")[4]))
        community = found_community(draft=READING, actor=SYSTEM, at=at)
        appoint(community=community, member_id=leader.pk, role="leader", actor=SYSTEM, at=at)
        outside = Member.objects.exclude(pk__in=[leader.pk, *(one.pk for one in people)]).order_by("pk")[
            20:34:2
        ]
        _pay([Actor(member_id=one.pk) for one in (*outside, people[0])], community, at)
        for text in ("第一章读完了，迷路也是一种读法。", "有人读的是王永年的译本吗？借我对照一段。"):
            reader = self._members(community, 1)[0]
            write_post(community=community, draft=PostDraft("buying", text, "共读"), actor=reader, at=at)

    def _playbooks(self, at: datetime, community: Community) -> None:
        """All ready-made playbooks run since three days ago; most of what they brought is done."""
        for code in READY_CODES:
            save_playbook(
                draft=ready_playbook(code, is_started=True), actor=SYSTEM, at=at - timedelta(days=3)
            )
        helper = Membership.objects.filter(community=community, state="active", role="member").order_by("pk")[
            5
        ]
        appoint(community=community, member_id=helper.member_id, role="operator", actor=SYSTEM, at=at)
        helper.refresh_from_db()
        name_host(community=community, membership=helper, actor=SYSTEM, at=at)
        for days in (2, 1, 0):
            bring_tasks(at=at - timedelta(days=days))
        for task in PlaybookTask.objects.filter(done_at=None).order_by("due_at"):
            if task.host_id and self.dice.random() < 0.7:
                note = self.dice.choice(("", "", "三位新邻居都回了", "晚了半小时", "大家聊到九点半"))
                finish_task(
                    task=task,
                    note=note,
                    actor=Actor(member_id=task.host_id),
                    at=min(at, task.due_at + timedelta(hours=2)),
                )
        newest = Post.objects.filter(community=community, state="shown").order_by("-pk").first()
        if newest:
            write_comment(
                post=newest,
                text="欢迎新来的邻居，随便看看",
                product_id=0,
                actor=Actor(member_id=helper.member_id),
                at=at,
            )


def _pay(members: Sequence[Actor], community: Community, at: datetime) -> None:
    numbers = [
        charge_fee(
            community=community, shown_fen=FEE_FEN, gateway_name="sandbox", actor=actor, at=at
        ).charge_no
        for actor in members
    ]
    facts = [
        ChargeFacts(one.charge_no, one.amount_fen) for one in Charge.objects.filter(charge_no__in=numbers)
    ]
    SandboxGateway().pay([(one, "lost") for one in facts], at=at)
    ask_gateways(numbers, at=at)
    events.deliver_all()


def _leader_of(community: Community) -> int:
    return (
        Membership.objects.filter(community=community, role="leader", state="active")
        .order_by("pk")[0]
        .member_id
    )


def _static(name: str) -> Path:
    return Path(settings.ENVIRONMENT.home) / "src/linli/web/static" / name


def _melody() -> bytes:
    """A few bells, as a browser would record them."""
    made, rate = io.BytesIO(), 48000
    notes = np.concatenate(
        [_bell(pitch, rate) for pitch in (659.3, 523.3, 587.3, 392.0, 659.3, 587.3, 523.3)]
    )
    with av.open(made, "w", format="webm") as container:
        stream = container.add_stream("libopus", rate=rate, layout="mono")
        for start in range(0, len(notes) - 960, 960):
            frame = av.AudioFrame.from_ndarray(notes[None, start : start + 960], format="flt", layout="mono")
            frame.sample_rate, frame.pts = rate, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return made.getvalue()


def _bell(pitch: float, rate: int) -> np.ndarray:
    moments = np.arange(int(rate * 0.6)) / rate
    return (np.sin(2 * math.pi * pitch * moments) * np.exp(-5 * moments) * 0.4).astype(np.float32)
