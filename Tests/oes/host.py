"""A host as a process of its own: started, killed, started again, and seen from outside."""

import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READY = re.compile(rb"OES is ready at (http://\S+)")


def binary():
    """The built host: OES_BINARY, else the release build."""
    given = os.environ.get("OES_BINARY")
    if given:
        return Path(given)
    folder = subprocess.run(
        ["swift", "build", "-c", "release", "--show-bin-path"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.strip()
    return Path(folder) / "oes"


def processes():
    """Every process that can be seen: pid → (parent, command line, current folder)."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            stat = (entry / "stat").read_text()
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            folder = os.readlink(entry / "cwd")
        except OSError:
            continue  # It ended while we looked.
        fields = stat[stat.rindex(")") + 2:].split()
        if fields[0] != "Z":
            found[int(entry.name)] = (int(fields[1]), line.strip(), folder)
    return found


def alive(pid):
    return pid in processes()


def wait_until(condition, seconds=10, what="the condition"):
    """Asks again and again; the last answer is returned, or the test fails."""
    end = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"{what} didn't come within {seconds} s")
        time.sleep(0.02)


class StartFailed(Exception):
    def __init__(self, code, output):
        super().__init__(f"the host ended with {code}:\n{output}")
        self.code = code
        self.output = output


class Host:
    """One data folder and the host that runs on it, if one does."""

    def __init__(self, folder, *, env=None, args=(), plugins=None):
        """`plugins` is the configuration as a value; None takes the shipped one."""
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.data = self.folder / "data"
        self.log = self.folder / "host.log"
        self.args = list(args)
        self.settings = {"OES_DATA": str(self.data), "OES_PORT": "0", **(env or {})}
        if plugins is not None:
            file = self.folder / "plugins.json"
            file.write_text(json.dumps(plugins, indent=2))
            file.chmod(0o600)
            self.settings["OES_PLUGINS"] = str(file)
        self.process = None
        self.url = None

    # Starting and ending.

    def environment(self):
        clean = {
            name: value for name, value in os.environ.items()
            if not name.startswith(("OES_", "REDIS_", "LOG_"))
        }
        return clean | self.settings

    def launch(self):
        """Starts the process without waiting for it to be ready."""
        output = self.log.open("ab")
        self.log_start = self.log.stat().st_size
        self.process = subprocess.Popen(
            [binary(), *self.args], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            cwd=self.folder, env=self.environment())
        output.close()

    def start(self, seconds=30):
        """Returns when the host says that it is ready; self.url is then its address."""
        self.launch()
        end = time.monotonic() + seconds
        while True:
            ready = READY.search(self.output().encode())
            if ready:
                self.url = ready[1].decode().rstrip("/")
                # The same port again after a restart, so that clients can come back.
                self.settings["OES_PORT"] = self.url.rsplit(":", 1)[1]
                return self
            code = self.process.poll()
            if code is not None:
                raise StartFailed(code, self.output())
            if time.monotonic() > end:
                self.kill_all()
                raise StartFailed(None, self.output())
            time.sleep(0.01)

    def refused(self, seconds=30):
        """Starts a host that must refuse to: its exit code and what it said."""
        self.launch()
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill_all()
            raise AssertionError(f"the host runs, but had to refuse:\n{self.output()}") from None
        return code, self.output()

    def output(self):
        """What the host has printed since its last start."""
        with self.log.open("rb") as file:
            file.seek(self.log_start)
            return file.read().decode(errors="replace")

    def stop(self, seconds=20):
        """Ends it cleanly by SIGTERM; gives its exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(seconds)
        self.process = None
        return code

    def kill_host(self):
        """kill -9 of the supervisor and its workers, at once; Redis lives on, orphaned."""
        for pid in [self.process.pid, *self.workers()]:
            kill(pid)
        self.process.wait(10)
        self.process = None

    def kill_all(self):
        """kill -9 of everything that belongs to the data folder."""
        doomed = self.workers() if self.process else []
        if self.process:
            doomed.insert(0, self.process.pid)
        doomed += self.redis_pids()
        for pid in doomed:
            kill(pid)
        if self.process:
            self.process.wait(10)
            self.process = None
        wait_until(lambda: not set(doomed) & set(processes()), what="the end of all processes")

    # What runs.

    def workers(self):
        """The supervisor's children that are no Redis."""
        return [
            pid for pid, (parent, line, _) in processes().items()
            if parent == self.process.pid and "redis-server" not in line
        ]

    def redis_pids(self):
        """The redis-servers of this data folder, whoever is their parent now."""
        mark = str(self.data)
        return [
            pid for pid, (_, line, folder) in processes().items()
            if "redis-server" in line
            and (folder == mark or folder.startswith(mark + "/") or mark in line)
        ]

    def redis_socket(self):
        sockets = [path for path in self.data.rglob("*") if path.is_socket()]
        assert len(sockets) == 1, f"one socket was expected in {self.data}: {sockets}"
        return sockets[0]


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
