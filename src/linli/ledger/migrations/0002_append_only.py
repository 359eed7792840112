from django.db import migrations

FORWARD = """
create function ledger_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is append-only: % on % is refused', tg_op, tg_table_name using errcode = 'restrict_violation';
end $$;

create trigger ledger_posting_append_only before update or delete or truncate on ledger_posting
  for each statement execute function ledger_refuse_change();
create trigger ledger_transaction_append_only before update or delete or truncate on ledger_transaction
  for each statement execute function ledger_refuse_change();

create function ledger_zero_sum() returns trigger language plpgsql as $$
declare broken bigint;
begin
  select transaction_id into broken from written group by transaction_id having sum(amount_fen) <> 0 limit 1;
  if found then
    raise exception 'ledger transaction % does not sum to zero', broken using errcode = 'check_violation';
  end if;
  return null;
end $$;

-- All legs of a transaction are written by one statement, so the sum is checked once for each statement, not for each row.
create trigger ledger_posting_zero_sum after insert on ledger_posting
  referencing new table as written for each statement execute function ledger_zero_sum();

revoke update, delete, truncate on ledger_posting, ledger_transaction from current_user, public;
"""

BACKWARD = """
grant update, delete, truncate on ledger_posting, ledger_transaction to current_user;
drop trigger ledger_posting_zero_sum on ledger_posting;
drop trigger ledger_transaction_append_only on ledger_transaction;
drop trigger ledger_posting_append_only on ledger_posting;
drop function ledger_zero_sum();
drop function ledger_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
