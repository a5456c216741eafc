"""Commands, packages, proxies, accounts and virtual environments."""

import os
import subprocess
from pathlib import Path

import pytest

from buildbot_common import packages, proxies
from buildbot_common.accounts import Account
from buildbot_common.commands import run
from buildbot_common.errors import WorkloadError
from buildbot_common.virtualenv import VirtualEnvironment


def test_a_failing_command_is_quoted_with_its_last_words() -> None:
    with pytest.raises(WorkloadError, match=r"sh -c .*: exit status 3\nfirst\nlast"):
        run(["sh", "-c", "echo first; echo last >&2; exit 3"])


def test_a_command_that_is_not_there_is_named() -> None:
    with pytest.raises(WorkloadError, match="cannot run no-such-program: No such file"):
        run(["no-such-program"])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_command_of_another_account_has_its_home_and_its_rights() -> None:
    nobody = Account.named("nobody")
    done = run(["sh", "-c", "id -un; id -Gn; echo $HOME $USER"], account=nobody, directory=Path("/"))
    assert done.stdout.split() == ["nobody", "nogroup", str(nobody.home), "nobody"]


def test_a_command_that_hangs_is_killed() -> None:
    with pytest.raises(WorkloadError, match="still running after 0 s"):
        run(["sleep", "1000"], timeout_seconds=0.1)


def test_what_is_installed_is_not_installed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "run", lambda *_, **__: pytest.fail("apt was called"))
    packages.ensure(["bash", "coreutils"])
    assert packages.installed_version("bash")
    assert packages.installed_version("no-such-package-anywhere") == ""


def test_what_is_missing_is_all_that_apt_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(packages, "run", lambda command, **_: asked.append(command))
    packages.ensure(["bash", "no-such-package-anywhere"])
    assert [command[1] for command in asked] == ["update", "install"]
    assert "no-such-package-anywhere" in asked[1]
    assert "bash" not in asked[1]


def test_a_package_file_is_installed_when_its_version_differs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = tmp_path / "tree"
    (tree / "DEBIAN").mkdir(parents=True)
    version = packages.installed_version("bash")
    asked: list[str] = []
    monkeypatch.setattr(packages, "_apt", lambda command, *rest: asked.append(f"{command} {' '.join(rest)}"))
    for number, each in enumerate((version, f"{version}+newer")):
        (tree / "DEBIAN" / "control").write_text(
            f"Package: bash\nVersion: {each}\nArchitecture: all\nMaintainer: n\nDescription: d\n"
        )
        file = tmp_path / f"bash_{number}.deb"
        subprocess.run(["dpkg-deb", "--build", "--root-owner-group", tree, file], check=True, capture_output=True)
        packages.ensure_file(file)
    assert asked == ["update ", f"install --allow-downgrades {tmp_path / 'bash_1.deb'}"]


def test_an_empty_package_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.deb").touch()
    with pytest.raises(WorkloadError, match="is no Debian package: it is empty"):
        packages.ensure_file(tmp_path / "x.deb")


def test_proxies_of_the_model_reach_services(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(proxies.variables()):
        monkeypatch.delenv(name)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    proxies.take_from_juju({"JUJU_CHARM_HTTP_PROXY": "http://proxy:3128", "JUJU_CHARM_NO_PROXY": "10.0.0.0/8"})
    assert proxies.variables() == {
        "http_proxy": "http://proxy:3128",
        "HTTP_PROXY": "http://proxy:3128",
        "no_proxy": "10.0.0.0/8",
        "NO_PROXY": "10.0.0.0/8",
    }


def test_an_account_that_is_not_there_is_named() -> None:
    with pytest.raises(WorkloadError, match="no account nobody-of-that-name"):
        Account.named("nobody-of-that-name")
    assert Account.named(Account.current().name) == Account.current()


def test_a_virtual_environment_is_made_once_and_again_for_other_pins(tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("# nothing\n")
    made = VirtualEnvironment(tmp_path / "venv", requirements)
    assert made.ensure()
    assert not made.ensure()
    assert made.program("python").exists()
    requirements.write_text("# nothing else\n")
    assert made.ensure()
    made.remove()
    assert [path.name for path in tmp_path.iterdir()] == ["requirements.txt"]


def test_a_requirement_that_cannot_be_had_is_an_error(tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"{tmp_path}/no-such-package.whl\n")
    with pytest.raises(WorkloadError, match="no-such-package"):
        VirtualEnvironment(tmp_path / "venv", requirements).ensure()
    assert not (tmp_path / "venv" / "installed.sha256").exists()
