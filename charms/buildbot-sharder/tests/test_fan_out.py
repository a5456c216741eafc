"""The parts of a suite: what is triggered, what is merged, and what is missed."""

from __future__ import annotations

from typing import Any

from buildbot.config import ConfigErrors
from buildbot.plugins import steps
from harness import StepTestCase, attempt, finished, listed, passing, started, verdict
from twisted.internet import defer
from twisted.trial import unittest

from buildbot_sharder import MergeShards, ShardedBuild
from buildbot_sharder.fanout import TriggerShards
from buildbot_sharder.history import ON_WORKER, FetchHistory, KeepHistory
from buildbot_sharder.merge import PARTS_DIRECTORY

OUTPUT = ".sharder/buildbot/merge/7"


def sharded(**arguments: Any) -> ShardedBuild:
    checkout = steps.Git(repourl="https://example.org/project.git")
    given = {"checkout": checkout, "shards": 3, "workers": ["a", "b", "c"], "merge_workers": ["d"], **arguments}
    return ShardedBuild("all tests", **given)


class Configuration(unittest.TestCase):
    def test_two_builders_and_a_scheduler(self) -> None:
        made = sharded(flags=["--fail-fast"])
        whole, shard = made.builders
        self.assertEqual((whole.name, shard.name), ("all tests", "all tests-shard"))
        self.assertEqual((whole.workernames, shard.workernames), (["d"], ["a", "b", "c"]))
        self.assertEqual(made.schedulers[0].name, "all tests-shard")

    def test_requests_for_parts_are_never_taken_for_one(self) -> None:
        made = sharded(builder_arguments={"collapseRequests": True, "tags": ["slow"]})
        self.assertIs(made.builders[1].collapseRequests, False)
        self.assertEqual(made.builders[1].tags, ["slow"])

    def test_parts_are_divided_by_one_history_or_by_none(self) -> None:
        def last_step(made: ShardedBuild) -> Any:
            return made.builders[1].factory.steps[-1].buildStep()

        self.assertEqual(last_step(sharded()).history, ".sharder/buildbot/shared-history/history.db")
        self.assertIs(last_step(sharded(history=False)).history, False)
        self.assertEqual(len(sharded(history=False).builders[0].factory.steps), 3)

    def test_refuses_what_it_sets_itself(self) -> None:
        for wrong in ({"partition": "1/2"}, {"reports": "here"}, {"shards": 0}):
            self.assertRaises(ConfigErrors, sharded, **wrong)


class Trigger(StepTestCase):
    @defer.inlineCallbacks
    def test_each_part_is_told_which_and_where(self) -> Any:
        step = self._set_up(TriggerShards("all tests", "scheduler", 2, set_properties={"a": 1}))
        one, two = yield step.getSchedulersAndProperties()
        directory = self.property(PARTS_DIRECTORY)
        self.assertRegex(directory, r"^sharder/all-tests/7-[0-9a-f]{8}$")
        self.assertEqual(one["props_to_set"]["sharder_partition"], "1/2")
        self.assertEqual(two["props_to_set"]["sharder_part_directory"], directory + "/part-2")
        self.assertEqual(two["props_to_set"]["virtual_builder_name"], "all tests 2/2")
        self.assertEqual([one["sched_name"], one["props_to_set"]["a"]], ["scheduler", 1])

    @defer.inlineCallbacks
    def test_all_parts_get_the_history_as_it_is_now(self) -> Any:
        kept = self.directory / "sharder/all/history.db"
        kept.parent.mkdir(parents=True)
        kept.write_text("then")
        step = self._set_up(TriggerShards("all", "scheduler", 2))
        shards = yield step.getSchedulersAndProperties()
        kept.write_text("later")
        copies = {shard["props_to_set"]["sharder_history_copy"] for shard in shards}
        self.assertEqual([(self.directory / copy).read_text() for copy in copies], ["then"])

    @defer.inlineCallbacks
    def test_no_two_builds_share_a_directory(self) -> Any:
        step = self._set_up(TriggerShards("all", "scheduler", 1))
        yield step.getSchedulersAndProperties()
        first = self.property(PARTS_DIRECTORY)
        yield step.getSchedulersAndProperties()
        self.assertNotEqual(first, self.property(PARTS_DIRECTORY))


