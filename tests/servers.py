"""Real servers that tests start on loopback and stop again."""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg


def free_port() -> int:
    """Return a loopback port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def postgres_binaries() -> Path:
    """Return the folder of the newest PostgreSQL server installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[-3]))
    if not found:
        raise RuntimeError("PostgreSQL is not installed; `make test` installs it")
    return found[-1].parent


def _as_postgres(*command: str) -> list[str]:
    """PostgreSQL refuses to run as root; its own account runs it then."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else list(command)


@contextlib.contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Run a private server and yield its address without a database name."""
    binaries = postgres_binaries()
    folder.mkdir(parents=True)
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data = folder / "data"
    subprocess.run(
        _as_postgres(f"{binaries}/initdb", "-D", str(data), "-U", "kakunin", "-A", "trust", "-E", "UTF8", "-N"),
        check=True,
        capture_output=True,
        # the server's own account may not look into the folder of the project
        cwd=folder,
    )
    server, port = _started(binaries, folder, data)
    try:
        yield f"postgresql+psycopg://kakunin@127.0.0.1:{port}"
    finally:
        subprocess.run(
            _as_postgres(f"{binaries}/pg_ctl", "-D", str(data), "-m", "immediate", "stop"),
            check=False,
            capture_output=True,
            cwd=folder,
        )
        server.wait(timeout=60)


def _started(binaries: Path, folder: Path, data: Path) -> tuple[subprocess.Popen[bytes], int]:
    """Start the server; on a port that somebody else took meanwhile it ends, and another is tried."""
    for _ in range(5):
        port = free_port()
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": str(folder),
            "fsync": "off",
            "full_page_writes": "off",
            "max_connections": "60",
        }
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with (folder / "log").open("ab") as log:
            server = subprocess.Popen(
                _as_postgres(f"{binaries}/postgres", "-D", str(data), *arguments),
                stdout=subprocess.DEVNULL,
                stderr=log,
                cwd=folder,
            )
        if _answers(server, port, data):
            return server, port
    raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text()[-2000:]}")


def _answers(server: subprocess.Popen[bytes], port: int, data: Path) -> bool:
    """Wait until this very server answers; False when it has ended."""
    for _ in range(1200):
        if server.poll() is not None:
            return False
        with contextlib.suppress(psycopg.Error):
            with psycopg.connect(host="127.0.0.1", port=port, user="kakunin", dbname="postgres") as connection:
                found = connection.execute("SHOW data_directory").fetchone()
            if found == (str(data),):
                return True
        time.sleep(0.05)
    raise RuntimeError("PostgreSQL did not start")


def run_sql(address: str, statement: str) -> None:
    """Run one statement on the maintenance database of a server, outside any transaction."""
    plain = address.replace("+psycopg", "")
    with psycopg.connect(f"{plain}/postgres", autocommit=True) as connection:
        connection.execute(statement)
