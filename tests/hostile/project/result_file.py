"""Tests that answer by a file of results, and leave something else in its place."""
import json
import os
import signal
import sys
from collections.abc import Callable

ATTEMPTS: dict[str, tuple[Callable[[str], None], str]] = {}


def attempt(expected: str) -> Callable[[Callable[[str], None]], Callable[[str], None]]:
    def add(function: Callable[[str], None]) -> Callable[[str], None]:
        ATTEMPTS[function.__name__] = function, expected
        return function
    return add


def report(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def case(name: str, inside: str = "") -> str:
    return f'<testcase name="{name}">{inside}</testcase>'


@attempt("passed")
def honest_file(path: str) -> None:
    report(path, f"<testsuite>{case('honest_file')}</testsuite>")


@attempt("crashed")
def link_to_a_secret(path: str) -> None:
    os.symlink(os.environ["HOSTILE_ROOT_ONLY"], path)


@attempt("crashed")
def link_to_a_result(path: str) -> None:
    report("/tmp/elsewhere", f"<testsuite>{case('link_to_a_result')}</testsuite>")
    os.symlink("/tmp/elsewhere", path)


@attempt("crashed")
def queue_without_end(path: str) -> None:
    os.mkfifo(path)


@attempt("crashed")
def directory(path: str) -> None:
    os.mkdir(path)


@attempt("crashed")
def terabyte(path: str) -> None:
    with open(path, "wb") as file:
        os.truncate(file.fileno(), 1 << 35)


@attempt("crashed")
def descriptor(path: str) -> None:
    os.symlink("/proc/self/fd/0", path)


@attempt("failed")
def others_results(path: str) -> None:
    report(path, "<testsuite>" + case("honest_file", "<failure/>") + case("each/attempt/crash") + case("no such test")
           + case("others_results", "<failure message='the truth'/>") + "</testsuite>")


@attempt("crashed")
def entities(path: str) -> None:
    text = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9)) + "]>"
    report(path, text + "<testsuite>" + case("&j;") + "</testsuite>")


@attempt("passed")
def deep_nesting(path: str) -> None:
    report(path, "<testsuite>" * 200_000 + case("deep_nesting") + "</testsuite>" * 200_000)


@attempt("failed")
def breaking_message(path: str) -> None:
    failure = "<failure message='&#27;[2J ]]&gt;&lt;/script&gt;'>&#27;]0;owned&#7; ]]&gt;</failure>"
    report(path, "<testsuite>" + case("breaking_message", failure) + "</testsuite>")


@attempt("crashed")
def no_file_at_all(path: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@attempt("crashed")
def removed_file(path: str) -> None:
    report(path, f"<testsuite>{case('removed_file')}</testsuite>")
    os.remove(path)


def main() -> None:
    if sys.argv[1] == "list":
        for name in ATTEMPTS:
            print(json.dumps({"id": name}))
        return
    ATTEMPTS[sys.argv[1]][0](sys.argv[2])


if __name__ == "__main__":
    main()
