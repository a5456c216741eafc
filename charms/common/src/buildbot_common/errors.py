"""The exceptions that workload code raises for what the machine or the operator got wrong."""

from __future__ import annotations


class WorkloadError(Exception):
    """What failed, on what, why, and what to do about it, in a sentence that an operator can act on.

    Trying again may help.
    """


class UsageError(WorkloadError):
    """What was asked for is wrong: trying again does not help until somebody asks for something else."""
