"""The coupons that baskets bring, and those of a member."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from linli.campaigns.types import Voucher
from linli.core import sql
from linli.core.refusal import Refusal

_VOUCHER = """
select c.id, c.member_id, c.state, c.expires_at, c.face_fen as coupon_face_fen, c.owed_fen, b.id as batch_id, b.name,
       coalesce(b.merchant_id, 0) as merchant_id, b.kind, b.face_fen, b.percent_bp, b.cap_fen, b.min_spend_fen, b.scope::text as scope, b.platform_share_bp
  from campaigns_coupon c join campaigns_couponbatch b on b.id = c.batch_id
"""


def vouchers(
    asked: Sequence[tuple[int, tuple[int, ...]]], *, at: datetime
) -> list[tuple[Voucher, ...] | Refusal]:
    """The coupons of each (member_id, coupon ids), or why they cannot be used: no_such_coupon (or not theirs), coupon_used,
    coupon_expired. No statement when nobody brings one."""
    ids = sorted({coupon_id for _, coupon_ids in asked for coupon_id in coupon_ids})
    if not ids:
        return [()] * len(asked)
    rows = {row.id: row for row in sql.rows(_VOUCHER + " where c.id = any(%s::bigint[])", (ids,))}
    return [_usable(member_id, coupon_ids, rows, at) for member_id, coupon_ids in asked]


def _usable(
    member_id: int, coupon_ids: tuple[int, ...], rows: dict[int, Any], at: datetime
) -> tuple[Voucher, ...] | Refusal:
    found = []
    for coupon_id in dict.fromkeys(coupon_ids):
        row = rows.get(coupon_id)
        if row is None or row.member_id != member_id:
            return Refusal("no_such_coupon", {"coupon_id": str(coupon_id)})
        if row.state in ("held", "used"):
            return Refusal("coupon_used", {"coupon_id": str(coupon_id)})
        if row.state != "unused" or row.expires_at <= at:
            return Refusal("coupon_expired", {"coupon_id": str(coupon_id)})
        found.append(voucher_of(row))
    return tuple(found)


def voucher_of(row: Any) -> Voucher:
    """A row of a coupon with its batch as the price knows it."""
    scope = json.loads(row.scope)
    return Voucher(
        coupon_id=row.id,
        name=row.name,
        merchant_id=row.merchant_id,
        face_fen=row.coupon_face_fen,
        percent_bp=row.percent_bp,
        cap_fen=row.cap_fen if row.kind == "percent" else 0,
        min_spend_fen=row.min_spend_fen,
        scope_kind=scope.get("kind", "all"),
        scope_ids=frozenset(scope.get("ids", ())),
        platform_share_bp=row.platform_share_bp,
        grows_fen=max(row.cap_fen - row.coupon_face_fen, 0) if row.kind == "growth" else 0,
    )


def usable_vouchers(member_id: int, merchant_ids: Iterable[int], *, at: datetime) -> list[Voucher]:
    """A member's unused coupons of some merchants and of the platform, those that end first at the head."""
    rows = sql.rows(
        _VOUCHER
        + """ where c.member_id = %s and c.state = 'unused' and c.expires_at > %s
                and (b.merchant_id is null or b.merchant_id = any(%s::bigint[])) order by c.expires_at, c.id limit 60""",
        (member_id, at, sorted(merchant_ids)),
    )
    return [voucher_of(row) for row in rows]


def claimable_batches(
    *, member_id: int, merchant_ids: Sequence[int] | None = None, at: datetime, limit: int = 40
) -> list[dict[str, Any]]:
    """Public batches that still have coupons, with how many of each the member has had (of some merchants and the platform
    only, when they are named)."""
    return sql.dicts(
        """select b.id, b.name, b.kind, b.face_fen, b.percent_bp, b.cap_fen, b.step_fen, b.min_spend_fen, b.scope->>'kind' as scope_kind,
                  b.per_member, b.valid_days, b.quantity - b.issued_count as left_count, coalesce(m.name, '') as merchant_name,
                  coalesce(b.merchant_id, 0) as merchant_id,
                  (select count(*) from campaigns_coupon c where c.batch_id = b.id and c.claimant_id = %(member)s) as had
             from campaigns_couponbatch b left join merchants_merchant m on m.id = b.merchant_id
            where b.is_public and b.claim_code = '' and b.stopped_at is null and b.starts_at <= %(at)s
              and (b.ends_at is null or b.ends_at > %(at)s) and b.issued_count < b.quantity
              and (%(all)s or b.merchant_id is null or b.merchant_id = any(%(merchants)s::bigint[]))
            order by b.merchant_id nulls first, b.face_fen desc, b.id limit %(limit)s""",
        {
            "member": member_id,
            "at": at,
            "all": merchant_ids is None,
            "merchants": list(merchant_ids or ()),
            "limit": limit,
        },
    )


def coupons_of(
    member_id: int, *, state: str = "unused", at: datetime, limit: int = 60
) -> list[dict[str, Any]]:
    """A member's coupons in a state (unused includes held; expired includes void), those that end first at the head."""
    states = {"unused": ["unused", "held"], "used": ["used"], "expired": ["expired", "void"]}.get(
        state, ["unused"]
    )
    return sql.dicts(
        """select c.id, c.code, c.state, c.face_fen, c.owed_fen, c.expires_at, c.used_at, b.id as batch_id, b.name, b.kind, b.percent_bp,
                  b.cap_fen, b.step_fen, b.min_spend_fen, b.scope->>'kind' as scope_kind, b.is_giftable and c.owed_fen = 0 as is_giftable,
                  coalesce(m.name, '') as merchant_name, coalesce(b.merchant_id, 0) as merchant_id,
                  c.expires_at <= %(soon)s as ends_soon
             from campaigns_coupon c join campaigns_couponbatch b on b.id = c.batch_id left join merchants_merchant m on m.id = b.merchant_id
            where c.member_id = %(member)s and c.state = any(%(states)s::text[])
            order by case when %(is_open)s then c.expires_at end, c.id desc limit %(limit)s""",
        {
            "member": member_id,
            "states": states,
            "soon": at + timedelta(days=2),
            "is_open": state == "unused",
            "limit": limit,
        },
    )
