"""What the launcher promises: nothing of a killed process stays, a dead database comes back, and nobody's data is a demo's."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
import pytest

from linli.cli.cluster import Cluster
from linli.cli.processes import Process, Supervisor
from processes.server import Server

pytestmark = pytest.mark.processes
# A parent with a child that would outlive it, as web servers have.
FAMILY = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open(sys.argv[1], "a").write(f"{child.pid} ")
time.sleep(600)
"""


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().split(")")[1][:3]
    except FileNotFoundError:
        return False


def wait_for(condition, seconds: float = 15) -> bool:  # type: ignore[no-untyped-def]
    until = time.monotonic() + seconds
    while time.monotonic() < until and not condition():
        time.sleep(0.1)
    return condition()


def test_children_of_a_killed_process_do_not_stay_beside_the_next(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    process = Process("family", [sys.executable, "-c", FAMILY, str(pids)], dict(os.environ), tmp_path / "log")
    supervisor = Supervisor([process])
    supervisor.start()
    watching = threading.Thread(target=supervisor.watch)
    watching.start()
    try:
        assert wait_for(lambda: pids.exists() and len(pids.read_text().split()) == 1)
        assert process.running is not None
        os.kill(process.running.pid, signal.SIGKILL)
        assert wait_for(lambda: len(pids.read_text().split()) == 2)
        first, second = map(int, pids.read_text().split())
        # A kill is told, not waited for: the kernel may need a moment on a busy machine.
        assert wait_for(lambda: not alive(first)) and alive(second)
    finally:
        supervisor.stop()
        watching.join(10)
    assert wait_for(lambda: not alive(second))


def test_a_killed_database_is_started_again(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path)
    cluster.enter()
    try:
        with psycopg.connect(cluster.url) as connection:
            connection.execute("create table kept (n int)")
        os.kill(int((tmp_path / "pg" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        time.sleep(0.5)
        cluster.revive()
        with psycopg.connect(cluster.url) as connection:
            assert connection.execute("select count(*) from kept").fetchone() == (0,)
    finally:
        cluster.leave()
    assert not cluster.socket.exists()


def test_the_demo_leaves_a_database_of_somebody_alone(tmp_path: Path) -> None:
    server = Server(tmp_path)
    try:
        server.linli("grant", "13911111111", "operator", "--name", "Real")
        for more in ((), ("--reset",)):
            refused = server.linli("demo", "--no-browser", "--port", "19700", *more)
            assert refused.returncode == 2 and "no demo's" in refused.stderr, refused.stderr
        assert "13911111111" in server.python(
            "from linli.members.models import Member; print(*Member.objects.values_list('phone', flat=True))"
        )
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"DATABASE_URL": "garbage"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://127.0.0.1:1/x"}, "cannot be reached"),
        ({"LINLI_MODE": "silly"}, "LINLI_MODE"),
        ({"DATABASE_URL": "", "LINLI_DATA": "/proc/x"}, "data folder"),
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence(environment: dict[str, str], words: str) -> None:
    command = [sys.executable, "-m", "linli.cli", "verify"]
    done = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2 and words in done.stderr and "Traceback" not in done.stderr
