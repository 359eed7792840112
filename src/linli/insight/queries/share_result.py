"""What share links brought: orders that came by them, and what of them was kept."""

from collections.abc import Iterable
from dataclasses import dataclass

from linli.core import sql


@dataclass(frozen=True)
class ShareResult:
    """Of one share link: opened how often, orders that became sales, goods and freight kept of them in fen."""

    clicks: int = 0
    orders: int = 0
    kept_fen: int = 0


def share_results(codes: Iterable[str]) -> dict[str, ShareResult]:
    """The result of each share code, in one statement; a code that nothing came by is there with zeros."""
    wanted = sorted({code for code in codes if code})
    rows = sql.rows(
        """select l.code, l.click_count::int as clicks, count(o.id)::int as orders,
                  coalesce(sum(o.total_fen - o.refunded_fen), 0)::bigint as kept_fen
             from distribution_sharelink l left join trade_order o on o.share_code = l.code and o.share_code <> '' and o.paid_at is not null
            where l.code = any(%s::text[]) group by l.id""",
        (wanted,),
    )
    found = {row.code: ShareResult(row.clicks, row.orders, row.kept_fen) for row in rows}
    return {code: found.get(code, ShareResult()) for code in wanted}
