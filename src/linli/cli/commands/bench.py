"""linli bench orders: the real HTTP API of a server it starts, and in the same run the floor of plain SQL on the same database."""

import argparse
import json
import os
import sys
from dataclasses import asdict

import django

from linli.cli.bench import floor
from linli.cli.bench.load import measure
from linli.cli.bench.shop import Shop, make_shop
from linli.cli.commands.migrate import migrate
from linli.cli.processes import Supervisor, free_port, platform_processes, wait_until_ready

MEMBERS_PER_CLIENT = 4


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to measure and how."""
    parser.add_argument("what", choices=["orders"])
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--hot", action="store_true", help="everybody orders the same sku")
    parser.add_argument(
        "--group-buy", action="store_true", help="a crowd of 10 people for every seat of one group buy"
    )
    parser.add_argument("--seats", type=int, default=1000, help="with --group-buy: the seats there are")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    """Print orders per second, p50, p99 and the ratio to the floor, for place and whole."""
    port = free_port("127.0.0.1", 18000)
    sandbox_port = free_port("127.0.0.1", port + 1)
    url = f"http://127.0.0.1:{port}"
    os.environ["LINLI_PUBLIC_URL"], os.environ["LINLI_SANDBOX_URL"] = url, f"http://127.0.0.1:{sandbox_port}"
    django.setup()
    migrate()
    supervisor = Supervisor(
        platform_processes(host="127.0.0.1", port=port, workers=options.workers, sandbox_port=sandbox_port)
    )
    return _group_buy(options, port, supervisor) if options.group_buy else _orders(options, port, supervisor)


def _orders(options: argparse.Namespace, port: int, supervisor: Supervisor) -> int:
    from linli.core.invariants import run_checks  # inline: needs Django's apps

    _say("making a shop: 1000 skus, members with tokens")
    shop = make_shop(members=options.clients * MEMBERS_PER_CLIENT)
    supervisor.start()
    try:
        wait_until_ready(f"http://127.0.0.1:{port}")
        _say("place")
        place = measure(port=port, shop=shop, seconds=options.seconds, hot=options.hot, whole=False)
        _say("whole")
        whole = measure(port=port, shop=shop, seconds=options.seconds, hot=options.hot, whole=True)
    finally:
        supervisor.stop()
    _say("floor")
    floors = {
        kind: floor.measure(
            clients=options.clients, seconds=options.seconds, hot=options.hot, whole=kind == "whole"
        )
        for kind in ("place", "whole")
    }
    failing = [check.name for check, places in run_checks() if places]
    result = {
        "clients": options.clients,
        "place": {**asdict(place), "ratio": round(place.orders_per_second / floors["place"], 3)},
        "whole": {**asdict(whole), "ratio": round(whole.orders_per_second / floors["whole"], 3)},
        "floor": {kind: round(value) for kind, value in floors.items()},
        "hot": options.hot,
        "oversold": _oversold(shop),
        "verify": ", ".join(failing) or "clean",
    }
    _print(result, options.json)
    return 0 if not failing and not result["oversold"] else 1


def _group_buy(options: argparse.Namespace, port: int, supervisor: Supervisor) -> int:
    """Ten people for every seat: exactly the seats are taken, no group is over its size."""
    from linli.cli.bench.crowd import crowd, make_group_buy  # inline: needs Django's apps
    from linli.core.invariants import run_checks

    _say(f"making a shop: {options.seats * 10} members for {options.seats} seats")
    shop = make_shop(members=options.seats * 10)
    campaign = make_group_buy(shop, seats=options.seats)
    supervisor.start()
    try:
        wait_until_ready(f"http://127.0.0.1:{port}")
        _say("the crowd comes")
        came = crowd(port=port, shop=shop, campaign=campaign, clients=options.clients)
    finally:
        supervisor.stop()
    _say("floor")
    least = floor.measure(clients=options.clients, seconds=options.seconds, hot=True, whole=False)
    failing = [check.name for check, places in run_checks() if places]
    ratio = round(came.people_per_second / least, 3)
    result = {
        "clients": options.clients,
        "group_buy": {**asdict(came), "ratio": ratio},
        "floor": {"place": round(least)},
        "verify": ", ".join(failing) or "clean",
    }
    if options.json:
        print(json.dumps(result))
    else:
        print(
            f"{came.people} people for {options.seats} seats, {options.clients} at a time: {came.seated} seated, {came.refused} refused"
            f"\n  {came.people_per_second:.0f} people/s   p50 {came.p50_ms:.1f} ms   p99 {came.p99_ms:.1f} ms   {ratio:.2f} of the hot row"
            f" ({least:.0f}/s)\n  seats taken {came.seats_taken}   groups over their size {came.over}   verify {result['verify']}"
        )
    return 0 if not failing and not came.over and came.seats_taken == came.seated == options.seats else 1


def _oversold(shop: Shop) -> int:
    """Units promised beyond what there was, counted from the order lines themselves."""
    from linli.core import sql  # inline: needs Django's apps

    return sql.rows(
        """select coalesce(sum(greatest(l.units - %s, 0)), 0)::bigint as units from (
             select sku_id, sum(quantity) as units from trade_orderline l join trade_order o on o.id = l.order_id
              where o.state <> 'cancelled' and sku_id = any(%s::bigint[]) group by sku_id) l""",
        (shop.stock, shop.skus),
    )[0].units


def _print(result: dict, as_json: bool) -> None:
    if as_json:
        print(json.dumps(result))
        return
    where = "one hot sku" if result["hot"] else "1000 skus"
    print(f"{result['clients']} clients, {where}")
    for kind in ("place", "whole"):
        row = result[kind]
        print(
            f"  {kind:5} {row['orders_per_second']:8.0f} orders/s   p50 {row['p50_ms']:6.1f} ms   p99 {row['p99_ms']:6.1f} ms"
            f"   {row['ratio']:.2f} of the floor ({result['floor'][kind]}/s)"
        )
    print(f"  oversold {result['oversold']}   verify {result['verify']}")


def _say(text: str) -> None:
    print(text, file=sys.stderr)
