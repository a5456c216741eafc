import os
from pathlib import Path

from buildbot_common import files
from buildbot_common.accounts import Account

ME = Account.current()


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_writes_only_what_changes(tmp_path: Path) -> None:
    path = tmp_path / "a"
    assert files.write(path, "one\n", ME)
    before = path.stat().st_ino
    assert not files.write(path, "one\n", ME)
    assert path.stat().st_ino == before
    assert files.write(path, "two\n", ME)
    assert path.read_text() == "two\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_mode_that_was_changed_by_hand_is_mended(tmp_path: Path) -> None:
    path = tmp_path / "a"
    files.write(path, "secret\n", ME, files.SECRET)
    path.chmod(0o644)
    assert files.write(path, "secret\n", ME, files.SECRET)
    assert mode(path) == 0o600


def test_a_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        first = files.secret(tmp_path / "s", ME)
        assert files.secret(tmp_path / "s", ME) == first
        assert (len(first) > 30, mode(tmp_path / "s")) == (True, 0o600)
    finally:
        os.umask(umask)


def test_two_secrets_differ(tmp_path: Path) -> None:
    assert files.secret(tmp_path / "a", ME) != files.secret(tmp_path / "b", ME)


def test_a_half_written_file_of_an_earlier_try_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / ".a.new").write_text("half")
    assert files.write(tmp_path / "a", "whole\n", ME)
    assert (tmp_path / "a").read_text() == "whole\n"


def test_remove_takes_trees_files_and_links_but_not_what_links_point_to(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    (tmp_path / "link").symlink_to(target)
    (tmp_path / "tree" / "deep").mkdir(parents=True)
    for name in ("link", "tree", "absent"):
        files.remove(tmp_path / name)
    assert list(tmp_path.iterdir()) == [target]


def test_the_tail_of_a_log_is_its_last_lines_and_that_of_none_is_empty(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert files.tail(log) == ""
    log.write_text("one\ntwo\nthree\n")
    assert files.tail(log, 2) == "two\nthree"
