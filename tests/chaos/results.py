"""Reads what a run says of itself, and holds it against what an undisturbed run would say."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

JOURNAL = "journal.ndjson"


@dataclass
class Story:
    """A journal: what was listed, attempted and judged. Torn lines are passed over, as sharder does."""
    run_id: str = ""
    names_on_machine: set[str] = field(default_factory=set)  # each part of a run that was resumed has its own
    listed: list[str] = field(default_factory=list)
    verdicts: dict[str, list[str]] = field(default_factory=dict)
    outcomes: dict[str, list[str]] = field(default_factory=dict)
    losses: Counter = field(default_factory=Counter)  # attempts that were lost, by test
    lost_clones: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    exit_status: int | None = None


def read_story(directory: Path) -> Story:
    story = Story()
    for event in events_of(directory / JOURNAL):
        _add(story, event)
    return story


def events_of(path: Path) -> list[dict]:
    events = []
    for line in path.read_bytes().split(b"\n") if path.exists() else []:
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict):
            events.append(event)
    return events


def _add(story: Story, event: dict) -> None:
    kind, test = event.get("event"), event.get("test", "")
    if kind == "run.started":
        story.run_id = event["run_id"]
        story.names_on_machine.add(story.run_id)
    elif kind == "clone.ready":
        story.names_on_machine.add(event["clone"].rsplit("-", 1)[0])
    elif kind == "test.listed":
        story.listed.append(test)
    elif kind == "attempt.finished":
        story.outcomes.setdefault(test, []).append(event["outcome"])
        story.losses[test] += event["outcome"] == "lost"
    elif kind == "test.finished":
        story.verdicts.setdefault(test, []).append(event["verdict"])
    elif kind == "clone.lost":
        story.lost_clones.append(event["reason"])
    elif kind == "notice":
        story.notices.append(event["text"])
    elif kind == "run.finished":
        story.exit_status = event["exit_status"]


def reported_in(directory: Path) -> list[tuple[str, str]] | None:
    """Tests and verdicts of results.json; None where there is none."""
    path = directory / "results.json"
    if not path.exists():
        return None
    tests = json.loads(path.read_text())["results"]["tests"]
    return sorted((test["name"], test["rawStatus"]) for test in tests)


def check_whole(directory: Path, expected: dict[str, str]) -> list[str]:
    """Listed equals generated, journal and results.json report each test once and alike."""
    story, reported = read_story(directory), reported_in(directory)
    wrong = []
    if set(story.listed) != set(expected):
        wrong.append(f"listed {len(set(story.listed))} tests of {len(expected)}")
    repeated = [test for test, verdicts in story.verdicts.items() if len(verdicts) != 1]
    wrong += [f"{test} has {len(story.verdicts[test])} verdicts" for test in repeated[:3]]
    if missing := set(story.listed) - set(story.verdicts):
        wrong.append(f"{len(missing)} listed tests have no verdict, such as {min(missing)}")
    if reported is None:
        wrong.append("there is no results.json")
    elif reported != sorted((test, verdicts[-1]) for test, verdicts in story.verdicts.items()):
        wrong.append("results.json and the journal disagree")
    return wrong


def differences(story: Story, expected: dict[str, str], allowed: set[str]) -> list[str]:
    """Verdicts that differ from the expected ones and are not among the allowed."""
    found = []
    for test, verdicts in sorted(story.verdicts.items()):
        for verdict in verdicts:
            if verdict != expected.get(test) and verdict not in allowed:
                outcomes = " ".join(story.outcomes.get(test, []))
                found.append(f"{test} is {verdict}, not {expected.get(test)} (outcomes: {outcomes or 'none'})")
    return found
