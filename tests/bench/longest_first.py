"""Stands in for gtest-parallel where that is not installed: its policy, without its options and its output.

A process per test, from a queue; the longest of the last run first, those unknown before the known. Threads, a log
file per test and a gzipped pickle of durations are as there. usage: longest_first.py -w WORKERS PROGRAM
"""

import gzip
import os
import pickle
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path


def main(workers: int, program: str) -> int:
    memory = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "gtest-parallel"
    known = pickle.loads(gzip.decompress(memory.read_bytes())) if memory.exists() else {}
    names = sorted(listed(program), key=lambda name: known.get(name, float("inf")), reverse=True)
    failed: list[str] = []
    lock = threading.Lock()

    def work() -> None:
        while True:
            with lock:
                if not names:
                    return
                name = names.pop(0)
            seconds, status = run(program, name)
            with lock:
                known[name] = seconds
                if status != 0:
                    failed.append(name)

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    memory.write_bytes(gzip.compress(pickle.dumps(known)))
    print("failed:", *failed)
    return 1 if failed else 0


def listed(program: str) -> list[str]:
    names, group = [], ""
    for line in subprocess.check_output([program, "--gtest_list_tests"], text=True).splitlines():
        name = line.split("#")[0].strip()
        if line.startswith(" "):
            names.append(group + name)
        else:
            group = name
    return names


def run(program: str, name: str) -> tuple[float, int]:
    started = time.monotonic()
    with tempfile.NamedTemporaryFile(prefix="longest_first_", suffix=".log") as log:
        status = subprocess.call([program, "--gtest_color=yes", f"--gtest_filter={name}"], stdout=log, stderr=log)
    return time.monotonic() - started, status


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[2]), sys.argv[3]))
