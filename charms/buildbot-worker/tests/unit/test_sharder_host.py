"""What prepares a machine for sharder; with the real program where it can be."""

from pathlib import Path
from typing import Any

import pytest

import sharder_host
from buildbot_common.accounts import Account
from buildbot_common.errors import UsageError, WorkloadError
from sharder_host import Base, SharderHost, check, ensure_subordinate_ids


@pytest.mark.parametrize(
    ("user", "base", "bridge", "said"),
    [
        ("tester", Base(), False, "cannot clone the machine itself"),
        ("tester", Base("ci", "noble"), True, "cannot make bridges"),
        ("root", Base("ci"), False, "base ci of what?"),
        ("root", Base("-x", "noble"), False, "a name is letters"),
    ],
)
def test_what_cannot_go_together_is_said(user: str, base: Base, bridge: bool, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        check(user, base, bridge)


def test_what_can_go_together_is_let_pass() -> None:
    check("root", Base(), True)
    check("root", Base("ci", "noble"), True)
    check("tester", Base("ci", "bookworm"), False)


@pytest.fixture
def usermod(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    asked: list[list[str]] = []
    monkeypatch.setattr(sharder_host, "run", lambda command, **_: asked.append(command))
    return asked


def test_subordinate_ids_are_beyond_everybody_elses(tmp_path: Path, usermod: list[list[str]]) -> None:
    (tmp_path / "subuid").write_text("lxd:1000000:65536\nada:100000:65536\n")
    (tmp_path / "subgid").write_text("lxd:2000000:65536\n")
    ensure_subordinate_ids("tester", tmp_path)
    assert usermod == [
        ["usermod", "--add-subuids", "2065536-2131071", "tester"],
        ["usermod", "--add-subgids", "2065536-2131071", "tester"],
    ]


def test_subordinate_ids_that_suffice_are_kept(tmp_path: Path, usermod: list[list[str]]) -> None:
    for name in ("subuid", "subgid"):
        (tmp_path / name).write_text("tester:100000:65536\n")
    ensure_subordinate_ids("tester", tmp_path)
    assert usermod == []


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A sharder that writes down how it was called, and knows one base."""
    script = tmp_path / "sharder"
    script.write_text(
        "#!/bin/sh\n"
        f'echo "$*" >> {tmp_path}/calls\n'
        'case "$1 $2" in\n'
        '"base list") echo "old  /var/lib/sharder/bases/old";;\n'
        '"--version "*) echo sharder 1.2.3;;\n'
        "esac\n"
    )
    script.chmod(0o755)
    return script


def calls(tmp_path: Path) -> list[str]:
    return (tmp_path / "calls").read_text().splitlines()


def test_a_base_is_made_once(tmp_path: Path, program: Path) -> None:
    host = SharderHost(Account.current(), program)
    host.ensure_base(Base())
    host.ensure_base(Base("old", "bookworm"))
    host.ensure_base(Base("new", "bookworm", ("make", "g++")))
    made = "base create new --release bookworm --packages make,g++"
    assert calls(tmp_path) == ["base list", "base list", made]


def test_a_base_is_removed_if_it_is_there(tmp_path: Path, program: Path) -> None:
    host = SharderHost(Account.current(), program)
    for name in ("host", "absent", "old"):
        host.remove_base(Base(name, "bookworm"))
    assert calls(tmp_path) == ["base list", "base list", "base remove old"]
    SharderHost(Account.current(), tmp_path / "not-installed").remove_base(Base("old", "bookworm"))


def test_this_machine_is_no_base_to_refresh(program: Path) -> None:
    with pytest.raises(UsageError, match="nothing to refresh"):
        SharderHost(Account.current(), program).refresh_base(Base())


def test_the_version_is_the_programs(program: Path) -> None:
    assert SharderHost(Account.current(), program).version == "1.2.3"


@pytest.mark.real
def test_the_real_doctor_finds_this_machine_fit(sharder: Path) -> None:
    fit, diagnosis = SharderHost(Account.current(), sharder).doctor(Base())
    assert fit, diagnosis
    assert "what clones need" in diagnosis


@pytest.mark.real
def test_a_real_repository_is_tested_and_nothing_is_left(tmp_path: Path, project: Any, sharder: Path) -> None:
    host = SharderHost(Account.current(), sharder)
    place = tmp_path / "by-hand" / "project"
    status, said = host.run_tests(place, str(project.directory), "", ["--no-history"])
    assert (status, "2 tests: 2 passed" in said) == (0, True), said
    project.commit(third="exit 1")
    status, said = host.run_tests(place, str(project.directory), "main", ["--no-history", "--reruns", "0"])
    assert (status, "1 failed" in said) == (1, True), said
    assert list(place.parent.iterdir()) == []
    with pytest.raises(WorkloadError, match="no-such-branch"):
        host.run_tests(place, str(project.directory), "no-such-branch", [])
