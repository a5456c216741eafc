"""The one exception that workload code raises for what the machine or the operator got wrong."""

from __future__ import annotations


class WorkloadError(Exception):
    """What failed, on what, why, and what to do about it, in a sentence that an operator can act on."""
