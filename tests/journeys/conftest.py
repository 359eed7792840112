"""One demo and one browser for all journeys."""

import os
import subprocess
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from journeys.visitor import FLAGS, HOME
from linli.cli.processes import free_port


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`./run demo` as a stranger types it, on a folder of its own; LINLI_DEMO_URL names one that runs already, while one writes a
    journey."""
    if url := os.environ.get("LINLI_DEMO_URL"):
        yield url
        return
    data, port = tmp_path_factory.mktemp("demo"), free_port("127.0.0.1", 21000)
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("LINLI_", "DATABASE_URL"))
    }
    command = [str(HOME / "run"), "demo", "--data", str(data), "--port", str(port), "--no-browser"]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    url = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 300
    while time.monotonic() < until and not (data / "demo.json").exists():
        assert process.poll() is None, "the demo stopped"
        time.sleep(0.5)
    yield url
    again = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert (again.returncode, url in again.stdout) == (0, True), "a second start says where the first one is"
    verify = [str(HOME / "run"), "linli", "verify", "--data", str(data)]
    done = subprocess.run(verify, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout
    process.terminate()
    process.wait(30)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or "/usr/bin/chromium", args=FLAGS
        )
        yield made
        made.close()
