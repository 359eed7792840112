"""A backup is the whole site: restored elsewhere, its pictures are there and its events go on. Nothing is emptied unasked."""

import json
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from linli.cli.site_archive import BadArchive, check
from processes.server import Server
from processes.test_processes import SHOP, clean, order, wait_for

pytestmark = [pytest.mark.processes, pytest.mark.capability("G6")]
# A shop that has lived: its transaction ids are far beyond those of a PostgreSQL that was just made.
AGE = "do $$ begin for i in 1..4000 loop perform pg_current_xact_id(); commit; end loop; end $$"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, dict[str, Any], Path]]:
    """A site with a picture, a recording that waits, a paid order, and its backup."""
    server = Server(tmp_path_factory.mktemp("site"))
    server.start("sandbox", "web", "worker")
    shop = json.loads(server.python(SHOP))
    for name, content in (("media/0123456789abcdef01234567.webp", b"picture"), ("uploads/raw", b"\0\xff")):
        (server.data / name).parent.mkdir(exist_ok=True)
        (server.data / name).write_bytes(content)
    server.python(f"from linli.core import sql\nsql.rows({AGE!r})")
    pay_one(server, shop)
    file = tmp_path_factory.mktemp("backup") / "shop.linli"
    done = server.linli("backup", str(file))
    assert done.returncode == 0, done.stderr
    try:
        yield server, shop, file
    finally:
        server.stop()


def pay_one(server: Server, shop: dict[str, Any]) -> None:
    token = shop["tokens"][0]
    status, made = server.ask("/api/v1/orders", order(shop, shop["skus"][1]), token=token)
    assert status == 201, made
    server.ask(f"/sandbox/charges/{made['charge']['charge_no']}/pay", {"outcome": "success"})
    assert wait_for(server, made["order_no"], token, "paid")


def test_a_restored_site_has_its_pictures_and_its_events_go_on(
    site: tuple[Server, dict[str, Any], Path], tmp_path: Path
) -> None:
    _, shop, file = site
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file], "nothing is left beside it"
    other = Server(tmp_path / "other", migrated=False)
    try:
        whole = other.linli("restore", str(file), "--check")
        assert (whole.returncode, whole.stdout.split(":")[0]) == (0, "whole")
        done = other.linli("restore", str(file))
        assert done.returncode == 0, done.stderr
        assert (other.data / "media/0123456789abcdef01234567.webp").read_bytes() == b"picture"
        assert (other.data / "uploads/raw").read_bytes() == b"\0\xff"
        clean(other)
        other.start("sandbox", "web", "worker")
        pay_one(other, shop)
        clean(other)
        again = other.linli("restore", str(file))
        assert (again.returncode, "not empty" in again.stderr) == (2, True)
        pay_one(other, shop)
    finally:
        other.stop()


def test_a_copy_that_nobody_adopted_is_seen_and_adopted_by_migrate(
    site: tuple[Server, dict[str, Any], Path], tmp_path: Path
) -> None:
    """As pg_restore by hand leaves it: verify says so, and whatever starts next mends it."""
    _, shop, file = site
    other = Server(tmp_path / "by hand", migrated=False)
    try:
        with tarfile.open(file) as tar:
            tar.extract("database.dump", tmp_path, filter="data")
        other.pg_restore(tmp_path / "database.dump")
        told = other.linli("verify")
        assert (told.returncode, "FAIL core.events_are_heard" in told.stdout) == (1, True)
        assert "numbered anew" in other.linli("migrate").stderr
        assert other.linli("migrate").stderr == "", "once"
        clean(other)
        other.start("sandbox", "web", "worker")
        pay_one(other, shop)
        clean(other)
    finally:
        other.stop()


@pytest.mark.parametrize("harm", ["cut", "changed", "more", "outside", "text"])
def test_a_harmed_backup_is_refused_before_anything_is_written(
    site: tuple[Server, dict[str, Any], Path], tmp_path: Path, harm: str
) -> None:
    content = site[2].read_bytes()
    bad = tmp_path / "bad.linli"
    bad.write_bytes(content)
    if harm == "cut":
        bad.write_bytes(content[: len(content) // 2])
    elif harm == "changed":
        bad.write_bytes(content.replace(b"picture", b"pictuRE"))
    elif harm == "text":
        bad.write_text("a shopping list")
    else:
        (tmp_path / "x").write_text("x")
        with tarfile.open(bad, "a") as tar:
            tar.add(tmp_path / "x", "media/x" if harm == "more" else "../x")
    with pytest.raises(BadArchive):
        check(bad)


def test_a_demo_never_empties_what_it_did_not_begin(
    site: tuple[Server, dict[str, Any], Path], tmp_path: Path
) -> None:
    """Neither a site nor a filled town whose list of people is missing."""
    _, _, file = site
    other = Server(tmp_path / "town", migrated=False)
    try:
        assert other.linli("restore", str(file)).returncode == 0
        members = other.rows("select count(*) from members_member")
        for mark in (
            "",
            "insert into core_datedvalue (key, value, active_from) values ('demo_town', 2, now())",
        ):
            if mark:
                other.python(f"from linli.core import sql\nsql.rows({mark!r})")
            done = other.linli("demo", "--no-browser", "--port", str(other.port))
            assert done.returncode == 2, done.stderr
            assert "folder of its own" in done.stderr
            assert other.rows("select count(*) from members_member") == members
    finally:
        other.stop()
