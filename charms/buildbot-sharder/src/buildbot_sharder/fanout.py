"""One suite on several workers: builders and scheduler for master.cfg, and the step that starts the parts."""

from __future__ import annotations

import posixpath
import secrets
from collections.abc import Generator, Sequence
from typing import Any

from buildbot import config as buildbot_config
from buildbot.config import BuilderConfig
from buildbot.process.buildstep import BuildStep
from buildbot.process.factory import BuildFactory
from buildbot.process.properties import Property
from buildbot.schedulers.triggerable import Triggerable
from buildbot.steps.trigger import Trigger
from twisted.internet import defer, threads

from . import history
from .command import safe_name
from .merge import PARTS_DIRECTORY, MergeShards, part_directory
from .step import Sharder

PARTITION = "sharder_partition"
PART_DIRECTORY = "sharder_part_directory"
HISTORY_COPY = "sharder_history_copy"


def builder_directory(builder: str) -> str:
    """On the master, for all builds of a builder."""
    return posixpath.join("sharder", safe_name(builder))


class TriggerShards(Trigger):
    """Triggers a build for each part and waits for them. Each shows as a builder of its own, "NAME 2/3"."""

    name = "shards"
    flunkOnFailure = True
    warnOnWarnings = True
    # What the other parts found is worth merging, whatever became of one.
    haltOnFailure = False

    def __init__(self, builder: str, scheduler: str, shards: int, **kwargs: Any) -> None:
        super().__init__(schedulerNames=[scheduler], waitForFinish=True, **kwargs)
        self.builder = builder
        self.shards = shards

    @defer.inlineCallbacks
    def getSchedulersAndProperties(self) -> Generator[Any, Any, list[dict[str, Any]]]:
        (scheduler,) = yield super().getSchedulersAndProperties()
        # Unique, so that parts of another build can never be taken for this one's.
        number = f"{self.getProperty('buildnumber')}-{secrets.token_hex(4)}"
        directory = posixpath.join(builder_directory(self.builder), number)
        self.setProperty(PARTS_DIRECTORY, directory, self.name)
        kept = posixpath.join(builder_directory(self.builder), history.FILE)
        yield threads.deferToThread(history.copy_for_parts, kept, directory)
        return [self._shard(scheduler, directory, part) for part in range(1, self.shards + 1)]

    def _shard(self, scheduler: dict[str, Any], directory: str, part: int) -> dict[str, Any]:
        partition = f"{part}/{self.shards}"
        properties = {
            **scheduler["props_to_set"],
            PARTITION: partition,
            PART_DIRECTORY: part_directory(directory, part),
            HISTORY_COPY: posixpath.join(directory, history.FILE),
            "virtual_builder_name": f"{self.builder} {partition}",
            "virtual_builder_tags": ["_virtual_", self.builder],
        }
        return {**scheduler, "props_to_set": properties, "unimportant": False}


class ShardedBuild:
    """A builder that runs a suite in parts on several workers and merges what they find.

    Add `builders` and `schedulers` to those of master.cfg, and let your own schedulers start the builder `name`. Other
    arguments are those of the step Sharder.
    """

    def __init__(
        self,
        name: str,
        *,
        checkout: Any,
        shards: int,
        workers: Sequence[str],
        merge_workers: Sequence[str],
        before: Sequence[Any] = (),
        merge_sharder: Any = None,
        builder_arguments: dict[str, Any] | None = None,
        **arguments: Any,
    ) -> None:
        if shards < 1:
            buildbot_config.error(f'ShardedBuild "{name}": shards is {shards}; at least one is needed')
        for taken in ("partition", "reports"):
            if taken in arguments:
                buildbot_config.error(f'ShardedBuild "{name}" sets {taken} itself')
        self.name = name
        self.shard_name = f"{name}-shard"
        sharder = arguments.pop("sharder", "sharder")
        # A worker's own history would divide the suite otherwise than the others' do.
        shared = arguments.setdefault("history", "shared") == "shared"
        merging = self._merging(shards, merge_sharder or sharder, arguments, shared)
        testing = self._testing(sharder, arguments, shared)
        given = builder_arguments or {}
        self.builders = [
            BuilderConfig(
                name=name, workernames=list(merge_workers), factory=BuildFactory([checkout, *merging]), **given
            ),
            # Buildbot takes requests for the same revision for one, and calls those that it drops a success.
            BuilderConfig(
                name=self.shard_name,
                workernames=list(workers),
                factory=BuildFactory([checkout, *before, *testing]),
                **{**given, "collapseRequests": False},
            ),
        ]
        self.schedulers = [Triggerable(name=self.shard_name, builderNames=[self.shard_name])]

    def _merging(self, shards: int, sharder: Any, arguments: dict[str, Any], shared: bool) -> list[BuildStep]:
        """What the builder of the whole does after its checkout."""
        steps = [
            TriggerShards(self.name, self.shard_name, shards),
            # What failing tests took is worth keeping, too.
            MergeShards(sharder, shards=shards, flaky=arguments.get("flaky", "warn"), haltOnFailure=False),
        ]
        if shared:
            kept = posixpath.join(builder_directory(self.name), history.FILE)
            config = arguments.get("config")
            steps.append(history.KeepHistory(sharder, kept, config, doStepIf=history.merged_run_is_whole))
        return steps

    def _testing(self, sharder: Any, arguments: dict[str, Any], shared: bool) -> list[BuildStep]:
        """What the builder of the parts does once there is something to test."""
        given = {**arguments, "history": history.ON_WORKER} if shared else arguments
        one = Sharder(sharder, partition=Property(PARTITION), reports=Property(PART_DIRECTORY, default=True), **given)
        return [history.FetchHistory(Property(HISTORY_COPY, default="")), one] if shared else [one]
