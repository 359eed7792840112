"""The processes of a running Linli: web, worker, and in the demo the sandbox gateway. Started together, stopped together."""

import ctypes
import json
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from linli.config.env import read_environment

STOP_SECONDS = 10
DIE_WITH_PARENT = 1  # prctl(PR_SET_PDEATHSIG)


class NotServing(Exception):
    """The server did not come up; the message says where its log is."""


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

    def stop(self) -> None:
        """Ask it to stop; insist after a while."""
        if self.running and self.running.poll() is None:
            self.running.terminate()
            try:
                self.running.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(self.running.pid, signal.SIGKILL)
                self.running.wait()


def apart(task: Callable[..., None], *arguments: Any) -> None:
    """Run a task in a child and wait for it: the framework that it loads does not stay in a parent that only watches for
    weeks (measured: 98 MB against 16). Raises NotServing when it fails; what failed stands on standard error."""
    child = multiprocessing.get_context("fork").Process(target=_quietly, args=(task, *arguments))
    child.start()
    try:
        child.join()
    except KeyboardInterrupt:
        child.join(STOP_SECONDS)  # Ctrl-C reached the child too
        raise
    if child.exitcode:
        raise NotServing(f"{task.__name__.replace('_', ' ').strip()} failed")


def _quietly(task: Callable[..., None], *arguments: Any) -> None:
    try:
        task(*arguments)
    except KeyboardInterrupt:
        os._exit(130)


class Supervisor:
    """Starts processes, restarts what dies, stops all in the reverse order."""

    def __init__(self, processes: list[Process]) -> None:
        self.processes = processes
        self.stopping = threading.Event()

    def start(self) -> None:
        """Start all."""
        for process in self.processes:
            process.start()

    def watch(self) -> None:
        """Until told to stop: whatever dies is started again, ever more slowly."""
        while not self.stopping.wait(0.5):
            for process in self.processes:
                if process.running and process.running.poll() is not None:
                    recent = [t for t in process.starts if time.monotonic() - t < 60]
                    print(
                        f"{process.name} stopped (exit {process.running.returncode}); starting it again",
                        file=sys.stderr,
                    )
                    if self.stopping.wait(min(len(recent), 10)):
                        return
                    process.start()

    def stop(self) -> None:
        """Stop all."""
        self.stopping.set()
        for process in reversed(self.processes):
            process.stop()


def platform_processes(*, host: str, port: int, workers: int, sandbox_port: int = 0) -> list[Process]:
    """The processes of the platform; with a sandbox gateway when a port is given."""
    data = Path(os.environ["LINLI_DATA"])
    environment = {
        **os.environ,
        "PYTHONUNBUFFERED": "1",
        "LINLI_SERVES": "1",
        "LINLI_SANDBOX_SECRET": read_environment().sandbox_secret,
    }
    granian = [sys.executable, "-m", "granian", "--no-ws", "--log-level", "warning", "--backlog", "2048"]
    processes = []
    if sandbox_port:
        processes.append(
            Process(
                "sandbox",
                [
                    *granian,
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
                *granian, "--interface", "rsgi", "--host", host, "--port", str(port), "--workers", str(workers),
                "--respawn-failed-workers", "linli.config.rsgi:application",
            ],
            environment,
            data / "web.log",
        )
    )  # fmt: skip
    processes.append(
        Process("worker", [sys.executable, "-m", "linli.cli", "worker"], environment, data / "worker.log")
    )
    return processes


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
