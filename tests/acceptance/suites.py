"""The suites: where each comes from, how it is built, and how its own runner is asked."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from . import native
from .command import clean_environment, run
from .fetch import DebianSource, PythonSource, fetch_debian, fetch_python
from .verdicts import Run

HERE = Path(__file__).resolve().parent


class Suite(Protocol):
    name: str
    source_name: str  # suites of the same source share a tree

    def prepare(self, work: Path) -> Path:
        """Fetches and builds below the empty directory `work`; the tree's directory."""

    def native(self, tree: Path, work: Path) -> Run: ...


@dataclass(frozen=True)
class Fmt:
    """GoogleTest programs; two of them know no GoogleTest and are one test each."""

    name: str = "fmt"
    source_name: str = "fmt"

    def prepare(self, work: Path) -> Path:
        tree = fetch_debian(DebianSource("fmtlib", "9.1.0+ds1"), work)
        run(["cmake", "-S", ".", "-B", "build", "-GNinja", "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS=-O0",
             "-DFMT_DOC=OFF", "-DFMT_TEST=ON"], tree, work / "build.log")
        run(["cmake", "--build", "build", "-j2"], tree, work / "build.log")
        return tree

    def native(self, tree: Path, work: Path) -> Run:
        programs = sorted(str(path.relative_to(tree)) for path in (tree / "build" / "bin").glob("*-test"))
        return native.googletest(tree, programs, work)


@dataclass(frozen=True)
class FmtCtest(Fmt):
    """The same programs as CTest sees them."""

    name: str = "fmt-ctest"

    def native(self, tree: Path, work: Path) -> Run:
        return native.ctest(tree / "build", work)


@dataclass(frozen=True)
class Git:
    """Shell scripts that speak TAP; a script is one test."""

    name: str = "git"
    source_name: str = "git"
    scripts: tuple[str, ...] = ("t000*.sh", "t10*.sh", "t13*.sh", "t14*.sh")

    def prepare(self, work: Path) -> Path:
        tree = fetch_debian(DebianSource("git", "2.39.5"), work)
        without = [f"NO_{what}=1" for what in ("OPENSSL", "CURL", "EXPAT", "TCLTK", "GETTEXT")]
        run(["make", "-j2", *without, "CFLAGS=-O1 -g0", "all"], tree, work / "build.log")
        return tree

    def native(self, tree: Path, work: Path) -> Run:
        directory = tree / "t"
        scripts = sorted(path.name for pattern in self.scripts for path in directory.glob(pattern))
        return native.prove(directory, scripts, [f"--root={work}/trash"], work, prefix="t/")


@dataclass(frozen=True)
class RedisPy:
    """pytest against a server on a fixed port, in a shared database."""

    name: str = "redis-py"
    source_name: str = "redis-py"
    modules: tuple[str, ...] = ("commands", "pipeline", "pubsub", "lock", "scripting", "encoding", "connection_pool",
                                "monitor")

    def prepare(self, work: Path) -> Path:
        checksum = "ddf27071df4adf3821c4f2ca59d67525c3a82e5f268bed97b813cb4fabf87880"
        tree = fetch_python(PythonSource("redis", "4.3.4", checksum), work)
        # The tests are about the installed client (python3-redis), not about the tree's own copy of it.
        shutil.move(tree / "redis", tree / "redis.upstream")
        return tree

    def native(self, tree: Path, work: Path) -> Run:
        modules = [f"tests/test_{module}.py" for module in self.modules]
        with _redis_server(work):
            return native.pytest(tree, ["-m", "not redismod and not onlycluster and not ssl", *modules], work)


@dataclass(frozen=True)
class Freezegun:
    """pytest tests that freeze the clock, and depend on each other when reordered."""

    name: str = "freezegun"
    source_name: str = "freezegun"

    def prepare(self, work: Path) -> Path:
        checksum = "177f9dd59861d871e27a484c3332f35a6e3f5d14626f2bf91be37891f18927f3"
        return fetch_python(PythonSource("freezegun", "1.1.0", checksum), work)

    def native(self, tree: Path, work: Path) -> Run:
        return native.pytest(tree, ["tests"], work)


@dataclass(frozen=True)
class Testtools:
    """unittest through subunit, listed and run by a .testr.conf; the tests come with Debian's python3-testtools."""

    name: str = "testtools"
    source_name: str = "testtools"

    def prepare(self, work: Path) -> Path:
        tree = work / "testtools"
        tree.mkdir()
        return tree

    def native(self, tree: Path, work: Path) -> Run:
        return native.subunit(tree, "testtools.tests.test_suite", work)


ALL: tuple[Suite, ...] = (Fmt(), FmtCtest(), Git(), RedisPy(), Freezegun(), Testtools())


def prepared_tree(suite: Suite, cache: Path) -> Path:
    """The suite's tree, built once and kept; this project's configuration for it copied in anew."""
    work = cache / suite.source_name
    done = work / "prepared"
    if not done.exists():
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        done.write_text(str(suite.prepare(work)))
    tree = Path(done.read_text())
    for path in (HERE / suite.name).iterdir():
        if path.name != "expected.toml":
            shutil.copy(path, tree / path.name)
    return tree


@contextmanager
def _redis_server(work: Path, port: int = 6379) -> Iterator[None]:
    if _answers(port):
        raise RuntimeError(f"port {port} is taken: redis-py's own runner needs a server of its own there "
                           "(hint: stop the other one; under sharder it would not matter)")
    command = ["redis-server", "--port", str(port), "--save", "", "--dir", str(work),
               "--enable-debug-command", "yes", "--enable-module-command", "yes"]
    with (work / "redis.log").open("wb") as log:
        server = subprocess.Popen(command, env=clean_environment(), stdin=subprocess.DEVNULL, stdout=log)
    try:
        until = time.monotonic() + 10
        while not _answers(port) and time.monotonic() < until:
            time.sleep(0.02)
        yield
    finally:
        server.terminate()
        server.wait()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
