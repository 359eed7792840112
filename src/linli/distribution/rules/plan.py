"""What a sale pays under a plan: pure functions over frozen values, nothing plan-specific (plan-wanwu.md 2, 3, 6)."""

from linli.core.money import floor_bp
from linli.distribution.types import PLATFORM, Kind, PlanDocument, Position, Share, Standing


def leading_tiers(plan: PlanDocument) -> frozenset[str]:
    """The tiers whose owners are leaders."""
    return frozenset(tier["code"] for tier in plan["tiers"] if tier.get("leader"))


def self_saving_fen(goods_fen: int, rate_bp: int, plan: PlanDocument) -> int:
    """The price cut in fen that an owner gets on goods for themselves; 0 when the plan gives none."""
    return floor_bp(goods_fen, rate_bp) if plan["self_purchase"]["mode"] == "discount" else 0


def sale_shares(base_fen: int, rate_bp: int, position: Position, plan: PlanDocument) -> tuple[Share, ...]:
    """Who gets what of one sold line, each share floored to the fen; zero shares are left out.

    base_fen: cash paid for goods, without freight, tax and points. At most one reward of an exclusive group is paid: the
    first by priority whose condition holds; when none holds the platform keeps it, as breakage.
    """
    commission_fen = floor_bp(base_fen, rate_bp)
    shares: list[Share] = []
    open_groups: dict[str, dict] = {}
    for reward in sorted(plan["rewards"], key=lambda r: r.get("priority", 0)):
        if reward["trigger"] != "sale":
            continue
        group = reward.get("group", "")
        if group and group in open_groups and open_groups[group] is PAID:
            continue
        to = _beneficiary(reward, position)
        if to is None or not _holds(reward.get("when", {}), to, position):
            if group:
                open_groups.setdefault(group, reward)
            continue
        shares.append(_share(reward, to.owner_id, commission_fen, rate_bp))
        if group:
            open_groups[group] = PAID
    for reward in open_groups.values():
        if reward is not PAID:
            amount = floor_bp(commission_fen, reward["rate_bp"])
            shares.append(Share(Kind.breakage, PLATFORM, amount, reward["rate_bp"], f"no_{reward['group']}"))
    return tuple(share for share in shares if share.amount_fen)


PAID: dict = {"paid": True}


def _beneficiary(reward: dict, position: Position) -> Standing | None:
    return {"seller": position.seller, "sponsor": position.sponsor, "leader": position.leader}[reward["to"]]


def _holds(when: dict, to: Standing, position: Position) -> bool:
    facts = {"to_leads": to.leads, "seller_leads": position.seller.leads}
    if "to_tier" in when and to.tier not in when["to_tier"]:
        return False
    return all(facts[name] == wanted for name, wanted in when.items() if name != "to_tier")


def _share(reward: dict, owner_id: int, commission_fen: int, rate_bp: int) -> Share:
    if reward["basis"] == "goods":
        return Share(Kind(reward["kind"]), owner_id, commission_fen, rate_bp, reward["id"])
    return Share(
        Kind(reward["kind"]),
        owner_id,
        floor_bp(commission_fen, reward["rate_bp"]),
        reward["rate_bp"],
        reward["id"],
    )


def own_sale_fen(price_fen: int, rate_bp: int, plan: PlanDocument) -> int:
    """What an ordinary owner earns on one unit sold, in fen: what the pages show beside a product."""
    position = Position(Standing(1, plan["tiers"][0]["code"], False), None, None)
    return sum(
        share.amount_fen for share in sale_shares(price_fen, rate_bp, position, plan) if share.beneficiary_id
    )
