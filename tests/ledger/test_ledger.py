"""The ledger: balanced, once for a key, append-only by grant and trigger."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from linli.core import clock, sql
from linli.core.invariants import run_checks
from linli.ledger.models import Posting, Transaction
from linli.ledger.operations import KeyConflict, Unbalanced, post, sum_days
from linli.ledger.queries import owed_fen, statement, total_fen
from linli.ledger.types import PLATFORM, Code, Entry, Leg, Outcome

pytestmark = [pytest.mark.django_db, pytest.mark.capability("G1")]


def entry(key: str, fen: int, at: datetime, owner: int = 7) -> Entry:
    return Entry(
        key,
        "test",
        "ref",
        (Leg(Code.gateway, PLATFORM, fen), Leg(Code.merchant_available, owner, -fen)),
        at,
    )


@pytest.mark.usefixtures("holds")
def test_posting_moves_balances_and_shows_in_the_statement(at: datetime) -> None:
    assert (
        post([entry("a", 500, at), entry("b", 300, at, owner=8), entry("c", -100, at)])
        == [Outcome.posted] * 3
    )
    assert owed_fen(Code.merchant_available, [7, 8, 9]) == {7: 400, 8: 300, 9: 0}
    assert total_fen([Code.gateway]) == 700
    assert [line["fen"] for line in statement(Code.merchant_available, 7)] == [-100, 500]


@pytest.mark.usefixtures("holds")
def test_totals_are_the_same_summed_half_summed_and_not_summed(at: datetime) -> None:
    """Also by day of the shop, which begins at 16:00 UTC, and by kind."""
    midnight = clock.shop_midnight(at)
    today = midnight.date()

    def totals() -> list[int]:
        code = [Code.gateway]
        return [
            total_fen(code),
            total_fen(code, since=today),
            total_fen(code, until=today - timedelta(days=1)),
            total_fen(code, kind="test", since=today - timedelta(days=1), until=today),
            total_fen(code, kind="other"),
            total_fen([Code.gateway, Code.bank]),
        ]

    post([entry("a", 500, midnight), entry("b", 30, midnight - timedelta(seconds=1))])
    before = totals()
    assert before == [530, 500, 30, 530, 0, 530]
    assert sum_days() == 0, "what is younger than an hour may have neighbours that have not committed"
    assert (sum_days(settled=timedelta()), totals()) == (2, before)
    assert sum_days(settled=timedelta()) == 0, "once"
    post([entry("c", 7, midnight), entry("d", -2, midnight - timedelta(days=3))])
    half = totals()
    assert half == [535, 507, 28, 537, 0, 535]
    assert (sum_days(settled=timedelta()), totals()) == (2, half)


def test_verify_finds_a_day_sum_that_was_tampered_with(at: datetime) -> None:
    post([entry("a", 500, at)])
    sum_days(settled=timedelta())
    sql.rows("update ledger_daysum set amount_fen = amount_fen + 1")
    assert [check.name for check, places in run_checks() if places] == ["ledger.day_sums_equal_postings"]


@pytest.mark.usefixtures("holds")
def test_a_key_posts_once_even_within_a_batch(at: datetime) -> None:
    assert post([entry("a", 500, at), entry("a", 500, at)]) == [Outcome.posted, Outcome.repeated]
    assert post([entry("a", 500, at)]) == [Outcome.repeated]
    assert Posting.objects.count() == 2


@pytest.mark.usefixtures("holds")
def test_a_key_with_other_content_is_a_conflict_and_nothing_is_posted(at: datetime) -> None:
    post([entry("a", 500, at)])
    with pytest.raises(KeyConflict):
        post([entry("b", 1, at), entry("a", 501, at)])
    assert list(Transaction.objects.values_list("key", flat=True)) == ["a"]


def test_an_unbalanced_entry_is_refused(at: datetime) -> None:
    with pytest.raises(Unbalanced):
        post([Entry("x", "test", "ref", (Leg(Code.gateway, PLATFORM, 1),), at)])
    assert Transaction.objects.count() == 0


@pytest.mark.parametrize(
    "statement_text",
    [
        "update ledger_posting set amount_fen = 1",
        "delete from ledger_posting",
        "truncate ledger_posting",
        "delete from ledger_transaction",
    ],
)
def test_nothing_can_be_changed_afterwards(at: datetime, statement_text: str) -> None:
    post([entry("a", 500, at)])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement_text)
    assert Posting.objects.count() == 2


def test_the_database_itself_refuses_postings_that_do_not_sum_to_zero(at: datetime) -> None:
    post([entry("a", 500, at)])
    account = sql.rows("select id from ledger_account limit 1")[0].id
    with pytest.raises(DatabaseError, match="sum to zero"), transaction.atomic():
        Posting.objects.create(transaction_id=1, account_id=account, amount_fen=5)


def test_verify_finds_a_balance_that_was_tampered_with(at: datetime) -> None:
    post([entry("a", 500, at)])
    sql.rows("update ledger_balance set balance_fen = balance_fen + 1")
    failing = {check.name: places for check, places in run_checks() if places}
    assert failing == {
        "ledger.balances_equal_postings": ["merchant_available of 7: balance -499 fen, postings -500 fen"]
    }


def test_verify_finds_a_missing_guard(at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("alter table ledger_posting disable trigger ledger_posting_zero_sum")
    failing = {check.name: places for check, places in run_checks() if places}
    assert failing == {"ledger.ledger_is_guarded": ["trigger ledger_posting_zero_sum is missing or disabled"]}
