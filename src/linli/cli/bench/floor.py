"""The floor: what this PostgreSQL does with one order per transaction in plain SQL, driven by pgbench with as many clients.

place: conditional stock update, order, line, charge. whole: the five postings too. Tables like ours with their indexes.
"""

import os
import re
import subprocess
import tempfile
from pathlib import Path

import psycopg

from linli.cli.cluster import as_nobody_special, binaries

SKUS = 1000

SCHEMA = """
drop schema if exists floor cascade;
create schema floor;
create table floor.stock (sku_id bigint primary key, available bigint not null check (available >= 0));
insert into floor.stock select n, 1000000000 from generate_series(1, 1000) n;
create table floor.orders (id bigint generated always as identity primary key, order_no text not null unique, member_id bigint not null,
  merchant_id bigint not null, state text not null, total_fen bigint not null, address jsonb, placed_at timestamptz not null);
create index on floor.orders (member_id, id desc);
create table floor.line (id bigint generated always as identity primary key, order_id bigint not null, sku_id bigint not null,
  title text not null, quantity int not null, price_fen bigint not null, total_fen bigint not null);
create index on floor.line (order_id);
create table floor.charge (id bigint generated always as identity primary key, charge_no text not null unique, order_id bigint not null,
  amount_fen bigint not null, state text not null);
create table floor.posting (id bigint generated always as identity primary key, order_id bigint not null, account_id bigint not null, amount_fen bigint not null);
create index on floor.posting (account_id, id);
analyze floor.stock;
"""

PLACE = """\\set sku {sku}
\\set member random(1, 100000)
\\set number random(1, 9000000000000000000)
begin;
update floor.stock set available = available - 1 where sku_id = :sku and available >= 1;
insert into floor.orders (order_no, member_id, merchant_id, state, total_fen, address, placed_at)
  values ('o' || :number, :member, 1, 'pending_payment', 19900, '{{"name": "a", "phone": "13800000000", "region": "330102", "detail": "x"}}', now()) returning id as order_id \\gset
insert into floor.line (order_id, sku_id, title, quantity, price_fen, total_fen) values (:order_id, :sku, 'sample', 1, 19900, 19900);
insert into floor.charge (charge_no, order_id, amount_fen, state) values ('c' || :number, :order_id, 19900, 'open');
"""
POSTINGS = """insert into floor.posting (order_id, account_id, amount_fen) values (:order_id, 1, 19900);
insert into floor.posting (order_id, account_id, amount_fen) values (:order_id, 2, -13532);
insert into floor.posting (order_id, account_id, amount_fen) values (:order_id, 3, -3980);
insert into floor.posting (order_id, account_id, amount_fen) values (:order_id, 4, -995);
insert into floor.posting (order_id, account_id, amount_fen) values (:order_id, 5, -1393);
"""


def measure(*, clients: int, seconds: int, hot: bool, whole: bool) -> float:
    """Orders per second of the floor."""
    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SCHEMA)
    script = (
        PLACE.format(sku="1" if hot else f"random(1, {SKUS})") + (POSTINGS if whole else "") + "commit;\n"
    )
    try:
        return _pgbench(script, url, clients, seconds)
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("drop schema floor cascade")


def _pgbench(script: str, url: str, clients: int, seconds: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "order.sql"
        file.write_text(script)
        command = [
            *as_nobody_special(), str(binaries() / "pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j", "2",
            "-T", str(seconds), "-f", str(file), url,
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(re.search(r"tps = ([0-9.]+)", done.stdout)[1])  # type: ignore[index]
