# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL 15 and Redis as the ingest bench runs them: each on a folder and a Unix socket of its
own, no port, started and ended by the bench by process id. The system's services are not touched.
"""

import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "script"))
import network  # noqa: E402

POSTGRES_PROGRAMS = pathlib.Path("/usr/lib/postgresql/15/bin")
# Durable as delivered (fsync, synchronous_commit, full_page_writes); the rest in its favour.
POSTGRES_SETTINGS = {
    "listen_addresses": "", "fsync": "on", "synchronous_commit": "on", "wal_level": "minimal",
    "max_wal_senders": "0", "shared_buffers": "1GB", "max_wal_size": "16GB",
    "checkpoint_timeout": "30min", "max_connections": "200", "autovacuum": "off",
}
# Durable for each command; no snapshots or rewriting beside it.
REDIS_SETTINGS = {
    "port": "0", "appendonly": "yes", "appendfsync": "always", "save": "",
    "auto-aof-rewrite-percentage": "0", "daemonize": "no", "maxclients": "1200",
}


class PeerFailed(network.StepFailed):
    """A peer did not start or end."""


def _folder(parent, name, user=None):
    path = pathlib.Path(tempfile.mkdtemp(prefix=f"plumbline-{name}-", dir=parent))
    if user is not None:
        os.chown(path, user.pw_uid, user.pw_gid)
    return path


def bytes_in(folder):
    """The bytes of all files of a folder."""
    return sum(path.stat().st_size for path in pathlib.Path(folder).rglob("*") if path.is_file())


class Postgres:
    """A server that runs as the user postgres where this process is root."""

    def __init__(self, parent):
        self.user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        self.folder = _folder(parent, "postgres", self.user)
        self.log = self.folder / "log"
        self.process = None
        self.address = f"host={self.folder} user=bench dbname=postgres"
        self._run(POSTGRES_PROGRAMS / "initdb", "-D", self.folder / "data", "-U", "bench",
                  "--auth", "trust", "--no-locale", "-E", "UTF8", "--no-sync")

    def _as_user(self):
        if self.user is None:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": [],
                "cwd": str(self.folder)}

    def _run(self, *command):
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                              check=False, **self._as_user())
        if done.returncode != 0:
            raise PeerFailed(f"{command[0]} ended with {done.returncode}\n{done.stderr}")
        return done.stdout

    def start(self):
        settings = [part for key, value in POSTGRES_SETTINGS.items()
                    for part in ("-c", f"{key}={value}")]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [str(POSTGRES_PROGRAMS / "postgres"), "-D", str(self.folder / "data"),
                 "-k", str(self.folder), *settings],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                **self._as_user())
        network.wait_until("PostgreSQL answers", self._answers, 30, self.process, self.log)

    def _answers(self):
        done = subprocess.run([str(POSTGRES_PROGRAMS / "pg_isready"), "-q", "-h",
                               str(self.folder)], check=False)
        return done.returncode == 0

    def ask(self, sql):
        return self._run(POSTGRES_PROGRAMS / "psql", "-h", self.folder, "-U", "bench", "-d",
                         "postgres", "-At", "-c", sql).strip()

    def stored_bytes(self):
        """The table with its key, as it stands after a checkpoint."""
        self.ask("CHECKPOINT")
        return int(self.ask("SELECT pg_total_relation_size('events')"))

    def stop(self):
        if self.process is not None:
            network.stop_process(self.process, ask=network.signal.SIGINT)
            self.process = None
        shutil.rmtree(self.folder)


class Redis:
    """A server with an empty folder at each start()."""

    def __init__(self, parent):
        self.folder = _folder(parent, "redis")
        self.log = self.folder / "log"
        self.address = str(self.folder / "socket")
        self.process = None

    def start(self):
        self.end()
        shutil.rmtree(self.folder / "appendonlydir", ignore_errors=True)
        settings = [part for key, value in REDIS_SETTINGS.items() for part in (f"--{key}", value)]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                ["redis-server", "--unixsocket", self.address, "--dir", str(self.folder),
                 *settings],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        network.wait_until("Redis answers", lambda: os.path.exists(self.address), 30,
                           self.process, self.log)

    def stored_bytes(self):
        return bytes_in(self.folder / "appendonlydir")

    def end(self):
        if self.process is not None:
            network.stop_process(self.process)
            self.process = None

    def stop(self):
        self.end()
        shutil.rmtree(self.folder)
