"""linli plan check | prove | simulate: judge a commission plan before it lives (docs/plans.md)."""

import argparse
import csv
import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from linli.cli.input import BadInput
from linli.distribution.queries.plan import preset, presets
from linli.distribution.rules import check, prove
from linli.distribution.rules.document import BadPlan, floats_in, parse, read_plan
from linli.distribution.rules.plan import Engine
from linli.distribution.rules.simulate import PAYOUT_COLUMNS, BadHistory, Simulation

NEEDS_DATABASE = False


def arguments(parser: argparse.ArgumentParser) -> None:
    """check, prove, simulate."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    checking = actions.add_parser(
        "check", help="hold the document against the rules of a jurisdiction; exit 1 on a BLOCK"
    )
    checking.add_argument("--data", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    checking.add_argument("plan", help="a preset's name or a JSON file")
    checking.add_argument("--profile", default="CN", choices=check.PROFILES)
    checking.add_argument("--json", action="store_true")
    proving = actions.add_parser(
        "prove", help="try every small tree; exit 1 with the smallest counter-example"
    )
    proving.add_argument("--data", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    proving.add_argument("plan", help="a preset's name or a JSON file")
    proving.add_argument(
        "--owners", type=int, default=6, help="trees of up to so many owners (1-7, default 6)"
    )
    proving.add_argument("--json", action="store_true")
    simulating = actions.add_parser("simulate", help="replay a history under the plan")
    simulating.add_argument("--data", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    simulating.add_argument("plan", help="a preset's name or a JSON file")
    simulating.add_argument("--events", required=True, help="events.csv")
    simulating.add_argument(
        "--out", required=True, help="payouts.csv, written when the whole history could be"
    )
    simulating.add_argument("--summary", action="store_true", help="print totals as JSON")


def run(options: argparse.Namespace) -> int:
    """Judge. Raises BadInput for a document that is no plan or a history that cannot be."""
    return {"check": _check, "prove": _prove, "simulate": _simulate}[options.action](options)


def _document(name: str) -> Any:
    if name in presets():
        return preset(name)
    try:
        return parse(Path(name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput(f"there is no preset or file “{name}”; presets: {', '.join(presets())}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{name} cannot be read: {error}") from None
    except BadPlan as error:
        raise BadInput(f"{name} is not JSON: {error.faults[0].message}") from None


def _engine(document: Any) -> Engine:
    try:
        return Engine(read_plan(document))
    except BadPlan as error:
        lines = "\n".join(f"  {fault.path}: {fault.message}" for fault in error.faults)
        raise BadInput(f"this document is no plan:\n{lines}") from None


def _check(options: argparse.Namespace) -> int:
    document, at = _document(options.plan), datetime.now(UTC)
    floats = floats_in(document)
    findings = check.float_findings(floats) if floats else check.findings(
        _engine(document), profile=options.profile, at=at
    )  # fmt: skip
    name = str(document.get("id", options.plan)) if isinstance(document, dict) else options.plan
    if options.json:
        rows = [finding.as_dict() for finding in findings]
        print(json.dumps({"plan": name, "profile": options.profile, "findings": rows}, ensure_ascii=False))
    else:
        for finding in findings:
            print(
                f"{finding.severity:5} {finding.id:12} {finding.path}\n      {finding.message}\n      {finding.message_en}"
            )
        print(f"{name}, {options.profile}: " + (f"{len(findings)} findings" if findings else "nothing found"))
    return 1 if any(finding.severity == "BLOCK" for finding in findings) else 0


def _prove(options: argparse.Namespace) -> int:
    if not 1 <= options.owners <= prove.MOST_OWNERS:
        raise BadInput(f"--owners: from 1 to {prove.MOST_OWNERS}")
    engine = _engine(_document(options.plan))
    proof = prove.prove(engine, owners=options.owners, progress=_bar)
    if options.json:
        print(json.dumps(proof.as_dict(), ensure_ascii=False))
    else:
        print(proof.as_text())
    return 0 if proof.holds else 1


def _bar(percent: int) -> None:
    if not sys.stderr.isatty():
        return
    done = 30 * percent // 100
    end = "\n" if percent >= 100 else ""
    print(f"\rproving [{'#' * done}{'.' * (30 - done)}] {percent:3}%", end=end, file=sys.stderr, flush=True)


def _simulate(options: argparse.Namespace) -> int:
    simulation = Simulation(_engine(_document(options.plan)))
    out = _target(options.out, options.events)
    partial = out.with_name(f"{out.name}.{os.getpid()}.partial")
    began = time.monotonic()
    try:
        with partial.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(PAYOUT_COLUMNS)
            writer.writerows(simulation.run(_rows(options.events)))
        partial.replace(out)
    except BadHistory as error:
        raise BadInput(f"{options.events}: {error}; nothing was written") from None
    except OSError as error:
        raise BadInput(f"{error.filename}: {error.strerror}; nothing was written") from None
    finally:
        partial.unlink(missing_ok=True)
    seconds = time.monotonic() - began
    print(f"{simulation.event_count:,} events in {seconds:.1f} s, written to {out}", file=sys.stderr)
    if options.summary:
        print(json.dumps(_summary(simulation), ensure_ascii=False))
    return 0


def _target(out: str, events: str) -> Path:
    """The file to write; never the history itself, nor anything but a file. Raises BadInput."""
    target = Path(out).resolve()
    if target.exists() and not target.is_file():
        raise BadInput(f"--out: {out} is not a file")
    if target.exists() and Path(events).exists() and target.samefile(events):
        raise BadInput("--out and --events are the same file; nothing was written")
    return target


def _summary(simulation: Simulation) -> dict[str, Any]:
    return {
        "plan": simulation.engine.plan.id,
        "events": simulation.event_count,
        "owners": len(simulation.owners),
        "orders": len(simulation.orders.numbers),
        "fen": {kind.value: fen for kind, fen in simulation.totals.items()},
    }


def _rows(path: str) -> Iterator[list[str]]:
    """The rows of a CSV file; empty lines are no rows. Raises BadInput."""
    try:
        with Path(path).open(newline="", encoding="utf-8-sig") as file:
            yield from (row for row in csv.reader(file) if row)
    except UnicodeDecodeError:
        raise BadInput(f"{path} is not UTF-8; nothing was written") from None
    except csv.Error as error:
        raise BadInput(f"{path}: {error}; nothing was written") from None
