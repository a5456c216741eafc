"""Starts real runs in real clones, kills or stops one of their processes at a random moment, and looks whether nothing
is lost and nothing is left. A round is the same for the same seed, but for the moment."""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from .here import SKIPPED, why_not_here
from .rounds import Round, Settings, play


def main() -> int:
    options = parse_arguments()
    if (reason := why_not_here()) is not None:
        print(f"skipped: {reason}", file=sys.stderr)
        return 1 if os.environ.get("SHARDER_REQUIRE_LXC") else SKIPPED
    directory = Path(tempfile.mkdtemp(prefix="sharder-chaos-", dir=options.directory))
    sharder = options.sharder.resolve()
    settings = Settings(sharder, options.workers, options.seed, directory)
    numbers = [options.round] if options.round is not None else range(options.rounds)
    began = time.monotonic()
    rounds = [play_and_tell(number, settings) for number in numbers]
    violated = [one for one in rounds if one.violations]
    summarize(rounds, settings, time.monotonic() - began)
    if not violated:
        shutil.rmtree(directory)
    return 1 if violated else 0


def play_and_tell(number: int, settings: Settings) -> Round:
    result = play(number, settings)
    print(result, flush=True)
    directory = settings.directory / f"round-{number}"
    if result.violations:
        print(f"  replay: scripts/chaos --seed {settings.seed} --round {number}; kept: {directory}", flush=True)
    else:
        shutil.rmtree(directory)
    return result


def summarize(rounds: list[Round], settings: Settings, seconds: float) -> None:
    faults = Counter(str(one.fault) for one in rounds if one.met)
    print(f"\n{len(rounds)} rounds of {settings.workers} workers in {seconds:.0f} s, seed {settings.seed}; "
          f"{sum(faults.values())} faults injected:")
    for fault, count in sorted(faults.items()):
        print(f"  {count:4} {fault}")
    print(f"resumed: {sum(one.resumed for one in rounds)}")
    print(f"longest survival: {1000 * max(one.survival for one in rounds):.0f} ms")
    print(f"losses: {sum(one.losses for one in rounds)}")
    print(f"rounds with violations: {sum(bool(one.violations) for one in rounds)}")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/chaos", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--round", type=int, help="only this one, to replay it")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--sharder", type=Path, default=os.environ.get("SHARDER"), required="SHARDER" not in os.environ)
    parser.add_argument("--directory", help="where projects and runs are (default: the directory for temporary files)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
