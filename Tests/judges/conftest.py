"""The host that is judged, and what judging it needs from elsewhere."""

import hashlib
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from oes.host import Host, wait_until

SOURCES = Path(__file__).with_name("sources.txt")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A host with the echo socket. A judge that brings a worker down has found something."""
    host = Host(tmp_path_factory.mktemp("host"), env={"OES_TEST_ECHO": "on"})
    try:
        host.start()
        first = host.workers()
        yield host
        assert host.workers() == first, f"a worker was restarted:\n{host.output()}"
        assert host.stop() == 0, host.output()
        wait_until(lambda: not host.redis_pids(), what="the end of redis-server")
    finally:
        host.kill_all()


@pytest.fixture(scope="session")
def sources():
    """The folder with the unpacked sources of sources.txt, fetched once into the environment's
    own folder; pip checks their hashes."""
    mark = hashlib.sha256(SOURCES.read_bytes()).hexdigest()[:16]
    folder = Path(sys.prefix) / "judges" / mark
    if not (folder / "complete").exists():
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check",
             "--no-deps", "--no-binary", "gunicorn", "-d", folder, "-r", SOURCES],
            check=True, timeout=300)
        for archive in folder.glob("*.tar.gz"):
            with tarfile.open(archive) as file:
                file.extractall(folder, filter="data")
        (folder / "complete").touch()
    return folder
