"""Buildbot steps that run test suites in parallel in LXC clones, with sharder."""

from .fanout import ShardedBuild
from .merge import MergeShards
from .step import Sharder

__all__ = ["MergeShards", "ShardedBuild", "Sharder"]
