"""Logs begin anew before they fill the disk, and whoever writes goes on."""

from pathlib import Path

from linli.cli.processes import cut_log


def test_a_long_log_begins_anew_and_its_writer_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"a" * 100)
        cut_log(log, most=100)
        assert log.stat().st_size == 100, "not yet too long"
        writer.write(b"b")
        cut_log(log, most=100)
        writer.write(b"c")
    assert log.read_bytes() == b"c"
    assert (tmp_path / "web.log.1").read_bytes() == b"a" * 100 + b"b"
    cut_log(tmp_path / "none.log")
