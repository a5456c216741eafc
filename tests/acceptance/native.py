"""Runs a suite by its own runner, serially, and reads the verdicts from that runner's machine-readable results."""

import json
import re
import subprocess
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from .command import run
from .verdicts import FAILED, PASSED, SKIPPED, Run, Unreadable

HERE = Path(__file__).resolve().parent


def googletest(tree: Path, programs: list[str], work: Path) -> Run:
    """Every program whole; one that has no GoogleTest case is one test, judged by its exit status."""
    verdicts: dict[str, str] = {}
    seconds = 0.0
    for program in programs:
        results = work / "googletest.json"
        results.unlink(missing_ok=True)
        started = time.monotonic()
        ended = subprocess.run([f"./{program}", f"--gtest_output=json:{results}"], cwd=tree, check=False,
                               stdin=subprocess.DEVNULL, capture_output=True)
        seconds += time.monotonic() - started
        cases = _googletest_verdicts(results) if results.exists() else []
        verdicts |= {f"{program}:{name}": verdict for name, verdict in cases}
        if not cases:
            verdicts[program] = PASSED if ended.returncode == 0 else FAILED
    return Run(verdicts, seconds)


def _googletest_verdicts(results: Path) -> list[tuple[str, str]]:
    verdicts = []
    for group in json.loads(results.read_text())["testsuites"]:
        for case in group["testsuite"]:
            if case["status"] != "RUN" or case["result"] == "SKIPPED":
                verdict = SKIPPED
            else:
                verdict = FAILED if "failures" in case else PASSED
            verdicts.append((f"{group['name']}.{case['name']}", verdict))
    return verdicts


def ctest(build: Path, work: Path) -> Run:
    results = work / "ctest.xml"
    command = ["ctest", "--test-dir", str(build), "--output-junit", str(results)]
    seconds = run(command, build, work / "ctest.log", (0, 8))
    words = {"run": PASSED, "fail": FAILED, "disabled": SKIPPED, "notrun": SKIPPED}
    cases = ElementTree.parse(results).getroot().iter("testcase")
    return Run({case.attrib["name"]: words[case.attrib["status"]] for case in cases}, seconds)


def pytest(tree: Path, arguments: list[str], work: Path) -> Run:
    results = work / "pytest.ndjson"
    results.unlink(missing_ok=True)
    seconds = run(["python3", "-m", "pytest", "-q", "-p", "pytest_recorder", *arguments], tree, work / "pytest.log",
                  (0, 1), PYTHONPATH=str(HERE), ACCEPTANCE_VERDICTS=str(results))
    lines = map(json.loads, results.read_text().splitlines())
    return Run({line["id"]: line["verdict"] for line in lines}, seconds)


def prove(directory: Path, scripts: list[str], arguments: list[str], work: Path, prefix: str) -> Run:
    log = work / "prove.log"
    seconds = run(["prove", "-j1", *scripts, "::", *arguments], directory, log, (0, 1))
    verdicts = {}
    for line in log.read_text(errors="replace").splitlines():
        if told := re.match(r"^(\S+) \.\.+ (ok|skipped|\S.*)", line):
            word = told[2].split(":")[0].strip()
            verdicts[prefix + told[1]] = {"ok": PASSED, "skipped": SKIPPED}.get(word, FAILED)
    return Run(verdicts, seconds)


def subunit(tree: Path, module: str, work: Path) -> Run:
    """`python3 -m subunit.run`, which answers in subunit v2; read by that project's own library."""
    stream = work / "results.subunit"
    command = f"exec python3 -m subunit.run {module} > {stream}"
    seconds = run(["sh", "-c", command], tree, work / "subunit.log", (0, 1))
    return Run(_subunit_verdicts(stream), seconds)


def _subunit_verdicts(stream: Path) -> dict[str, str]:
    from subunit import ByteStreamToStreamResult
    from testtools import StreamResult

    words = {"success": PASSED, "xfail": PASSED, "skip": SKIPPED, "fail": FAILED, "uxsuccess": FAILED}
    verdicts: dict[str, str] = {}

    class Reader(StreamResult):
        def status(self, test_id=None, test_status=None, **_):
            if test_status in words and verdicts.setdefault(test_id, words[test_status]) != words[test_status]:
                raise Unreadable(f"{stream}: {test_id} has two verdicts")

    with stream.open("rb") as source:
        ByteStreamToStreamResult(source).run(Reader())
    return verdicts
