"""What sharder adds to tests that do nothing, and what an idle clone takes of memory."""

from pathlib import Path

from .measure import Sample, in_turn, median
from .memory import idle_memory
from .tables import print_table
from .workloads import Workload, exec_workload, pytest_workload

HEAD = ["", "wall s", "ms a test", "own CPU ms", "all CPU ms", "sharder/this"]


def print_overhead(sharder: Path, directory: Path, tests: int, workers: int, rounds: int, markdown: bool) -> None:
    for workload in (exec_workload(sharder, directory / "exec", tests, workers),
                     pytest_workload(sharder, directory / "pytest", tests, workers)):
        _print_workload(workload, in_turn(workload.contenders, rounds), rounds, markdown)
    print("own CPU: of the runner's first process, a test; all CPU: with everything that it waited for, a test")
    _print_memory(sharder, directory)


def _print_workload(workload: Workload, samples: dict[str, list[Sample]], rounds: int, markdown: bool) -> None:
    ours = median([sample.wall for sample in samples["sharder"]])
    rows = []
    for name, runs in samples.items():
        wall = median([sample.wall for sample in runs])
        own, everything = (1000 * median(values) / workload.tests
                           for values in ([run.own_cpu for run in runs], [run.all_cpu for run in runs]))
        rows.append([name, f"{wall:.2f}", f"{1000 * wall / workload.tests:.2f}", f"{own:.2f}", f"{everything:.2f}",
                     f"{ours / wall:.2f}"])
    print_table(f"{workload.title} (medians of {rounds} runs, taken in turn)", HEAD, rows, markdown)


def _print_memory(sharder: Path, directory: Path) -> None:
    idle = idle_memory(sharder, directory / "idle", clones=8)
    print(f"\nmemory with {idle.clones} idle clones (proportional set size)")
    print(f"supervisor {idle.supervisor_bytes / 2**20:.1f} MiB, each clone {idle.clone_bytes / 2**20:.2f} MiB")
