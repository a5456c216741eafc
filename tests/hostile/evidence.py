"""What a run left behind as data: reports, logs, artifacts, and what it said on the terminal."""
import json
import os
import stat
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

MOST_ARTIFACT_BYTES = 512 << 20
MOST_JOURNAL_BYTES = 64 << 20
MOST_LOG_BYTES = 256 << 10


def is_control(character: str) -> bool:
    """What commands a terminal, or turns the order of what it shows."""
    point = ord(character)
    return (point < 0x20 and character not in "\n\t" or 0x7F <= point < 0xA0 or 0x2028 <= point <= 0x202E
            or 0x2066 <= point <= 0x2069)


def controls_in(what: str, data: bytes) -> list[str]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return [f"{what} is no UTF-8: {error}"]
    found = sorted({repr(character) for character in text if is_control(character)})
    return [f"{what} holds {', '.join(found)}"] if found else []


def results_of(directory: Path) -> dict[str, dict[str, Any]]:
    """The tests of results.json by name. Raises ValueError where it is no JSON."""
    report = json.loads((directory / "results.json").read_text(encoding="utf-8"))
    tests = report["results"]["tests"]
    if report["results"]["summary"]["tests"] != len(tests):
        raise ValueError("results.json does not count its own tests")
    return {test["name"]: test for test in tests}


def run_id_of(directory: Path) -> str:
    report = json.loads((directory / "results.json").read_text(encoding="utf-8"))
    return str(report["results"]["summary"]["extra"]["run_id"])


def faults_of_reports(directory: Path, tests: int) -> list[str]:
    faults = []
    cases = ElementTree.parse(directory / "junit.xml").getroot().iter("testcase")
    if (count := len(list(cases))) != tests:
        faults.append(f"junit.xml has {count} cases instead of {tests}")
    for number, line in enumerate((directory / "journal.ndjson").read_bytes().splitlines()):
        try:
            json.loads(line)
        except ValueError as error:
            faults.append(f"line {number} of the journal: {error}")
    if (size := (directory / "journal.ndjson").stat().st_size) > MOST_JOURNAL_BYTES:
        faults.append(f"the journal has {size} bytes")
    return faults + [f"{path} has {path.stat().st_size} bytes" for path in (directory / "logs").iterdir()
                     if path.stat().st_size > MOST_LOG_BYTES]


def faults_of_artifacts(directory: Path, secrets: list[str]) -> list[str]:
    faults, total = [], 0
    for top, _, names in os.walk(os.fsencode(directory / "artifacts")):
        for name in names:
            path = top + b"/" + name
            status = os.lstat(path)
            total += status.st_size
            if not stat.S_ISREG(status.st_mode) or status.st_mode & 0o7000:
                faults.append(f"artifact {path!r} has mode {status.st_mode:o}")
            elif status.st_size < 1 << 20:
                with open(path, "rb") as file:
                    content = file.read().decode("utf-8", "replace")
                faults += [f"artifact {path!r} holds a secret" for secret in secrets if secret in content]
            faults += controls_in(f"the name of artifact {path!r}", path)
    return faults + ([f"artifacts of {total} bytes"] if total > MOST_ARTIFACT_BYTES else [])
