"""What each page and job costs: median milliseconds, and rows that the database reads for it, which no machine's speed changes."""

import json
import statistics
import time
from pathlib import Path
from typing import Any, LiteralString

from django.conf import settings
from django.db import transaction
from django.test import Client

from linli.core import clock, sql
from linli.core.jobs import jobs
from linli.members.models import Member
from linli.members.operations.identity import issue_token

TIMES = 15
PAGES = {
    "": ("/", "/search", "/search?q=苹果", "/search?q=新西兰&sort=cheap", "/p/{product}", "/shop/{shop}", "/communities", "/c/{community}", "/posts/{post}",
         "/campaigns", "/coupons", "/near", "/api/v1/products", "/api/v1/products?q=苹果", "/api/v1/campaigns", "/api/v1/communities"),
    "member": ("/", "/p/{product}", "/cart", "/checkout?sku={sku}", "/orders", "/orders/{order}", "/me", "/messages", "/points", "/coupons", "/gifts", "/quiz", "/saved",
               "/communities", "/c/{community}", "/outer", "/school", "/api/v1/me", "/api/v1/me/orders", "/api/v1/orders/{order}"),
    "owner": ("/owner", "/owner/goods", "/owner/shop", "/owner/share", "/owner/income", "/owner/income?state=available", "/owner/team", "/owner/level", "/owner/withdraw",
              "/owner/pack", "/c/{led}/desk", "/c/{led}/desk?tab=members", "/api/v1/owners/me/income", "/api/v1/owners/me/pack"),
    "merchant": ("/merchant", "/merchant/goods", "/merchant/goods?q=苹果", "/merchant/orders", "/merchant/orders?state=all", "/merchant/orders?q=0000", "/merchant/aftersales", "/merchant/campaigns",
                 "/merchant/campaigns/{campaign}", "/merchant/coupons", "/merchant/quiz"),
    "operator": ("/ops", "/ops?days=1", "/ops?days=7", "/ops?days=90", "/ops/money", "/ops/withdrawals", "/ops/risk", "/ops/plans", "/ops/communities", "/ops/moderation", "/ops/profits",
                 "/ops/profits/{community}", "/ops/routing", "/ops/rings", "/ops/campaigns", "/ops/coupons", "/ops/settlements", "/ops/playbooks", "/api/v1/ops/overview?days=30",
                 "/ops/orders", "/ops/orders?state=late", "/ops/orders?state=aftersale", "/ops/orders?state=completed&sort=old", "/ops/orders?sold=7", "/ops/orders?q=0000", "/ops/orders?q=车厘子",
                 "/ops/orders/{order}", "/ops/members", "/ops/members?kind=never", "/ops/members?q=小满", "/ops/members?q=0000", "/ops/owners", "/ops/merchants", "/ops/products",
                 "/ops/products?stock=low", "/ops/audit", "/ops/audit?act=open_shop", "/ops/find?q=小满", "/ops/find?q=0123"),
    "agent": ("/agent", "/agent/profits", "/agent/rings"),
}  # fmt: skip


def measure_pages() -> dict[str, dict[str, float]]:
    """Milliseconds and rows of every page, by "role path"."""
    people = _people()
    names, found = _names(people), {}
    for role, paths in PAGES.items():
        client = _client(people[role]) if role else Client(headers={"host": "127.0.0.1"})
        for path in paths:
            found[f"{role or 'guest'} {path}"] = _measure(client, path.format(**names))
    return found


def measure_jobs() -> dict[str, float]:
    """Seconds of each job, run once."""
    seconds = {}
    for name, job in jobs.items():
        began = time.perf_counter()
        job.run(at=clock.now())
        seconds[name] = round(time.perf_counter() - began, 2)
    return seconds


def _measure(client: Client, path: str) -> dict[str, float]:
    taken, rows = [], 0
    with transaction.atomic():
        client.get(path)  # what the first visit of a day makes (a pack of words to share) is there afterwards
        for _ in range(TIMES):
            before = _rows_read()
            began = time.perf_counter()
            answer = client.get(path)
            taken.append(time.perf_counter() - began)
            rows = _rows_read() - before
            if answer.status_code != 200:
                raise ValueError(f"{path} answers {answer.status_code}")
        transaction.set_rollback(True)
    return {"ms": round(statistics.median(taken) * 1000, 1), "rows": rows}


def _rows_read() -> int:
    """Rows read from tables in the open transaction."""
    return sql.rows(
        "select coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::bigint as count from pg_stat_xact_user_tables"
    )[0].count


def _client(member_id: int) -> Client:
    """A member's browser, and their program: pages look at the session, the API at the token."""
    member = Member.objects.get(pk=member_id)
    token = issue_token(member=member, at=clock.now())
    client = Client(headers={"host": "127.0.0.1", "authorization": f"Bearer {token}"})
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _people() -> dict[str, int]:
    """Whom the demo names for each role; for a member the one with most orders."""
    people = json.loads((Path(settings.ENVIRONMENT.data) / "people.json").read_text())
    busiest = sql.rows(
        "select member_id as id from trade_order where member_id < 1000000 group by 1 order by count(*) desc, 1 limit 1"
    )
    return {one["role"]: one["id"] for one in reversed(people)} | {"member": busiest[0].id}


def _names(people: dict[str, int]) -> dict[str, Any]:
    """Things of the town as it was first filled: the smallest ids."""
    statements: dict[str, LiteralString] = {
        "product": "select min(id) as it from catalog_product",
        "sku": "select min(sku_id) as it from catalog_stock where available_count > 10",
        "shop": "select shop_code as it from distribution_owner where member_id = %(owner)s",
        "community": "select min(id) as it from community_community where type = 'light'",
        "led": "select min(community_id) as it from community_membership where member_id = %(owner)s and role <> 'member'",
        "post": "select min(id) as it from community_post",
        "order": "select order_no as it from trade_order where member_id = %(member)s order by id limit 1",
        "campaign": "select min(c.id) as it from campaigns_campaign c join merchants_staff s using (merchant_id) where s.member_id = %(merchant)s",
    }
    return {name: sql.rows(statement, people)[0].it for name, statement in statements.items()}
