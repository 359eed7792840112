"""A whole Linli in processes of its own: embedded database, web, worker, sandbox; killed and started as the test wants."""

import atexit
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import psycopg

from linli.cli.cluster import Cluster, as_nobody_special, binaries
from linli.cli.processes import GRANIAN, free_port

HOME = Path(__file__).resolve().parents[2]


@functools.cache
def migrated_site() -> Path:
    """The data folder of a site that `linli migrate` has just made; copied, it saves everybody else the migrations."""
    folder = Path(tempfile.mkdtemp(prefix="linli-migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [sys.executable, "-m", "linli.cli", "migrate", "--data", str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return folder


class Server:
    """Starts `linli serve`-like processes by the demo's own parts on a fresh data folder."""

    def __init__(self, data: Path, *, migrated: bool = True) -> None:
        self.data = data
        if migrated:
            shutil.copytree(migrated_site(), data, dirs_exist_ok=True)
        self.cluster = Cluster(data)
        self.cluster.enter()
        self.port = free_port("127.0.0.1", 19000)
        self.sandbox_port = free_port("127.0.0.1", self.port + 1)
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
            "LINLI_DATA": str(data),
            "LINLI_MODE": "demo",
            "LINLI_SERVES": "1",
            "DATABASE_URL": self.cluster.url,
            "LINLI_PUBLIC_URL": self.url,
            "LINLI_SANDBOX_URL": f"http://127.0.0.1:{self.sandbox_port}",
            "LINLI_SANDBOX_SECRET": "test",
            "LINLI_SECRET_KEY": "test",
            "PYTHONPATH": str(HOME / "src"),
        }
        self.processes: dict[str, subprocess.Popen] = {}

    def linli(self, *arguments: str) -> subprocess.CompletedProcess:
        """Run a command beside the server."""
        command = [sys.executable, "-m", "linli.cli", *arguments]
        environment = self.environment | {"LINLI_SERVES": ""}
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)

    def pg_restore(self, dump: Path) -> None:
        """What somebody does by hand who knows PostgreSQL and not Linli."""
        command = [
            *as_nobody_special(),
            str(binaries() / "pg_restore"),
            "--no-owner",
            "--dbname",
            self.cluster.url,
        ]
        with dump.open("rb") as content:
            subprocess.run(command, stdin=content, check=True, capture_output=True)

    def python(self, code: str) -> str:
        """Run code with Django set up, on this server's database; returns what it prints."""
        done = subprocess.run(
            [sys.executable, "-c", "import django; django.setup()\n" + code],
            env={**self.environment, "DJANGO_SETTINGS_MODULE": "linli.config.settings"},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout.strip()

    def start(self, *names: str) -> None:
        """Start processes by name: web, web2 (a second server on the next port), worker, sandbox."""
        commands = {
            "web": [
                *GRANIAN,
                "--interface",
                "rsgi",
                "--port",
                str(self.port),
                "linli.config.rsgi:application",
            ],
            "web2": [
                *GRANIAN,
                "--interface",
                "rsgi",
                "--port",
                str(self.port + 50),
                "linli.config.rsgi:application",
            ],
            "sandbox": [
                *GRANIAN,
                "--interface",
                "wsgi",
                "--blocking-threads",
                "4",
                "--port",
                str(self.sandbox_port),
                "linli.sandbox.app:application",
            ],
            "worker": [sys.executable, "-m", "linli.cli", "worker"],
        }
        for name in names:
            with (self.data / f"{name}.log").open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    commands[name], env=self.environment, stdout=log, stderr=log, start_new_session=True
                )
        for name in names:
            if name.startswith("web"):
                self.wait_ready(self.port + (50 if name == "web2" else 0))

    def wait_ready(self, port: int) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2).close()
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError((self.data / "web.log").read_text()[-3000:])

    def kill(self, name: str) -> None:
        """kill -9 of a process and all its children."""
        os.killpg(self.processes[name].pid, signal.SIGKILL)
        self.processes.pop(name).wait()

    def kill_database(self) -> None:
        """kill -9 of PostgreSQL, then start it again as the next command would."""
        pid = int((self.cluster.folder / "postmaster.pid").read_text().split("\n")[0])
        os.kill(pid, signal.SIGKILL)
        time.sleep(1.5)
        self.cluster._drop_stale_pid()
        self.cluster._start()

    def stop(self) -> None:
        for name in list(self.processes):
            self.kill(name)
        self.cluster.leave()

    def ask(
        self,
        path: str,
        body: Any = None,
        *,
        token: str = "",
        key: str = "",
        port: int = 0,
        timeout: float = 30,
    ) -> tuple[int, Any]:
        """One request; (0, error) when nobody answered."""
        headers = {"Content-Type": "application/json"}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        headers |= {"Idempotency-Key": key} if key else {}
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"http://127.0.0.1:{port or self.port}{path}", data, headers)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            text = error.read()
            return error.code, json.loads(text) if text.startswith(b"{") else text
        except OSError as error:
            return 0, error

    def rows(self, statement: str) -> list[tuple]:
        with psycopg.connect(self.cluster.url) as connection:
            return connection.execute(statement).fetchall()  # type: ignore[arg-type]
