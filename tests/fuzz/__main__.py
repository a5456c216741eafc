"""Runs the fuzz targets, one after the other, each for some CPU time. Exits with 1 when one of them found something,
and names the input and the command that replays it."""

import argparse
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .corpus import CORPORA, bytes_in, grow
from .fuzzer import Finished, Fuzzer

UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}
HEADER = f"{'target':<18}{'CPU s':>7}{'executions':>13}{'coverage':>10}{'corpus':>8}{'RSS MiB':>9}  finding"


def main() -> int:
    options = parse_arguments()
    if options.list:
        print("\n".join(target_names()))
        return 0
    fuzzers = [Fuzzer(options.build_directory, name, options.time) for name in options.target or target_names()]
    print(HEADER, flush=True)
    with ThreadPoolExecutor(options.jobs) as pool:
        results = list(pool.map(run_and_print, fuzzers))
    findings = [result for result in results if result.finding]
    for result in findings:
        print_finding(result)
    if options.grow:
        print_growth(fuzzers)
    return 1 if findings else 0


def target_names() -> list[str]:
    return sorted(path.stem for path in (Path(__file__).parent / "targets").glob("*.cpp"))


def run_and_print(fuzzer: Fuzzer) -> Finished:
    result = fuzzer.run()
    print(f"{result.name:<18}{result.cpu_seconds:>7.0f}{result.executions:>13}{result.coverage:>10}{result.corpus:>8}"
          f"{result.peak_mib:>9}  {result.kind or '-'}", flush=True)
    return result


def print_finding(result: Finished) -> None:
    print(f"\n{result.name}: {result.kind}\n  input:  {result.finding}\n  replay: {result.replay}\n"
          f"  log:    {result.log}")


def print_growth(fuzzers: list[Fuzzer]) -> None:
    for fuzzer in fuzzers:
        print(f"{fuzzer.name}: {grow(fuzzer)} new inputs in {CORPORA / fuzzer.name}")
    print(f"the corpora have {bytes_in(CORPORA)} bytes")


def duration(text: str) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time such as 90s, 5m or 1h")
    return float(match[1]) * UNITS[match[2]]


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/fuzz", description=__doc__)
    parser.add_argument("--time", type=duration, default=60.0, metavar="TIME", help="CPU time of each target (1m)")
    parser.add_argument("--target", action="append", choices=target_names(), metavar="NAME", help="only this one")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="targets that run at once (1)")
    parser.add_argument("--grow", action="store_true", help="put what covers more into tests/fuzz/corpus, minimised")
    parser.add_argument("--list", action="store_true", help="print the names of the targets")
    parser.add_argument("--build-directory", type=Path, default=Path("build/fuzz"), help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
