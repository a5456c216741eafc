"""The workloads: as small as tests can be, so that what remains is the runner's own cost."""

from dataclasses import dataclass
from pathlib import Path

from .measure import Contender

EXEC_PROJECT = """\
project = "bench-exec"

[suite.true]
framework = "true"

[framework.true]
list = {{ command = "seq 1 {tests}", format = "ids" }}
run  = {{ command = "/bin/true", format = "exit", feed = "each" }}
"""

PYTEST_PROJECT = """\
project = "bench-pytest"

[suite.empty]
framework = "pytest"
programs = ["test_empty.py"]
"""

IDLE_PROJECT = """\
project = "bench-idle"

[suite.idle]
framework = "idle"

[framework.idle]
list = {{ command = "seq 1 {clones}", format = "ids" }}
run  = {{ command = "sleep {seconds}", format = "exit", feed = "each" }}
"""


@dataclass(frozen=True)
class Workload:
    title: str
    tests: int
    contenders: list[Contender]  # sharder first


def sharder_command(sharder: Path, workers: int) -> list[str]:
    return [str(sharder), "run", "--workers", str(workers), "--progress", "none", "--no-history"]


def exec_workload(sharder: Path, directory: Path, tests: int, workers: int) -> Workload:
    """One process a test: /bin/true."""
    directory.mkdir()
    (directory / "sharder.toml").write_text(EXEC_PROJECT.format(tests=tests))
    (directory / "CTestTestfile.cmake").write_text("".join(f'add_test(t{n} "/bin/true")\n' for n in range(tests)))
    xargs = f"seq 1 {tests} | xargs -P {workers} -n 1 /bin/true"
    return Workload(f"{tests} times /bin/true, {workers} workers", tests, [
        Contender("sharder", sharder_command(sharder, workers), directory),
        Contender("sharder --fresh worker", [*sharder_command(sharder, workers), "--fresh", "worker"], directory),
        Contender("sharder --fresh clone", [*sharder_command(sharder, workers), "--fresh", "clone"], directory),
        Contender("xargs -P", ["sh", "-c", xargs], directory),
        Contender("ctest -j", ["ctest", "-j", str(workers), "--quiet"], directory),
    ])


def pytest_workload(sharder: Path, directory: Path, tests: int, workers: int) -> Workload:
    """One process for many tests: pytest functions that do nothing."""
    directory.mkdir()
    (directory / "sharder.toml").write_text(PYTEST_PROJECT)
    (directory / "test_empty.py").write_text("".join(f"def test_{n}():\n    pass\n\n\n" for n in range(tests)))
    pytest = ["python3", "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_empty.py"]
    return Workload(f"{tests} empty pytest tests, {workers} workers", tests, [
        Contender("sharder", sharder_command(sharder, workers), directory),
        Contender("pytest -n", [*pytest, "-n", str(workers)], directory),
        Contender("pytest", pytest, directory),
    ])
