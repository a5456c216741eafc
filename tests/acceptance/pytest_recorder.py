"""A pytest plugin that writes the verdict of every test, one JSON line each, to $ACCEPTANCE_VERDICTS."""

import json
import os

_verdicts = {}


def pytest_runtest_logreport(report):
    if report.failed:
        _verdicts[report.nodeid] = "failed"
    elif report.skipped and not hasattr(report, "wasxfail"):
        _verdicts[report.nodeid] = "skipped"
    else:
        _verdicts.setdefault(report.nodeid, "passed")


def pytest_sessionfinish():
    with open(os.environ["ACCEPTANCE_VERDICTS"], "w", encoding="utf-8") as output:
        for nodeid, verdict in _verdicts.items():
            output.write(json.dumps({"id": nodeid, "verdict": verdict}) + "\n")
