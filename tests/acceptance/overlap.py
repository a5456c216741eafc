"""Says from a run's results.json how much of the run went on at the same time: python3 -m acceptance.overlap FILE."""

import json
import sys
from pathlib import Path


def overlap(results: dict) -> str:
    summary = results["results"]["summary"]
    tests = results["results"]["tests"]
    workers = {test["extra"]["worker"] for test in tests if test["extra"].get("worker") is not None}
    work = sum(test["duration"] for test in tests) / 1000
    took = (summary["stop"] - summary["start"]) / 1000
    return (f"{len(workers)} clones at the same time, each with its own Redis on port 6379, database 9.\n"
            f"{work:.0f} seconds of tests in {took:.0f} seconds, starting the clones included.")


def main() -> int:
    print(overlap(json.loads(Path(sys.argv[1]).read_text())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
