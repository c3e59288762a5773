"""A PostgreSQL server for the tests: the one named, else one started from the system's binaries."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.support import packages


def binaries() -> Path | None:
    """The folder of the newest server binaries."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1].parent
    path = shutil.which("postgres")
    return Path(path).parent if path else None


def install() -> Path | None:
    """Get the server's binaries as the distribution's package, when root; no cluster of its own is made."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("No PostgreSQL found; installing the package postgresql …", flush=True)
        packages.install("postgresql-common")
        settings = Path("/etc/postgresql-common/createcluster.conf")
        if settings.exists() and binaries() is None:
            settings.write_text("create_main_cluster = false\n")
        packages.install("postgresql")
    return binaries()


@contextmanager
def server() -> Iterator[str | None]:
    """The URL of a server, without a database name; null where there is none to be had."""
    given = os.environ.get("ANNOTATOR_TEST_POSTGRES_URL")
    if given:
        parts = urlsplit(given)
        yield f"postgresql://{parts.netloc}"
        return
    folder = binaries()
    if folder is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="isnad-postgresql-") as home:
        user = _unprivileged(home)
        data, port = Path(home) / "data", _free_port()
        initdb = [str(folder / "initdb"), "-D", str(data), "--auth=trust", "--username=postgres"]
        _run(user, [*initdb, "--encoding=UTF8", "--no-sync"])
        # not synced: the tests' data may be lost with the machine, and a disk is slow
        options = f"-F -p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={home} -c max_connections=200"
        control = [str(folder / "pg_ctl"), "-D", str(data)]
        _run(user, [*control, "-w", "-o", options, "-l", f"{home}/log", "start"])
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}"
        finally:
            _run(user, [*control, "-m", "immediate", "stop"])


def _unprivileged(home: str) -> str | None:
    """PostgreSQL does not run as root; its files then belong to a user who is not."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(home, entry.pw_uid, entry.pw_gid)
        return name
    return None


def _run(user: str | None, command: list[str]) -> None:
    subprocess.run(command, check=True, user=user, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
