"""United States and European Union (docs/plans.md)."""

from collections.abc import Iterator
from datetime import date

from linli.distribution.rules.lint.rule import Severity, is_upline, rewards_of, rule
from linli.distribution.rules.plan import Engine

US, EU = frozenset({"US"}), frozenset({"EU"})
WITHDRAWAL_DAYS = 14
Found = Iterator[tuple[str, Severity | None]]


@rule("US-FTC-01", "BLOCK", where=US, since=date(2016, 12, 16), source="FTC v. Vemma (2016 order)",
      zh="因招募而付酬。", en="Pays for recruiting.")  # fmt: skip
def _paid_recruiting(engine: Engine) -> Found:
    for path, reward in rewards_of(engine.plan, "join", "upgrade"):
        if is_upline(reward):
            yield path, None


@rule("US-FTC-02", "BLOCK", where=US, since=date(2016, 12, 16), source="FTC v. Vemma (2016 order)",
      zh="报酬或等级取决于本人购买。", en="Pay or rank depends on one's own purchases.")  # fmt: skip
def _own_purchases(engine: Engine) -> Found:
    if engine.plan.join.required_purchase_fen:
        yield "join.required_purchase_fen", None
    for n, tier in enumerate(engine.plan.tiers):
        for m, asked in enumerate(tier.qualify):
            if asked.kind in ("own_purchases", "fee_paid"):
                yield f"tiers[{n}].qualify[{m}]", None


@rule("EU-UCPD-14", "BLOCK", where=EU, since=date(2007, 12, 12), source="Directive 2005/29/EC, Annex I no. 14; C-515/12, C-667/15",
      zh="有入门代价，又因招募而付酬。", en="A consideration to join, and pay from recruiting.")  # fmt: skip
def _consideration(engine: Engine) -> Found:
    join = engine.plan.join
    if not (join.fee_fen or join.required_purchase_fen):
        return
    for path, reward in rewards_of(engine.plan, "join", "upgrade"):
        if is_upline(reward):
            yield path, None


@rule("EU-CRD-01", "ERROR", where=EU, since=date(2014, 6, 13), source="Directive 2011/83/EU, art. 9",
      zh="收货后不足十四天就可结算，撤回期还没过。", en="Earnings mature before the 14 days of withdrawal are over.")  # fmt: skip
def _short_hold(engine: Engine) -> Found:
    if engine.plan.settle.hold_days < WITHDRAWAL_DAYS:
        yield "settle.hold_days", None
