"""China: the ban on pyramid selling, consumers' and workers' law, and the channels' own rules (docs/plans.md)."""

import re
from collections.abc import Iterator
from datetime import date

from linli.distribution.rules.lint.rule import (
    Severity,
    is_upline,
    most_payout_bp,
    rewards_of,
    rule,
    texts_of,
)
from linli.distribution.rules.plan import Engine

CN = frozenset({"CN"})
PYRAMID_BAN = date(2005, 11, 1)
BANNED = re.compile(
    "躺赚|直推奖|层推奖|对碰奖|见点奖|领导奖|培育奖|报单奖|管理奖|静态收益|动态收益|资金盘|原始股"
)
CHANNEL_MOST_BP, CHANNEL_FREEZE_DAYS, RETURN_DAYS, MOST_RECEIVERS, OWN_SALES_MOST_BP = 3000, 30, 7, 50, 3000
Found = Iterator[tuple[str, Severity | None]]


@rule("CN-MLM-01", "BLOCK", where=CN, since=PYRAMID_BAN, source="禁止传销条例 第七条第一项",
      zh="按拉来的人数给报酬；券、积分、实物也算。改为只奖励新店主本人，或只按商品销售计酬。",
      en="Pays somebody for people they bring in; coupons, points and goods count. Reward the new owner, or sales only.")  # fmt: skip
def _headcount(engine: Engine) -> Found:
    for path, reward in rewards_of(engine.plan, "join", "upgrade"):
        if is_upline(reward):
            is_mild = reward.kind == "invite_coupon" and reward.to == "sponsor"
            yield path, "ERROR" if is_mild else None


@rule("CN-MLM-02", "BLOCK", where=CN, since=PYRAMID_BAN, source="禁止传销条例 第七条第二项",
      zh="交费或购买才能加入或升级。改为免费、不设购买条件。",
      en="A fee or purchase opens the door or a tier. Make both free and without conditions of purchase.")  # fmt: skip
def _entry_fee(engine: Engine) -> Found:
    join = engine.plan.join
    for name in ("fee_fen", "required_purchase_fen"):
        if getattr(join, name) > 0:
            yield f"join.{name}", None
    yield from _qualifying(engine, "fee_paid")


@rule("CN-MLM-03", "BLOCK", where=CN, since=PYRAMID_BAN, source="禁止传销条例 第七条第三项；宝月窖藏案",
      zh="按下线的销售给上线报酬（团队计酬），一层也算。只给成交的店主本人。",
      en="Pays the upline by the downline's sales; one level is enough. Pay the owner who sold, nobody above.")  # fmt: skip
def _team_pay(engine: Engine) -> Found:
    for path, reward in rewards_of(engine.plan, "sale"):
        if is_upline(reward):
            yield path, None


@rule("CN-MLM-04", "BLOCK", where=CN, since=date(2013, 11, 14), source="两高一部 2013 意见；立案追诉标准",
      zh="计酬链条含组织者达到三级或不限级。删去向上的报酬。",
      en="The chain of pay, organiser included, reaches three levels or has no end. Remove what is paid upwards.")  # fmt: skip
def _levels(engine: Engine) -> Found:
    for path, reward in rewards_of(engine.plan, "sale", "join", "upgrade"):
        if reward.to == "leader" or (reward.to == "sponsor" and reward.trigger == "sale"):
            yield f"{path}.to", None


@rule("CN-MLM-05", "BLOCK", where=CN, since=PYRAMID_BAN, source="云集微店案（2017）",
      zh="按拉人数或团队规模、团队业绩晋级。改为本人对外销售和学习。",
      en="A tier is reached by recruits, team size or team sales. Ask for own sales to others and for learning.")  # fmt: skip
def _qualified_by_heads(engine: Engine) -> Found:
    yield from _qualifying(engine, "recruits", "team_size", "team_sales")


@rule("CN-MLM-06", "BLOCK", where=CN, since=PYRAMID_BAN, source="花生日记案（2019）",
      zh="按本人付费或自购晋级。改为对他人的已结算销售。",
      en="A tier is reached by paying or buying oneself. Ask for settled sales to others.")  # fmt: skip
def _qualified_by_purchases(engine: Engine) -> Found:
    yield from _qualifying(engine, "own_purchases", "fee_paid")


@rule("CN-MLM-07", "BLOCK", where=CN, since=PYRAMID_BAN, source="上海优动案（2022）；名宇内衣案",
      zh="社群分离后，原上级仍拿分离店主的提成（平级、管理、培育奖）。",
      en="After a split the old upline still earns on the owner who split off (peer, management or cultivation award).")  # fmt: skip
def _residual(engine: Engine) -> Found:
    if not engine.plan.split:
        return
    for path, reward in rewards_of(engine.plan, "sale"):
        if is_upline(reward) and reward.when.seller_leads is not False:
            yield path, None


@rule("CN-MLM-08", "ERROR", where=CN, since=PYRAMID_BAN, source="公安机关防范传销提示",
      zh="名称含禁用词。换成说明实际内容的词。", en="A name uses a banned word. Say what it really is.")  # fmt: skip
def _banned_words(engine: Engine) -> Found:
    for path, text in texts_of(engine.plan):
        if BANNED.search(text):
            yield path, None


@rule("CN-MLM-11", "ERROR", where=CN, since=date(2013, 11, 14), source="两高一部 2013 意见",
      zh="关闭的账号之后仍有收入。改为上移或归平台。",
      en="A closed account keeps earning. Let its place roll up, or fall to the platform.")  # fmt: skip
def _closed_accounts(engine: Engine) -> Found:
    if engine.plan.settle.on_close == "keep":
        yield "settle.on_close", None


