"""The processes of a running Linli: web, worker, and in the demo the sandbox gateway. Started together, stopped together."""

import ctypes
import fcntl
import json
import multiprocessing
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from linli.config.env import read_environment

STOP_SECONDS = 10
MOST_LOG = 50 * 1024 * 1024
HEAL_EVERY = 6  # rounds of half a second
DIE_WITH_PARENT = 1  # prctl(PR_SET_PDEATHSIG)
# A worker may have 1,200 requests open, twice the watchers of web.live, so that pages are answered beside them.
GRANIAN = [
    *(sys.executable, "-m", "granian", "--no-ws", "--log-level", "warning"),
    *("--backlog", "2048", "--backpressure", "1200"),
]


class NotServing(Exception):
    """The server did not come up; the message says where its log is. `code`: the exit code for it."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Process:
    """A command that is kept alive."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    running: subprocess.Popen | None = None
    starts: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Start it, in a group of its own (Ctrl-C reaches the parent only), to die with the parent."""
        self.starts.append(time.monotonic())
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                self.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )

    def is_alive(self) -> bool:
        """Whether it runs."""
        return self.running is not None and self.running.poll() is None

    def ask_to_stop(self) -> None:
        """Ask it and its children to stop."""
        self._signal(signal.SIGTERM)

    def wait_until_stopped(self) -> None:
        """Wait; ask once more every second (a child that was just loading may have missed it), insist after a while."""
        if not self.running:
            return
        for _ in range(STOP_SECONDS):
            try:
                self.running.wait(1)
                break
            except subprocess.TimeoutExpired:
                self.ask_to_stop()
        self.clear()

    def clear(self) -> None:
        """Leave nothing of it: children outlive a parent that was killed, and would go on answering at its port."""
        self._signal(signal.SIGKILL)
        if self.running:
            self.running.wait()

    def _signal(self, which: int) -> None:
        try:
            if self.running:
                os.killpg(self.running.pid, which)
        except ProcessLookupError:
            pass  # all gone


def apart(task: Callable[..., None], *arguments: Any) -> None:
    """Run a task in a child and wait for it: the framework that it loads does not stay in a parent that only watches for
    weeks (measured: 98 MB against 16). Raises NotServing when it fails; what failed stands on standard error."""
    child = multiprocessing.get_context("fork").Process(target=_quietly, args=(task, *arguments))
    child.start()
    try:
        child.join()
    except KeyboardInterrupt:
        child.terminate()
        child.join(STOP_SECONDS)
        child.kill()
        raise
    if child.exitcode:
        raise NotServing("it could not be made ready; the reason stands above", child.exitcode)


def _quietly(task: Callable[..., None], *arguments: Any) -> None:
    try:
        task(*arguments)
    except KeyboardInterrupt:
        os._exit(130)


def cut_log(log: Path, *, most: int = MOST_LOG) -> None:
    """Begin a log anew when it is long; the last one stays beside it as .1. Whoever writes goes on: logs are opened to append."""
    try:
        if log.stat().st_size <= most:
            return
        shutil.copyfile(log, log.with_suffix(log.suffix + ".1"))
        os.truncate(log, 0)
    except OSError as error:
        print(f"the log {log} could not be begun anew: {error}", file=sys.stderr)


class Supervisor:
    """Starts processes, restarts what dies, stops all. `heal` is asked every few seconds to see to what they stand on."""

    def __init__(self, processes: list[Process], heal: Callable[[], None] = lambda: None) -> None:
        self.processes = processes
        self.heal = heal
        self.stopping = threading.Event()

    def start(self) -> None:
        """Start all."""
        for process in self.processes:
            process.start()

    def watch(self) -> None:
        """Until told to stop: whatever dies is started again, ever more slowly."""
        rounds = 0
        while not self.stopping.wait(0.5):
            rounds += 1
            if rounds % HEAL_EVERY == 0:
                self.heal()
                for log in self.processes[0].log.parent.glob("*.log"):  # the database's too
                    cut_log(log)
            for process in self.processes:
                if process.running and process.running.poll() is not None:
                    recent = [t for t in process.starts if time.monotonic() - t < 60]
                    print(
                        f"{process.name} stopped (exit {process.running.returncode}); starting it again",
                        file=sys.stderr,
                    )
                    process.clear()
                    if self.stopping.wait(min(len(recent), 10)):
                        return
                    process.start()

    def stop(self) -> None:
        """Stop all."""
        self.stopping.set()
        for process in reversed(self.processes):
            process.ask_to_stop()
        for process in self.processes:
            process.wait_until_stopped()


def platform_processes(*, host: str, port: int, workers: int, sandbox_port: int = 0) -> list[Process]:
    """The processes of the platform; with a sandbox gateway when a port is given."""
    data = Path(os.environ["LINLI_DATA"])
    environment = {
        **os.environ,
        "PYTHONUNBUFFERED": "1",
        "LINLI_SERVES": "1",
        "LINLI_SANDBOX_SECRET": read_environment().sandbox_secret,
    }
    processes = []
    if sandbox_port:
        processes.append(
            Process(
                "sandbox",
                [
                    *GRANIAN,
                    "--interface",
                    "wsgi",
                    "--host",
                    "127.0.0.1",
                    "--port",
                    str(sandbox_port),
                    "--blocking-threads",
                    "4",
                    "linli.sandbox.app:application",
                ],
                environment,
                data / "sandbox.log",
            )
        )
    processes.append(
        Process(
            "web",
            [
                *GRANIAN, "--interface", "rsgi", "--host", host, "--port", str(port), "--workers", str(workers),
                "--respawn-failed-workers", "linli.config.rsgi:application",
            ],
            environment | {"LINLI_ANSWERS": "1"},
            data / "web.log",
        )
    )  # fmt: skip
    processes.append(
        Process("worker", [sys.executable, "-m", "linli.cli", "worker"], environment, data / "worker.log")
    )
    return processes


def port_number(text: str) -> int:
    """A port from the command line. Raises ValueError."""
    port = int(text)
    if not 0 < port < 65_536:
        raise ValueError(text)
    return port


def free_port(host: str, wanted: int) -> int:
    """The wanted port, or the next that is free."""
    for port in range(wanted, wanted + 200):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                return port
            except OSError:
                continue
    raise NotServing(f"no free port from {wanted} on")


_held: list[int] = []  # locks of this process's ports


def demand_free(host: str, port: int) -> None:
    """Raises NotServing when somebody listens at a port already, or is about to: two servers would share it in turn, each with its own
    data. The port is this process's until it ends."""
    mark = Path(tempfile.gettempdir()) / f"linli-port-{os.getuid()}-{port}"
    _held.append(held := os.open(mark, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600))
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise NotServing(
            f"{host}:{port} is another Linli's, which is starting. Choose another --port.", 2
        ) from None
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise NotServing(
                f"{host}:{port} cannot be used: {error.strerror}. Choose another --port.", 2
            ) from None


def wait_until_ready(url: str, *, seconds: float = 60, alive: Callable[[], bool] = lambda: True) -> None:
    """Wait for /readyz. Raises NotServing."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and alive():
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2) as answer:
                if json.load(answer)["ok"]:
                    return
        except (OSError, ValueError):
            time.sleep(0.1)
    raise NotServing(f"the server did not come up; see {os.environ['LINLI_DATA']}/web.log")


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGTERM)
