"""Fetches and builds one suite and prints where its tree is: python3 -m acceptance.prepare SUITE."""

import sys

from .fetch import cache_directory
from .suites import ALL, prepared_tree


def main() -> int:
    wanted = [suite for suite in ALL if [suite.name] == sys.argv[1:]]
    if not wanted:
        print(f"usage: python3 -m acceptance.prepare {'|'.join(suite.name for suite in ALL)}", file=sys.stderr)
        return 2
    print(prepared_tree(wanted[0], cache_directory()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
