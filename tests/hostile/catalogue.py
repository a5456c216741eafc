"""The table of attempts in README.md, made of what the attempts say of themselves.

Usage: catalogue.py          writes it into README.md
       catalogue.py --check  ends with status 1 where README.md has another one
"""
import sys
from pathlib import Path

from judge import PYTEST

sys.path.insert(0, str(Path(__file__).parent / "project"))
import attempt_header  # noqa: E402
import result_file  # noqa: E402
import runner  # noqa: E402

README = Path(__file__).parent / "README.md"
BEGIN, END = "<!-- catalogue -->\n", "<!-- end of catalogue -->\n"


def heading(suite: str) -> list[str]:
    return ["", f"Suite `{suite}`, by a process that tells results:", "", "| test | ends as |", "|---|---|"]


def table() -> str:
    lines = ["| attempt | tries | class | ends as | `docker run` by default (not run) |", "|---|---|---|---|---|"]
    for attempt in attempt_header.all_attempts():
        ends = attempt.outcome + (f", {attempt.leaks}" if attempt.leaks else "")
        lines.append(f"| {attempt.name} | {attempt.tries} | {attempt.attack_class} | {ends} | {attempt.docker} |")
    for title, attempts in (("fed", runner.ATTEMPTS), ("file", result_file.ATTEMPTS)):
        lines += heading(title) + [f"| {name} | {outcome} |" for name, (_, outcome) in sorted(attempts.items())]
    lines += heading("pytest") + [f"| {name} | {', '.join(filter(None, ends))} |" for name, ends in PYTEST.items()]
    return "\n".join(lines) + "\n"


def main() -> int:
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    wanted = before + BEGIN + table() + END + after
    if "--check" in sys.argv[1:]:
        if text != wanted:
            print("README.md is out of date: run tests/hostile/catalogue.py")
        return int(text != wanted)
    README.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
