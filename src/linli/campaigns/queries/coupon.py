"""The coupons that baskets bring, and those of a member."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from linli.campaigns.types import Refusal, Voucher
from linli.core import sql

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
