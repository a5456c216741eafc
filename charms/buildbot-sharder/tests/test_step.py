"""The step against a played worker: what it asks for, and what it makes of the answers."""

from __future__ import annotations

import json
from typing import Any

from buildbot.process.properties import Interpolate
from harness import StepTestCase, attempt, event, finished, listed, passing, started, verdict
from twisted.internet import defer

from buildbot_sharder import Sharder

OUTPUT = ".sharder/buildbot/sharder/7"


def failing(*tests: str) -> list[str]:
    lines = [started(), *listed(*tests)]
    for test in tests:
        lines += [
            attempt(test, "failed", message="no", log=f"logs/{test}.log"),
            verdict(test, "failed", "deterministic"),
        ]
    return [*lines, finished(1)]


class Command(StepTestCase):
    @defer.inlineCallbacks
    def test_says_all_that_it_is_told(self) -> Any:
        self.journal = passing("a")
        self.properties_before = {"part": "2/3"}
        yield self.run_it(
            Sharder(
                ["sudo", "sharder"], ["tag:db", "!slow"], config="ci/sharder.toml", profile_config="ci", workers="50%",
                partition=Interpolate("%(prop:part)s"), base="bookworm", history=False, flags=["--fail-fast=3"],
                arguments=["-k", "fast"], maxTime=3600, env={"A": "b"},
            )
        )  # fmt: skip
        shell = dict(self.commands)["shell"]
        self.assertEqual(
            " ".join(shell["command"]),
            f"sudo sharder run --output {OUTPUT} --flaky warn --config ci/sharder.toml --profile-config ci "
            "--partition 2/3 --workers 50% --base bookworm --no-history --fail-fast=3 tag:db !slow -- -k fast",
        )
        self.assertEqual((shell["timeout"], shell["maxTime"], shell["sigtermTime"]), (None, 3600, 60))
        self.assertEqual(shell["logfiles"], {"events": OUTPUT + "/journal.ndjson"})

    @defer.inlineCallbacks
    def test_removes_what_earlier_builds_left(self) -> Any:
        self.files[".sharder/buildbot/sharder/6/journal.ndjson"] = b"old"
        self.journal = passing("a")
        yield self.run_it(Sharder())
        self.assertEqual(self.commands[0][0], "rmdir")
        self.assertNotIn(".sharder/buildbot/sharder/6/journal.ndjson", self.files)

    def test_refuses_a_word_for_flaky_that_sharder_does_not_have(self) -> None:
        from buildbot.config import ConfigErrors

        self.assertRaises(ConfigErrors, lambda: Sharder(flaky="ignore"))
        self.assertRaises(ConfigErrors, lambda: Sharder(command=["x"]))


