"""Hold a plan against the rules of a jurisdiction, as they stand on a day (docs/plans.md)."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from linli.distribution.rules.lint import abroad, china, economy
from linli.distribution.rules.lint.rule import RULES, SEVERITIES, Rule, Severity
from linli.distribution.rules.plan import Engine

PROFILES = ("CN", "US", "EU", "DEMO")
PACKS = (china, abroad, economy)


@dataclass(frozen=True)
class Finding:
    """A key that breaks a rule: the rule, how grave, where, and why in Chinese and English."""

    id: str
    severity: Severity
    path: str
    message: str
    message_en: str
    source: str

    def as_dict(self) -> dict[str, Any]:
        """As the command and the stored report write it."""
        return asdict(self)


def rules_at(at: datetime, *, profile: str) -> list[Rule]:
    """The rules of a profile that are in force at a moment."""
    day = at.date()
    return [
        rule
        for rule in RULES
        if profile in rule.jurisdictions
        and rule.valid_from <= day
        and (rule.valid_to is None or day <= rule.valid_to)
    ]


def findings(engine: Engine, *, profile: str, at: datetime) -> list[Finding]:
    """What is wrong with a plan under a profile, the gravest first. Static: the same document and day, the same answer."""
    found = [
        Finding(rule.id, severity or rule.severity, path, rule.zh, rule.en, rule.source)
        for rule in rules_at(at, profile=profile)
        for path, severity in rule.judge(engine)
    ]
    found += _begins_in_the_past(engine, at)
    return sorted(found, key=lambda one: (SEVERITIES.index(one.severity), one.id, one.path))


def float_findings(paths: list[str]) -> list[Finding]:
    """ECO-06: the only finding about a document with numbers that are not whole, which nothing else can read."""
    zh, en = "金额和费率必须是整数（分、基点）。", "Amounts and rates are whole numbers (fen, basis points)."
    return [Finding("ECO-06", "BLOCK", path, zh, en, "docs/plans.md") for path in paths]


def _begins_in_the_past(engine: Engine, at: datetime) -> list[Finding]:
    """ECO-07: a plan never reaches back to what was paid."""
    begins = engine.plan.effective_from
    if begins is None or datetime.fromisoformat(begins) > at:
        return []
    zh, en = "生效时间在过去，会改动已付款的订单。", "It begins in the past, and would touch paid orders."
    return [Finding("ECO-07", "BLOCK", "effective_from", zh, en, "docs/plans.md")]
