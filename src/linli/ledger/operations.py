"""Posting to the ledger: lists in, two statements whatever the length, an outcome for each entry."""

import json
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from linli.core import sql
from linli.core.codes import digest
from linli.ledger.types import LIVE, Entry, Leg, Outcome

_FIND_OR_OPEN_ACCOUNTS = """
with wanted as (
  select w.code, w.owner_id, a.id from unnest(%(codes)s::text[], %(owners)s::bigint[]) w(code, owner_id)
    left join ledger_account a on a.code = w.code and a.owner_id = w.owner_id and a.currency = 'CNY'),
opened as (
  insert into ledger_account (code, owner_id, currency)
  select code, owner_id, 'CNY' from wanted where id is null order by code, owner_id
  on conflict (code, owner_id, currency) do update set currency = excluded.currency
  returning id, code, owner_id)
select id, code, owner_id from wanted where id is not null union all select id, code, owner_id from opened
"""

# The transactions that are new, their legs, and the live balances they move (rows locked in the order of their account).
_POST = """
with entry as (
  select * from unnest(%(keys)s::text[], %(hashes)s::bytea[], %(kinds)s::text[], %(references)s::text[], %(moments)s::timestamptz[])
    with ordinality e(key, input_hash, kind, reference, effective_at, n)),
posted as (
  insert into ledger_transaction (key, input_hash, kind, reference, effective_at, created_at)
  select key, input_hash, kind, reference, effective_at, clock_timestamp() from entry order by n
  on conflict (key) do nothing
  returning id, key),
leg as (
  select posted.id as transaction_id, l.account_id, l.amount_fen, l.live
    from unnest(%(leg_keys)s::text[], %(leg_accounts)s::bigint[], %(leg_amounts)s::bigint[], %(leg_live)s::boolean[])
         with ordinality l(key, account_id, amount_fen, live, n)
    join posted using (key) order by l.n),
written as (
  insert into ledger_posting (transaction_id, account_id, amount_fen) select transaction_id, account_id, amount_fen from leg),
moved as (
  insert into ledger_balance as b (account_id, balance_fen)
  select account_id, sum(amount_fen) from leg where live group by account_id order by account_id
  on conflict (account_id) do update set balance_fen = b.balance_fen + excluded.balance_fen)
select key from posted
"""

# Ids are given before their transaction commits, so the newest may still have gaps. No transaction lives an hour: settings.py
# ends statements and idle transactions long before.
_SUM_DAYS = """
with summed as (select posting_id from ledger_summed for update),
upto as (
  select max(p.id) as id from ledger_posting p where p.transaction_id = (
    select max(t.id) from ledger_transaction t
     where t.created_at < clock_timestamp() - %(settled)s::interval
       and t.id > coalesce((select transaction_id from ledger_posting where id = (select posting_id from summed)), 0))),
added as (
  insert into ledger_daysum as d (account_id, kind, day, amount_fen)
  select p.account_id, t.kind, (t.effective_at at time zone 'Asia/Shanghai')::date, sum(p.amount_fen)
    from summed, upto, ledger_posting p join ledger_account a on a.id = p.account_id
    join ledger_transaction t on t.id = p.transaction_id
   where p.id > summed.posting_id and p.id <= upto.id and not (a.code = any(%(live)s))
   group by 1, 2, 3 order by 1, 2, 3
  on conflict (account_id, kind, day) do update set amount_fen = d.amount_fen + excluded.amount_fen
  returning 1)
update ledger_summed s set posting_id = upto.id from upto where upto.id > s.posting_id
returning (select count(*) from added) as sums
"""


class Unbalanced(ValueError):
    """The legs of an entry do not sum to zero."""


class KeyConflict(Exception):
    """The key was used before for an entry with other content."""


def post(entries: Sequence[Entry]) -> list[Outcome]:
    """Post balanced entries, each once for its key.

    Zero legs are left out. Raises Unbalanced, or KeyConflict when a key returns with other content; nothing is posted then.
    """
    if not entries:
        return []
    for entry in entries:
        if sum(leg.amount_fen for leg in entry.legs):
            raise Unbalanced(f"{entry.key}: {entry.legs}")
    firsts = _first_of_each_key(entries)
    legs = [(entry.key, leg) for entry in firsts for leg in entry.legs if leg.amount_fen]
    with transaction.atomic():
        accounts = _accounts([leg for _, leg in legs])
        new = {
            row.key
            for row in sql.rows(
                _POST,
                {
                    "keys": [e.key for e in firsts],
                    "hashes": [_input_hash(e) for e in firsts],
                    "kinds": [e.kind for e in firsts],
                    "references": [e.reference for e in firsts],
                    "moments": [e.at for e in firsts],
                    "leg_keys": [key for key, _ in legs],
                    "leg_accounts": [accounts[leg.code, leg.owner_id] for _, leg in legs],
                    "leg_amounts": [leg.amount_fen for _, leg in legs],
                    "leg_live": [leg.code in LIVE for _, leg in legs],
                },
            )
        }
        return _outcomes(entries, new)


def sum_days(*, settled: timedelta = timedelta(hours=1)) -> int:
    """Add what the platform's own accounts moved to their day sums, but for transactions younger than `settled`, whose
    neighbours may not have committed yet. Returns how many sums changed."""
    changed = sql.rows(_SUM_DAYS, {"settled": settled, "live": sorted(LIVE)})
    return changed[0].sums if changed else 0


def _accounts(legs: Sequence[Leg]) -> dict[tuple[str, int], int]:
    if not legs:
        return {}
    wanted = dict.fromkeys((leg.code, leg.owner_id) for leg in legs)
    parameters = {"codes": [code for code, _ in wanted], "owners": [owner for _, owner in wanted]}
    return {(row.code, row.owner_id): row.id for row in sql.rows(_FIND_OR_OPEN_ACCOUNTS, parameters)}


def _first_of_each_key(entries: Sequence[Entry]) -> list[Entry]:
    firsts: dict[str, Entry] = {}
    for entry in entries:
        firsts.setdefault(entry.key, entry)
    return list(firsts.values())


def _outcomes(entries: Sequence[Entry], new: set[str]) -> list[Outcome]:
    outcomes = []
    stored: dict[str, bytes] = {}
    if len(new) < len(entries):
        keys = [entry.key for entry in entries]
        found = sql.rows("select key, input_hash from ledger_transaction where key = any(%s)", (keys,))
        stored = {row.key: bytes(row.input_hash) for row in found}
    for entry in entries:
        if stored and stored[entry.key] != _input_hash(entry):
            raise KeyConflict(entry.key)
        outcomes.append(Outcome.posted if entry.key in new else Outcome.repeated)
        new.discard(entry.key)
    return outcomes


def _input_hash(entry: Entry) -> bytes:
    """The content that must be the same when a key returns: kind, reference and legs, not the moment of asking."""
    legs = sorted((leg.code, leg.owner_id, leg.amount_fen) for leg in entry.legs if leg.amount_fen)
    return digest(entry.kind, entry.reference, json.dumps(legs))
