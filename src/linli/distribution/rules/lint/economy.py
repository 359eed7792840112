"""Arithmetic that holds everywhere: what a plan pays, who could pay himself, and whether it can be paid at all."""

import re
from collections.abc import Iterator
from datetime import date

from linli.distribution.rules.lint.rule import Severity, most_payout_bp, rewards_of, rule, texts_of
from linli.distribution.rules.plan import Engine
from linli.distribution.rules.prove import self_referral_gain_bp
from linli.distribution.rules.tier import COURSE, SALES
from linli.merchants.values import AFTERSALE_DAYS

PSP_FEE_BP, SERVICE_FEE_BP = 60, 200
ALWAYS = date(2020, 1, 1)
CLAIM = re.compile(r"月入|日入|日赚|年入|earn up to|make \$|per month", re.IGNORECASE)
Found = Iterator[tuple[str, Severity | None]]


@rule("ECO-01", "ERROR", since=ALWAYS, source="docs/plans.md",
      zh="最坏情况下，全部分配加支付手续费超过商家推广费加平台服务费。",
      en="At worst all shares and the payment fee exceed the merchant's promotion rate and the platform's fee.")  # fmt: skip
def _worst_case(engine: Engine) -> Found:
    if most_payout_bp(engine.plan) + PSP_FEE_BP > engine.plan.funding.max_bp + SERVICE_FEE_BP:
        yield "funding.max_bp", None


@rule("ECO-02", "BLOCK", since=ALWAYS, source="docs/plans.md",
      zh="某种关系下，一笔销售的分配之和超过商家推广费上限。",
      en="In some tree the shares of one sale are more than the merchant's promotion rate.")  # fmt: skip
def _over_the_cap(engine: Engine) -> Found:
    if most_payout_bp(engine.plan) > engine.plan.funding.max_bp:
        yield "funding.max_bp", None


@rule("ECO-03", "ERROR", since=ALWAYS, source="docs/plans.md",
      zh="用假身份邀请自己能多拿钱。让领队自己的销售与其下级同酬，就没有这个收益。",
      en="Inviting oneself under false names pays more. Pay a leader's own sales like those below, and the gain is gone.")  # fmt: skip
def _self_referral(engine: Engine) -> Found:
    if self_referral_gain_bp(engine) > 0:
        yield "rewards", None


@rule("ECO-05", "ERROR", since=ALWAYS, source="docs/plans.md",
      zh="只要加入就发无门槛券，会被批量注册套取。设最低消费。",
      en="Joining alone unlocks a coupon without a threshold; it will be farmed. Ask for a minimum spend.")  # fmt: skip
def _free_coupon(engine: Engine) -> Found:
    for path, reward in rewards_of(engine.plan, "join"):
        if reward.kind == "invite_coupon" and not reward.min_spend_fen:
            yield f"{path}.min_spend_fen", None


@rule("ECO-08", "ERROR", since=ALWAYS, source="FTC business guidance on earnings claims",
      zh="文案承诺收入而没有同时给出收入分布。", en="A text promises earnings without their distribution beside it.")  # fmt: skip
def _earnings_claim(engine: Engine) -> Found:
    for path, text in texts_of(engine.plan):
        if CLAIM.search(text):
            yield path, None


@rule("ECO-09", "BLOCK", since=ALWAYS, source="docs/plans.md",
      zh="平台不按这一项执行；写成平台实际的做法。", en="The platform does not do what this key says. Say what it does.")  # fmt: skip
def _not_done(engine: Engine) -> Found:
    plan = engine.plan
    for path, _ in rewards_of(plan, "upgrade", "share"):
        yield f"{path}.trigger", None
    for path, reward in rewards_of(plan, "sale"):
        if reward.to == "joiner":
            yield f"{path}.to", None
    for n, tier in enumerate(plan.tiers):
        for m, asked in enumerate(tier.qualify):
            if asked.kind not in (SALES, COURSE):
                yield f"tiers[{n}].qualify[{m}].kind", None
    kept = {
        "join.invite_only": plan.join.invite_only,
        "join.fee_fen": not plan.join.fee_fen,
        "join.required_purchase_fen": not plan.join.required_purchase_fen,
        "join.who_can_invite": set(plan.join.who_can_invite) == {tier.code for tier in plan.tiers},
        "settle.hold_days": plan.settle.hold_days == AFTERSALE_DAYS.default,
        "settle.attribution_time": plan.settle.attribution_time == "paid_at",
        "settle.on_close": plan.settle.on_close == "rollup",
        "settle.reversal": plan.settle.reversal == "cumulative",
        "settle.identity_required": plan.settle.identity_required,
    }
    for path, is_kept in kept.items():
        if not is_kept:
            yield path, None