@rule("CN-DS-01", "WARN", where=CN, since=date(2005, 12, 1), source="直销管理条例 第二十四条（参照）",
      zh="单个商品的佣金率上限高于 30 %。", en="A product may pay more than 30 % of its price.")  # fmt: skip
def _high_rate(engine: Engine) -> Found:
    if engine.plan.bounds_bp[1] > OWN_SALES_MOST_BP:
        yield f"{_commission_path(engine)}.bounds_bp", None


@rule("CN-CONS-01", "ERROR", where=CN, since=date(2014, 3, 15), source="消费者权益保护法 第二十五条",
      zh="收货后不足七天就可结算，退货期还没过。", en="Earnings mature before the seven days of return are over.")  # fmt: skip
def _short_hold(engine: Engine) -> Found:
    if engine.plan.settle.hold_days < RETURN_DAYS:
        yield "settle.hold_days", None


@rule("CN-CONS-02", "BLOCK", where=CN, since=PYRAMID_BAN, source="平台规则：退款必须原路冲回",
      zh="退款不冲回佣金，或按现在的费率冲回。改为按付款时的快照累计冲回。",
      en="A refund takes nothing back, or by today's rates. Reverse cumulatively what was frozen at payment.")  # fmt: skip
def _reversal(engine: Engine) -> Found:
    if engine.plan.settle.reversal != "cumulative":
        yield "settle.reversal", None


@rule("WX-SHARE-01", "ERROR", where=CN, since=date(2019, 10, 28), source="微信外部链接内容管理规范 1.2",
      zh="在微信里奖励分享动作本身。改为奖励到访或购买。",
      en="Rewards the act of sharing on WeChat. Reward a visit or a purchase.")  # fmt: skip
def _paid_sharing(engine: Engine) -> Found:
    for path, _ in rewards_of(engine.plan, "share"):
        if "wechat" in engine.plan.channels:
            yield path, None


@rule("WX-DIST-01", "ERROR", where=CN, since=date(2015, 2, 26), source="微信公众平台关于整顿非法分销模式的公告",
      zh="在微信里给上线报酬，账号会被永久封停。", en="Pays the upline on WeChat; accounts are banned for ever.")  # fmt: skip
def _wechat_upline(engine: Engine) -> Found:
    if "wechat" not in engine.plan.channels:
        return
    for path, reward in rewards_of(engine.plan, "sale", "join", "upgrade"):
        if is_upline(reward):
            yield path, None


@rule("PAY-WX-01", "ERROR", where=CN, since=date(2020, 1, 1), source="微信支付分账：默认比例上限 30 %",
      zh="一笔销售的全部分配可能超过支付渠道 30 % 的分账上限。",
      en="All shares of one sale may exceed the 30 % that the payment channel splits.")  # fmt: skip
def _channel_ratio(engine: Engine) -> Found:
    if "wechat" in engine.plan.channels and most_payout_bp(engine.plan) > CHANNEL_MOST_BP:
        yield "funding.max_bp", None


@rule("PAY-WX-02", "ERROR", where=CN, since=date(2020, 1, 1), source="微信支付分账：冻结 30 天",
      zh="结算期比支付渠道的冻结期长，届时已不能分账。",
      en="The hold outlasts the channel's freeze; by then nothing can be split any more.")  # fmt: skip
def _channel_freeze(engine: Engine) -> Found:
    if "wechat" in engine.plan.channels and engine.plan.settle.hold_days > CHANNEL_FREEZE_DAYS:
        yield "settle.hold_days", None


@rule("PAY-WX-03", "ERROR", where=CN, since=date(2020, 1, 1), source="微信支付分账：零钱不可回退",
      zh="售后期结束前付到个人零钱，退款时收不回。",
      en="Pays a personal wallet before the aftersale window ends; a refund cannot fetch it back.")  # fmt: skip
def _paid_too_early(engine: Engine) -> Found:
    if "wechat" in engine.plan.channels and engine.plan.settle.hold_days < RETURN_DAYS:
        yield "settle.hold_days", None


@rule("PAY-WX-04", "ERROR", where=CN, since=date(2020, 1, 1), source="微信支付分账：每单 50 个接收方",
      zh="一笔订单的收款人可能超过 50 个。", en="One order may have more than 50 receivers.")  # fmt: skip
def _receivers(engine: Engine) -> Found:
    parties = {reward.group or reward.id for _, reward in rewards_of(engine.plan, "sale")}
    if "wechat" in engine.plan.channels and len(parties) > MOST_RECEIVERS:
        yield "rewards", None


@rule("PAY-KYC-01", "BLOCK", where=CN, since=date(2025, 10, 1), source="税务总局公告 2025 年第 16 号",
      zh="未核实身份即可提现。", en="Money can be withdrawn without a checked identity.")  # fmt: skip
def _identity(engine: Engine) -> Found:
    if not engine.plan.settle.identity_required:
        yield "settle.identity_required", None


@rule("TAX-01", "ERROR", where=CN, since=date(2025, 10, 1), source="税务总局公告 2025 年第 16 号",
      zh="没有按累计预扣法代扣劳务报酬个人所得税。", en="Nothing withholds tax on labour income by the cumulative method.")  # fmt: skip
def _withholding(engine: Engine) -> Found:
    if engine.plan.settle.withholding != "cumulative_labour":
        yield "settle.withholding", None


def _commission_path(engine: Engine) -> str:
    return f"rewards[{engine.plan.rewards.index(engine.plan.commission)}]"


def _qualifying(engine: Engine, *kinds: str) -> Found:
    for n, tier in enumerate(engine.plan.tiers):
        for m, asked in enumerate(tier.qualify):
            if asked.kind in kinds:
                yield f"tiers[{n}].qualify[{m}]", None