class Results(StepTestCase):
    @defer.inlineCallbacks
    def test_shows_a_passing_run(self) -> Any:
        self.journal = passing("a", "b")
        self.stdout = "2 tests: 2 passed\n"
        step = yield self.run_it(Sharder())
        self.assertEqual((self.result, self.text), ("success", "2 tests in 12 s"))
        self.assertEqual(step.getStatistics()["tests-passed"], 2)
        self.assertEqual(self.property("sharder_exit_status"), 0)
        self.assertEqual(self.logs(step)["summary"], "2 tests: 2 passed")
        self.assertEqual(self._got_test_results, [(1000, "1", name, None, None, 250_000_000) for name in "ab"])
        self.assertEqual(json.loads(self._got_build_data["sharder-summary"][0])["counts"]["passed"], 2)

    @defer.inlineCallbacks
    def test_shows_what_a_failing_test_said(self) -> Any:
        self.journal = failing("a")
        self.status = 1
        self.during = lambda: self.files.update({OUTPUT + "/logs/a.log": b"Traceback \xff\n"})
        step = yield self.run_it(Sharder())
        self.assertEqual((self.result, self.text), ("failure", "1 test, 1 failed in 12 s (failure)"))
        self.assertIn("Traceback \ufffd", self.logs(step)["a"])
        self.assertEqual([result[1] for result in self._got_test_results], ["0"])

    @defer.inlineCallbacks
    def test_shows_the_message_where_the_output_is_gone(self) -> Any:
        self.journal = failing("a")
        self.status = 1
        step = yield self.run_it(Sharder())
        self.assertTrue(self.logs(step)["a"].endswith("\nno"))

    @defer.inlineCallbacks
    def test_puts_flaky_tests_into_a_set_of_their_own(self) -> Any:
        self.journal = [
            started(), *listed("a"), attempt("a", "failed", message="x"), attempt("a", "passed", 2),
            verdict("a", "flaky", "unknown"), finished(6),
        ]  # fmt: skip
        self.status = 6
        yield self.run_it(Sharder())
        self.assertEqual((self.result, self.text), ("warnings", "1 test, 1 flaky in 12 s (warnings)"))
        self.assertEqual([found[0] for found in self._got_test_result_sets], ["sharder", "sharder flaky"])
        self.assertEqual([result[1] for result in self._got_test_results], ["1", "1"])

    @defer.inlineCallbacks
    def test_bounds_the_number_and_the_size_of_logs(self) -> Any:
        names = [f"t{number}" for number in range(5)]
        self.journal = failing(*names)
        self.status = 1
        self.during = lambda: self.files.update({f"{OUTPUT}/logs/{name}.log": b"x" * 1000 for name in names})
        step = yield self.run_it(Sharder(log_limit=2, log_limit_bytes=100))
        logs = self.logs(step)
        self.assertEqual([name for name in names if name in logs], ["t0", "t1"])
        self.assertIn("x" * 100 + "\n… cut at log_limit_bytes=100", logs["t0"])
        self.assertIn("3 more tests failed or are flaky; only log_limit=2 have a log", logs["problems"])

    @defer.inlineCallbacks
    def test_gives_a_test_that_is_called_like_a_log_another_name(self) -> Any:
        self.journal = failing("stdio")
        self.status = 1
        step = yield self.run_it(Sharder())
        self.assertIn("stdio (test)", self.logs(step))

    @defer.inlineCallbacks
    def test_says_why_no_program_was_started(self) -> Any:
        self.status = 1
        yield self.run_it(Sharder("/opt/sharder"))
        self.assertEqual(self.result, "exception")
        self.assertIn('"/opt/sharder" ended with exit status 1 and began no run: is sharder installed', self.text)

    @defer.inlineCallbacks
    def test_tells_the_reason_that_sharder_gave(self) -> Any:
        self.status = 2
        self.stderr = 'sharder.toml:3:1: error: unknown key "x"\nsharder: the configuration is wrong; nothing was run\n'
        yield self.run_it(Sharder())
        self.assertEqual(self.result, "exception")
        self.assertIn('nothing was run: sharder.toml:3:1: error: unknown key "x"', self.text)

    @defer.inlineCallbacks
    def test_reads_lines_that_buildbot_tore_from_the_journal_itself(self) -> Any:
        whole = passing("a")
        torn = [line[:20] for line in whole]

        def replace() -> None:
            self.files[OUTPUT + "/journal.ndjson"] = "\n".join(whole).encode()

        self.journal, self.during = torn, replace
        yield self.run_it(Sharder())
        self.assertEqual((self.result, self.text), ("success", "1 test in 12 s"))

    @defer.inlineCallbacks
    def test_a_run_that_was_killed_is_no_failure_of_a_test(self) -> Any:
        self.journal = [started(), *listed("a", "b"), attempt("a", "passed"), verdict("a", "passed")]
        self.status = 137
        yield self.run_it(Sharder())
        self.assertEqual(
            (self.result, self.text), ("exception", "1/2 tests: sharder was killed by SIGKILL (exception)")
        )


