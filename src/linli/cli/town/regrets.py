"""Who in the demo town wants money back, and what the merchants say to it."""

import random
from datetime import datetime, timedelta

from linli.cli.town.people import REASONS
from linli.core.actor import Actor
from linli.members.models import Member
from linli.trade.models import Aftersale, AftersaleState, Order, OrderState
from linli.trade.operations.aftersale import AskedLine, ask_aftersale, decide_aftersale


class Regrets:
    """staff: the member who answers for each merchant, by the merchant's id."""

    def __init__(self, dice: random.Random, staff: dict[int, Member]) -> None:
        self.dice = dice
        self.staff = staff

    def day(self, at: datetime, *, wishes: int, decided: float) -> None:
        """Some want money back; the merchants decide most of it, but nothing of the last day: that is left to the visitor."""
        recent = list(
            Order.objects.filter(state=OrderState.received, received_at__gte=at - timedelta(hours=30))
        )
        for order in self.dice.sample(recent, min(len(recent), wishes)):
            asked = self._ask_back(order, at)
            if asked and self.dice.random() < decided:
                staff = Actor(
                    member_id=self.staff[order.merchant_id].pk, merchant_ids=frozenset({order.merchant_id})
                )
                decide_aftersale(
                    aftersale=asked, accept=self.dice.random() < 0.85, reason="已核实", actor=staff, at=at
                )

    def last(self, at: datetime) -> None:
        """Every merchant finds somebody who wants money back, whatever the dice and the hour brought."""
        asked = Aftersale.objects.filter(state=AftersaleState.asked)
        busy = set(asked.values_list("order__merchant_id", flat=True))
        for merchant_id in sorted(self.staff.keys() - busy):
            received = Order.objects.filter(
                state=OrderState.received, merchant_id=merchant_id, aftersales=None, total_fen__gte=1000
            )
            if newest := received.order_by("-received_at", "-pk").first():
                self._ask_back(newest, at)

    def _ask_back(self, order: Order, at: datetime) -> Aftersale | None:
        line = order.lines.order_by("pk")[0]
        amount = line.total_fen * self.dice.choice((1, 3, 10)) // 10
        if not amount:
            return None
        return ask_aftersale(
            order=order,
            kind="refund",
            reason=self.dice.choice(REASONS),
            lines=[AskedLine(line.pk, amount_fen=amount)],
            actor=Actor(member_id=order.member_id),
            at=at,
        )
