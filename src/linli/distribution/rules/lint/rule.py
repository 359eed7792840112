"""A rule of law or arithmetic that a plan is held against: dated, sourced, in two languages."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from linli.distribution.rules.document import Plan, Reward
from linli.distribution.rules.plan import Engine

Severity = Literal["BLOCK", "ERROR", "WARN"]
SEVERITIES: tuple[Severity, ...] = ("BLOCK", "ERROR", "WARN")
Judge = Callable[[Engine], Iterator[tuple[str, Severity | None]]]


@dataclass(frozen=True)
class Rule:
    """`judge` yields the path of each key that breaks the rule, with another severity where the breach is a lesser one."""

    id: str
    jurisdictions: frozenset[str]
    severity: Severity
    zh: str
    en: str
    source: str
    valid_from: date
    judge: Judge
    version: int = 1
    valid_to: date | None = None


RULES: list[Rule] = []
EVERYWHERE = frozenset({"CN", "US", "EU", "DEMO"})


def rule(
    rule_id: str,
    severity: Severity,
    *,
    zh: str,
    en: str,
    source: str,
    since: date,
    where: frozenset[str] = EVERYWHERE,
) -> Callable[[Judge], Judge]:
    """Register a judge as a rule."""

    def register(judge: Judge) -> Judge:
        RULES.append(Rule(rule_id, where, severity, zh, en, source, since, judge))
        return judge

    return register


def rewards_of(plan: Plan, *triggers: str) -> Iterator[tuple[str, Reward]]:
    """The rewards of some triggers, with their paths."""
    for n, reward in enumerate(plan.rewards):
        if reward.trigger in triggers:
            yield f"rewards[{n}]", reward


def is_upline(reward: Reward) -> bool:
    """Whether a reward goes to somebody above by recruitment."""
    return reward.to in ("sponsor", "leader")


def texts_of(plan: Plan) -> Iterator[tuple[str, str]]:
    """Every text of a plan that people read, with its path."""
    titles = [("title", plan.title)]
    titles += [(f"tiers[{n}].title", tier.title) for n, tier in enumerate(plan.tiers) if tier.title]
    titles += [(f"rewards[{n}].title", reward.title) for n, reward in enumerate(plan.rewards) if reward.title]
    for path, title in titles:
        yield f"{path}.zh", title.zh
        yield f"{path}.en", title.en


def most_payout_bp(plan: Plan) -> int:
    """The most that all shares of one sale can be together, in bp of the goods: of every group its dearest, and all others."""
    most_rate = plan.bounds_bp[1]
    groups: dict[str, int] = {}
    total = 0
    for n, (_, reward) in enumerate(rewards_of(plan, "sale")):
        rate = most_rate if reward.rate_bp is None else reward.rate_bp
        share = most_rate * rate // 10_000 if reward.basis == "commission" else rate
        group = reward.group or f"alone {n}"
        groups[group] = max(groups.get(group, 0), share)
    total += sum(groups.values())
    return total
