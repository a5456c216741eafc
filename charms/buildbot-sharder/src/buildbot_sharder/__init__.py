"""Buildbot steps that run test suites in parallel in LXC clones, with sharder."""

from .step import Sharder

__all__ = ["Sharder"]