class Merge(StepTestCase):
    properties_before = {PARTS_DIRECTORY: "sharder/all/7-00000000"}

    def bring(self, part: int, lines: list[str]) -> None:
        directory = self.directory / "sharder/all/7-00000000" / f"part-{part}"
        directory.mkdir(parents=True)
        (directory / "journal.ndjson").write_text("\n".join(lines) + "\n")

    def merge_command(self) -> list[str]:
        return list(dict(self.commands)["shell"]["command"])

    @defer.inlineCallbacks
    def test_all_parts_make_one_run(self) -> Any:
        self.bring(1, passing("a"))
        self.bring(2, passing("b"))
        self.journal = passing("a", "b")
        yield self.run_it(MergeShards("/opt/sharder", shards=2))
        self.assertEqual((self.result, self.text), ("success", "2 tests in 12 s"))
        self.assertEqual(
            self.merge_command(),
            [*f"/opt/sharder merge --output {OUTPUT}/merged --flaky warn {OUTPUT}/part-1 {OUTPUT}/part-2".split()],
        )
        self.assertIn(b'"run.finished"', self.files[f"{OUTPUT}/part-2/journal.ndjson"])
        self.assertEqual(self.property("sharder_reports"), "sharder/all/7-00000000/merged")
        self.assertEqual(self.property("sharder_merged"), f"{OUTPUT}/merged")

    @defer.inlineCallbacks
    def test_a_missing_part_is_no_success_whatever_merge_says(self) -> Any:
        self.bring(1, passing("a"))
        self.bring(3, passing("c"))
        self.journal = passing("a", "c")
        step = yield self.run_it(MergeShards(shards=3))
        self.assertEqual(self.result, "exception")
        self.assertIn("2 tests in 12 s: 1 part did not report: 2/3.", self.text)
        self.assertIsNone(self.property("sharder_merged"))
        self.assertIn("--partial", self.merge_command())
        self.assertIn("collapseRequests=False", self.logs(step)["incomplete"])

    @defer.inlineCallbacks
    def test_no_part_at_all_is_no_success(self) -> Any:
        yield self.run_it(MergeShards(shards=2))
        self.assertEqual(self.result, "exception")
        self.assertTrue(self.text.startswith("2 parts did not report: 1/2, 2/2."), self.text)
        self.assertEqual(self.commands, [])

    @defer.inlineCallbacks
    def test_a_part_that_was_killed_is_no_success(self) -> Any:
        self.bring(1, passing("a"))
        self.bring(2, passing("b")[:-1])
        self.journal = passing("a", "b")
        yield self.run_it(MergeShards(shards=2))
        self.assertEqual(self.result, "exception")
        self.assertIn("part 2/2 did not finish its run", self.text)

    @defer.inlineCallbacks
    def test_a_part_that_is_silent_of_a_test_is_no_success(self) -> Any:
        self.bring(1, [started(), *listed("a", "b"), attempt("a", "passed"), verdict("a", "passed"), finished(0)])
        self.journal = passing("a")
        yield self.run_it(MergeShards(shards=1))
        self.assertEqual(self.result, "exception")
        self.assertIn("part 1/1 listed 2 tests and told of 1", self.text)

    @defer.inlineCallbacks
    def test_an_empty_part_is_a_part(self) -> Any:
        self.bring(1, passing("a"))
        self.bring(2, [started(), finished(0)])
        self.journal = passing("a")
        yield self.run_it(MergeShards(shards=2))
        self.assertEqual(self.result, "success")

    @defer.inlineCallbacks
    def test_parts_that_sharder_does_not_fit_together_are_no_success(self) -> Any:
        self.bring(1, passing("a"))
        self.bring(2, passing("b"))
        self.status = 3
        self.stderr = "sharder: part 2 was divided otherwise than part 1\n"
        yield self.run_it(MergeShards(shards=2))
        self.assertEqual(
            (self.result, self.text), ("exception", "part 2 was divided otherwise than part 1 (exception)")
        )


class History(StepTestCase):
    properties_before = {"sharder_merged": f"{OUTPUT}/merged"}

    @defer.inlineCallbacks
    def test_a_part_begins_with_the_copy_and_nothing_else(self) -> Any:
        self.files[ON_WORKER + "-wal"] = b"of an earlier build"
        (self.directory / "copy.db").write_bytes(b"all that is known")
        yield self.run_it(FetchHistory("copy.db"))
        self.assertEqual(self.result, "success")
        self.assertEqual(self.files, {ON_WORKER: b"all that is known"})

    @defer.inlineCallbacks
    def test_the_first_build_has_none(self) -> Any:
        yield self.run_it(FetchHistory(""))
        self.assertEqual((self.result, self.text, self.files), ("success", "no history yet", {}))

    @defer.inlineCallbacks
    def test_the_merged_run_is_added_to_what_is_kept(self) -> Any:
        (self.directory / "kept.db").write_bytes(b"old")
        self.during = lambda: self.files.update({ON_WORKER: self.files[ON_WORKER] + b"+"})
        yield self.run_it(KeepHistory("sharder", "kept.db", config="ci/sharder.toml"))
        self.assertEqual(self.result, "success")
        self.assertEqual((self.directory / "kept.db").read_bytes(), b"old++")
        commands = [" ".join(arguments["command"]) for name, arguments in self.commands if name == "shell"]
        tail = f"--history {ON_WORKER} --config ci/sharder.toml"
        self.assertEqual(
            commands, [f"sharder history import {OUTPUT}/merged {tail}", f"sharder history prune --keep 20 {tail}"]
        )

    @defer.inlineCallbacks
    def test_what_cannot_be_read_leaves_the_kept_one_as_it_is(self) -> Any:
        (self.directory / "kept.db").write_bytes(b"old")
        self.status = 2
        yield self.run_it(KeepHistory("sharder", "kept.db"))
        self.assertEqual(self.result, "warnings")
        self.assertEqual((self.directory / "kept.db").read_bytes(), b"old")
