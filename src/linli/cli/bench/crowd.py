"""A crowd for the seats of one group buy: everybody comes at once, joins a group that is not full or opens one, and leaves
with a seat or with a refusal."""

import json
import random
import selectors
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from linli.campaigns.models import Campaign
from linli.cli.bench.load import ADDRESS, Connection, percentile
from linli.cli.bench.shop import Shop
from linli.core import clock, sql

SEATS_OF_A_GROUP = 3
TRIES = 5


@dataclass(frozen=True)
class Crowd:
    """What became of the people; per second: people who had their answer. over: groups with more seats than they may have."""

    people: int
    seated: int
    refused: int
    people_per_second: float
    p50_ms: float
    p99_ms: float
    seats_taken: int
    over: int


class _Person(Connection):
    """A connection on which one person after the other tries for a seat."""

    def __init__(self, port: int, campaign: Campaign, groups: list[str]) -> None:
        super().__init__(port)
        self.campaign, self.groups = campaign, groups
        self.token, self.tries, self.group_id = "", 0, ""

    def come(self, token: str) -> None:
        """The next person."""
        self.token, self.tries = token, 0
        self.arrived = time.perf_counter()
        self.try_for_a_seat()

    def try_for_a_seat(self) -> None:
        """Join a group that may have a seat, else open one."""
        self.tries += 1
        choice = {"campaign_id": str(self.campaign.pk)}
        self.group_id = random.choice(self.groups) if self.groups else ""
        if self.group_id:
            choice["group_id"] = self.group_id
        body: dict[str, Any] = {
            "lines": [{"sku_id": str(self.campaign.sku_id), "quantity": 1}],
            "group_buy": choice,
            "address": ADDRESS,
            "charge": {"gateway": "sandbox"},
        }
        self.order(body, self.token)

    def is_done(self, status: int, body: bytes) -> bool:
        """Whether the person has an answer to leave with; a full group is tried elsewhere."""
        answer = json.loads(body)
        if status == 201:
            if not self.group_id:
                self.groups.append(answer["group_id"])
            return True
        code = answer["error"]["code"]
        if code in ("group_full", "already_in_group") and self.tries < TRIES:
            if self.group_id in self.groups:
                self.groups.remove(self.group_id)
            return False
        return True


def make_group_buy(shop: Shop, *, seats: int) -> Campaign:
    """A group buy of three for the hot sku, with so many seats in all."""
    at = clock.now()
    from linli.campaigns.operations.campaign import make_campaign
    from linli.campaigns.rules.campaign import CampaignDraft
    from linli.catalog.models import Sku
    from linli.core.actor import SYSTEM

    sku = Sku.objects.select_related("product").get(pk=shop.skus[0])
    draft = CampaignDraft(
        kind="group_buy", sku_id=sku.pk, price_fen=15_900, list_fen=19_900, stock_count=seats, seats=SEATS_OF_A_GROUP, hours=24,
        starts_at=at, ends_at=at + timedelta(days=1),
    )  # fmt: skip
    return make_campaign(draft=draft, sku=sku, actor=SYSTEM, at=at)


def crowd(*, port: int, shop: Shop, campaign: Campaign, clients: int) -> Crowd:
    """Let everybody with a token come for a seat, so many at a time, until the last one has an answer."""
    groups: list[str] = []
    waiting = iter(shop.tokens)
    selector = selectors.DefaultSelector()
    people = [_Person(port, campaign, groups) for _ in range(clients)]
    began = time.perf_counter()
    for person in people:
        selector.register(person.socket, selectors.EVENT_READ, person)
        person.come(next(waiting))
    taken: list[float] = []
    seated, standing = 0, len(people)
    while standing:
        for key, _ in selector.select(1):
            person = key.data
            answer = person.answer()
            if answer is None:
                continue
            if not person.is_done(*answer):
                person.try_for_a_seat()
                continue
            seated += answer[0] == 201
            taken.append(time.perf_counter() - person.arrived)
            token = next(waiting, "")
            if token:
                person.come(token)
            else:
                standing -= 1
    took = time.perf_counter() - began
    for person in people:
        person.socket.close()
    taken.sort()
    held = sql.rows(
        """select coalesce(sum(s.quantity), 0)::bigint as seats,
                  (select count(*) from (select group_id from campaigns_seat where campaign_id = %(campaign)s
                                          group by group_id having count(*) > %(most)s) g) as over
             from campaigns_seat s where s.campaign_id = %(campaign)s and s.state in ('held', 'paid', 'won')""",
        {"campaign": campaign.pk, "most": SEATS_OF_A_GROUP},
    )[0]
    return Crowd(
        len(taken), seated, len(taken) - seated, round(len(taken) / took, 1), percentile(taken, 0.50), percentile(taken, 0.99),
        held.seats, held.over,
    )  # fmt: skip
