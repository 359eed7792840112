"""Every test, on a database of its own. `./run test [pytest options]` comes here.

The database: DATABASE_URL when it is given (its role must be allowed to create databases), else an embedded PostgreSQL in
var/test. The browser: Chromium; where it is missing it is installed if that may be (root, apt), else the browser tests do
not run, which is said in the last lines, and fails when CI=true.
"""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(HOME / "src")]
# Tests roll back: what autovacuum counts between them is no rows on many pages, and a plan by that never ends.
FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "max_connections": "200",
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main() -> int:
    """Returns the exit code of the tests."""
    os.environ.update(
        LINLI_HOME=str(HOME),
        LINLI_DATA=str(HOME / "var" / "test"),
        LINLI_MODE="demo",
        DJANGO_SETTINGS_MODULE="linli.config.settings",
        DJANGO_ALLOW_ASYNC_UNSAFE="true",
    )
    browser = _browser()
    os.environ["CHROMIUM"] = browser
    from linli.cli.cluster import Cluster

    signal.signal(signal.SIGTERM, _as_interrupt)
    cluster = None
    if not os.environ.get("DATABASE_URL"):
        cluster = Cluster(Path(os.environ["LINLI_DATA"]), FAST)
        cluster.enter()
        os.environ["DATABASE_URL"] = cluster.url
    try:
        code = _pytest(browser)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    finally:
        if cluster:
            cluster.leave()
    if not browser:
        print(
            "\nNot run: the browser tests (marker `browser`), because no Chromium was found and none could be installed."
        )
        print("Install it (Debian: apt-get install chromium fonts-noto-cjk) and run again.")
        return code or (1 if os.environ.get("CI") == "true" else 0)
    return code


def _as_interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _pytest(browser: str) -> int:
    chosen = sys.argv[1:]
    marker = [] if browser else ["-m", "not browser"]
    if chosen:
        return subprocess.call([sys.executable, "-m", "pytest", *marker, *chosen], cwd=HOME)
    # Tests that start servers of their own wait more than they work: one of them after the other, and beside them the journeys
    # in a browser. (One worker, so that its database has another name; the operations of the OpenAPI document share one id, of
    # which a spread run would take one.)
    servers = "(processes or realdata or fuzz) and not browser"
    rest = "not (processes or realdata or fuzz or browser)"
    pytest = [sys.executable, "-m", "pytest", "-q", "--durations", "12"]
    first = subprocess.call([*pytest, "-n", "2", "--dist", "loadfile", "-m", rest], cwd=HOME)
    beside = subprocess.Popen(
        [*pytest, "-n", "1", "-m", servers],
        cwd=HOME,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    second = subprocess.call([*pytest, "-m", "browser"], cwd=HOME) if browser else 0
    said, _ = beside.communicate()
    print(said)
    return first or second or beside.returncode


def _browser() -> str:
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), "")
    if found or os.getuid() != 0 or not shutil.which("apt-get"):
        return found
    print("Installing Chromium for the browser tests ...", file=sys.stderr)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.call(["apt-get", "update"], **quiet)
    subprocess.call(
        ["apt-get", "install", "-y", "--no-install-recommends", "chromium", "fonts-noto-cjk"], **quiet
    )
    return next(filter(None, map(shutil.which, BROWSERS)), "")


if __name__ == "__main__":
    sys.exit(main())
