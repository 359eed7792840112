"""linli verify: every invariant, recomputed."""

import argparse
import json
import sys

import django


def arguments(parser: argparse.ArgumentParser) -> None:
    """--json prints one object."""
    parser.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    """Exit 0 when all hold, 1 when one fails; says which and where."""
    django.setup()
    from linli.core.invariants import run_checks  # inline: needs Django's apps

    results = run_checks()
    ok = not any(places for _, places in results)
    if options.json:
        checks = [
            {"name": check.name, "ok": not places, "detail": "; ".join(places)} for check, places in results
        ]
        print(json.dumps({"ok": ok, "checks": checks}, ensure_ascii=False))
        return 0 if ok else 1
    for check, places in results:
        print(
            f"{'ok  ' if not places else 'FAIL'} {check.name}: {(check.find.__doc__ or '').strip().splitlines()[0]}"
        )
        for place in places:
            print(f"       {place}")
    print("clean" if ok else "NOT clean", file=sys.stderr)
    return 0 if ok else 1
