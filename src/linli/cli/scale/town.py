"""The demo town many times over: every row of what people do is copied in the database with ids and numbers of its own, so that
`verify` holds on it. Merchants, categories and plans are not copied, and neither is the first owner: each merchant has all
copies' orders, and one owner has lines in all of them.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from django.apps import apps
from django.db import connection, models, transaction

from linli.core import clock, sql
from linli.distribution.models import Owner
from linli.insight.operations.keep import keep_days, rank_owners
from linli.ledger.operations import sum_days
from linli.ledger.types import LIVE

STEP = 10_000_000  # between the ids of two copies; no id of a demo town reaches it
KEPT_APPS = {"core", "procrastinate", "merchants", "admin", "auth", "contenttypes", "sessions", "channels"}
KEPT = {
    "ledger_balance", "ledger_daysum", "ledger_summed", "members_rolegrant", "members_phonecode", "members_apitoken", "members_device",
    "payments_reconciliation", "payments_difference", "catalog_category", "community_course", "community_playbook", "community_playbookstep",
    "community_word", "distribution_plan", "campaigns_quizquestion", }  # fmt: skip
MEMBERS = "members_member"
# What columns without a foreign key mean. Who decided or made something stays who it was.
MEANT = {
    "owner_id": MEMBERS, "seller_id": MEMBERS, "beneficiary_id": MEMBERS, "buyer_id": MEMBERS, "author_id": MEMBERS,
    "claimant_id": MEMBERS, "product_id": "catalog_product", "order_line_id": "trade_orderline",
}  # fmt: skip
NUMBERS = {
    "order_no", "checkout_no", "charge_no", "refund_no", "payout_no", "withdrawal_no", "aftersale_no", "fee_no", "gateway_no", "reference",
    "key", "phone", "notice_id", "idempotency_key", "purpose",
}  # fmt: skip
CODES = {"code", "share_code", "shop_code", "help_code", "invitation_code", "number"}


def multiply(times: int, say: Callable[[str], None]) -> None:
    """Make the town of this database so many times as large, in one transaction."""
    first = Owner.objects.order_by("pk").values_list("pk", flat=True)[0]
    with transaction.atomic():
        sql.rows("set local lock_timeout = 0")
        for model in apps.get_models(include_auto_created=True):
            if model._meta.app_label not in KEPT_APPS and model._meta.db_table not in KEPT:
                say(f"  {model._meta.db_table}")
                _copy(model, times, first)
        _reckon_balances()
    for model in apps.get_models(include_auto_created=True):
        if isinstance(model._meta.pk, models.AutoField):
            _go_on_after(model)
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
    # As the worker would have, long ago.
    sum_days(settled=timedelta())
    keep_days(at=clock.now())
    rank_owners(at=clock.now())


def _copy(model: type[models.Model], times: int, first: int) -> None:
    fields = [field for field in model._meta.concrete_fields if not getattr(field, "generated", False)]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(_value(field) for field in fields)
    statement = (
        f"insert into {model._meta.db_table} ({columns}) select {values} from {model._meta.db_table} t, generate_series(1, %(last)s) k"
        f" where {_copied(model)} on conflict do nothing"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {"last": times - 1, "first": first, "step": STEP})


# Accounts of the platform, of merchants and of the first owner are those of all copies.
_SHARED = "({a}.owner_id in (0, %(first)s) or {a}.code in ('merchant_pending', 'merchant_available'))"
# What stands for itself: the account that a posting is on, and the lines that a parcel holds.
_OWN = {
    ("ledger_account", "owner_id"): "t.owner_id + k * %(step)s",
    ("ledger_account", "code"): "t.code",
    ("core_findable", "key"): "t.key + k * %(step)s",
    (
        "ledger_posting",
        "account_id",
    ): "t.account_id + case when exists (select 1 from ledger_account a where a.id = t.account_id and "
    + _SHARED.format(a="a")
    + ") then 0 else k * %(step)s end",
    (
        "fulfilment_shipment",
        "lines",
    ): "(select jsonb_agg(one || jsonb_build_object('order_line_id', (one->>'order_line_id')::bigint"
    " + k * %(step)s)) from jsonb_array_elements(t.lines) one)",
}


def _copied(model: type[models.Model]) -> str:
    """Which rows are copied: not the accounts that all copies share, nor what is one to one with the first owner."""
    table, key = model._meta.db_table, model._meta.pk
    if table == "ledger_account":
        return f"not {_SHARED.format(a='t')}"
    is_person = table == MEMBERS or _meant(key) == MEMBERS
    return f't."{key.column}" <> %(first)s' if is_person else "true"


def _value(field: "models.Field[Any, Any]") -> str:
    """The copy's value of a column: an id of its own, the copy of what it names, a number that nobody else has, or the same."""
    column, table = f't."{field.column}"', _meant(field)
    if own := _OWN.get((field.model._meta.db_table, str(field.column))):
        return own
    if table == MEMBERS:
        return f"case when {column} in (0, %(first)s) then {column} else {column} + k * %(step)s end"
    if table:
        return f"{column} + k * %(step)s"
    if not isinstance(field, models.CharField | models.TextField):
        return column
    if field.column in CODES:
        return f"case when {column} = '' then '' else upper(left(md5({column} || '-' || k), 10)) end"
    return _number(column) if field.column in NUMBERS else column


def _number(column: str) -> str:
    """A text that ends in an id (owner:17, S4) gets the copy's id, another the copy's number at its end, an empty one stays empty."""
    return (
        f"case when {column} in ('', 'owner:' || %(first)s, 'member:' || %(first)s) then {column}"
        f" when {column} ~ '(:|^S)[0-9]{{1,7}}$' then regexp_replace({column}, '[0-9]+$', '')"
        f" || (substring({column} from '[0-9]+$')::bigint + k * %(step)s) else {column} || '-' || k end"
    )


def _meant(field: "models.Field[Any, Any]") -> str:
    """The copied table whose row a column names; empty for none."""
    if field.remote_field:
        target = cast(type[models.Model], field.remote_field.model)
        while target._meta.pk.remote_field:  # an owner is a member
            target = cast(type[models.Model], target._meta.pk.remote_field.model)
        table = target._meta.db_table
    elif field.primary_key and isinstance(field, models.AutoField):
        table = field.model._meta.db_table
    else:
        table = MEANT.get(str(field.column), "")
    model = next((one for one in apps.get_models() if one._meta.db_table == table), None)
    is_kept = model is None or model._meta.app_label in KEPT_APPS or table in KEPT
    return "" if is_kept else table


def _reckon_balances() -> None:
    sql.rows("delete from ledger_balance")
    sql.rows(
        """insert into ledger_balance (account_id, balance_fen)
           select p.account_id, sum(p.amount_fen) from ledger_posting p join ledger_account a on a.id = p.account_id
            where a.code = any(%s) group by 1""",
        (sorted(LIVE),),
    )


def _go_on_after(model: type[models.Model]) -> None:
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(
            f"select setval(pg_get_serial_sequence('{table}', '{column}'), greatest((select max({column}) from {table}), 1))"
        )
