"""Reading journals: what is known, what is passed over."""

from __future__ import annotations

import json

import pytest
from harness import attempt, event, finished, listed, passing, started, verdict

from buildbot_sharder import texts
from buildbot_sharder.command import Run, safe_name
from buildbot_sharder.journal import Journal
from buildbot_sharder.output import ERROR_LINES, SUMMARY_LIMIT_CHARACTERS, OutputObserver


@pytest.mark.parametrize(
    "bad",
    [
        "{",
        "[]",
        "7",
        "null",
        '"text"',
        "{}",
        '{"event":7}',
        '{"event":"test.finished"}',
        '{"event":"attempt.finished","test":"a"}',
        '{"event":"test.finished","test":"a","verdict":"green"}',
        '{"event":"run.finished","exit_status":"x"}',
        "[" * 100_000,
        '{"event":"run.started","run_id":"r","workers":null}',
        '{"event":"notice","weight":"warning"}',
        '{"event":"run.started","elapsed":[]}',
    ],
)
def test_a_bad_line_changes_nothing(bad: str) -> None:
    lines = passing("a", "b")
    whole = Journal.of([*lines[:4], bad, *lines[4:]])
    assert whole.counts == Journal.of(lines).counts
    assert whole.finished and whole.exit_status == 0


def test_unknown_events_are_none_of_our_business() -> None:
    journal = Journal.of([event("fridge.opened", test="a"), *passing("a")])
    assert journal.skipped_lines == 0 and journal.count("passed") == 1


def test_the_last_verdict_counts_where_a_run_went_on() -> None:
    lines = [started(), *listed("a"), attempt("a", "lost"), verdict("a", "not-run"), finished(143)]
    journal = Journal.of([*lines, started(5), *listed("a"), attempt("a", "passed", 2), verdict("a", "passed")])
    assert journal.counts["selected"] == 1 and journal.count("not-run") == 0 and journal.count("passed") == 1
    assert journal.workers == 5 and not journal.finished
    assert journal.tests["a"].seconds == 0.5


def test_the_message_is_that_of_the_last_failing_attempt() -> None:
    journal = Journal.of(
        [
            attempt("a", "failed", message="one"),
            attempt("a", "crashed", 2, message="two" * 1000),
            attempt("a", "passed", 3),
        ]
    )
    assert journal.tests["a"].message.startswith("twotwo") and len(journal.tests["a"].message) == 500


def test_a_notice_of_weight_is_kept() -> None:
    assert Journal.of(
        [event("notice", weight="warning", text="old clock"), event("notice", weight="information", text="x")]
    ).warnings == ["old clock"]


def test_texts() -> None:
    assert texts.live(Journal()) == "starting"
    assert texts.live(Journal.of([started()])) == "starting clones"
    assert texts.live(Journal.of([started(), event("clone.ready")])) == "listing tests"
    assert (
        texts.live(Journal.of([started(1), *listed("a", "b"), verdict("b", "flaky")])) == "1/2 tests, 1 flaky, 1 worker"
    )
    assert texts.ended(Journal.of([started(), finished(0)]), "") == "no test"
    assert texts.ended(Journal(), "") == "finished"
    assert (
        texts.ended(Journal(), "a\nb " + "x" * 500).startswith("a b xxx")
        and len(texts.ended(Journal(), "x" * 500)) == 200
    )
    assert [texts.duration(seconds) for seconds in (0.04, 34.4, 600)] == ["0.0 s", "34 s", "10 min"]


def test_a_builder_may_be_called_anything() -> None:
    assert [safe_name(text) for text in ("a b/c", "../..", "", "unit 1/3", "ü")] == [
        "a-b-c",
        "unnamed",
        "unnamed",
        "unit-1-3",
        "unnamed",
    ]


def test_a_run_that_is_told_nothing_is_short() -> None:
    assert Run(program=["sharder"], output="o", flaky="pass").command() == [
        "sharder",
        "run",
        "--output",
        "o",
        "--flaky",
        "pass",
    ]
    assert Run(program=["s"], output="o", flaky="pass", history="h.db").command()[-2:] == ["--history", "h.db"]


def test_output_is_bounded() -> None:
    said = OutputObserver()
    for number in range(SUMMARY_LIMIT_CHARACTERS // 1000 + 100):
        said.outLineReceived("y" * 1000)
        said.errLineReceived(f"line {number}")
    assert len(said.summary) < SUMMARY_LIMIT_CHARACTERS + 1000 and said.summary.endswith("in the log stdio")
    assert len(said._errors) == ERROR_LINES and said.reason == ""


def test_journals_are_read_as_sharder_writes_them() -> None:
    line = json.dumps(
        {
            "seq": 1,
            "time": "2026-11-22T13:25:46Z",
            "elapsed": 0.5,
            "event": "run.started",
            "format": 1,
            "run_id": "r",
            "workers": 2,
        }
    )
    assert Journal.of([line + "\n"]).elapsed_seconds == 0.5