class Uploads(StepTestCase):
    @defer.inlineCallbacks
    def test_brings_what_exists_to_a_directory_of_the_build(self) -> Any:
        self.journal = passing("a")
        self.during = lambda: self.files.update({OUTPUT + "/junit.xml": b"<xml/>"})
        yield self.run_it(Sharder(reports_url="http://ci/"))
        directory = self.directory / "sharder" / "all-tests" / "7"
        self.assertEqual(self.property("sharder_reports"), "sharder/all-tests/7")
        self.assertEqual(sorted(path.name for path in directory.iterdir()), ["journal.ndjson", "junit.xml"])
        self.assertEqual((directory / "junit.xml").read_bytes(), b"<xml/>")

    @defer.inlineCallbacks
    def test_leaves_what_is_too_large_and_says_so(self) -> Any:
        self.journal = passing("a")
        self.during = lambda: self.files.update({OUTPUT + "/junit.xml": b"x" * 5000})
        step = yield self.run_it(Sharder(upload_limit_bytes=2000))
        self.assertFalse((self.directory / "sharder/all-tests/7/junit.xml").exists())
        self.assertIn("its 5000 bytes are more than upload_limit_bytes=2000", self.logs(step)["problems"])
        self.assertEqual(self.result, "success")

    @defer.inlineCallbacks
    def test_keeps_nothing_on_the_master_where_that_is_not_wanted(self) -> Any:
        self.journal = passing("a")
        yield self.run_it(Sharder(reports=False))
        self.assertFalse((self.directory / "sharder").exists())
        self.assertEqual((self.result, self.text), ("success", "1 test in 12 s"))

    @defer.inlineCallbacks
    def test_a_master_that_cannot_keep_them_does_not_hide_the_results(self) -> Any:
        self.journal = failing("a")
        self.status = 1
        (self.directory / "sharder").write_text("a file is in the way")
        step = yield self.run_it(Sharder())
        self.assertEqual((self.result, self.text), ("failure", "1 test, 1 failed in 12 s (failure)"))
        self.assertIn("results could not be brought to the master", self.logs(step)["problems"])


class Retries(StepTestCase):
    def setUp(self) -> Any:
        ready = super().setUp()
        self.status = 75
        self.stderr = "sharder: no slot is free: 2 runs have them all\n"
        return ready

    @defer.inlineCallbacks
    def test_a_busy_machine_is_tried_again_after_a_while(self) -> Any:
        self.builds_of_request = 2
        before = self.reactor.seconds()
        yield self.run_it(Sharder(retry_limit=2, retry_delay_seconds=30))
        self.assertEqual((self.result, self.text), ("retry", "no slot is free: 2 runs have them all (retry)"))
        self.assertGreaterEqual(self.reactor.seconds() - before, 30)
        self.assertEqual(self.property("sharder_retries"), 1)

    @defer.inlineCallbacks
    def test_and_not_for_ever(self) -> Any:
        self.builds_of_request = 3
        yield self.run_it(Sharder(retry_limit=2, retry_delay_seconds=30))
        self.assertEqual(self.result, "exception")
        self.assertIn("in 3 builds of this request; retry_limit is 2", self.text)

    @defer.inlineCallbacks
    def test_a_stopped_build_does_not_wait(self) -> Any:
        step = Sharder(retry_delay_seconds=1000)
        before = self.reactor.seconds()
        self.reactor.callLater(10, lambda: self.running_step.interrupt("enough"))
        yield self.run_it(step)
        self.assertEqual(self.result, "cancelled")
        self.assertLess(self.reactor.seconds() - before, 60)


class Stopping(StepTestCase):
    @defer.inlineCallbacks
    def test_a_stopped_build_tells_what_is_known(self) -> Any:
        self.journal = [started(), *listed("a", "b"), attempt("a", "passed"), verdict("a", "passed")]
        self.status = 143
        self.during = lambda: self.running_step.interrupt("enough")
        yield self.run_it(Sharder())
        self.assertEqual((self.result, self.text), ("cancelled", "1/2 tests: stopped (cancelled)"))
        self.assertEqual(self.property("sharder_passed"), 1)
        self.assertEqual([name for name, _ in self.commands], ["rmdir", "shell"])

    @defer.inlineCallbacks
    def test_the_time_that_master_cfg_allows_is_named(self) -> Any:
        self.journal = [started(), *listed("a")]
        self.status = 143

        def time_out() -> Any:
            note = "command timed out: 5 seconds elapsed running [b'sharder'], attempting to kill\n"
            return self.running_step.cmd.remoteUpdate("header", note, False)

        self.during = time_out
        yield self.run_it(Sharder(maxTime=5))
        self.assertEqual(self.text, "0/1 test: command timed out: 5 seconds elapsed (exception)")


class Live(StepTestCase):
    @defer.inlineCallbacks
    def test_counts_while_the_run_goes_on(self) -> Any:
        self.journal = [started(14), event("clone.ready"), *listed("a", "b"), "{torn", verdict("a", "failed")]
        seen = []

        def look() -> None:
            seen.append(self.running_step.getCurrentSummary()["step"])

        self.during = look
        self.status = 143
        yield self.run_it(Sharder())
        self.assertEqual(seen, ["1/2 tests, 1 failed, 14 workers"])
