"""The command line of scripts/deploy-buildbot."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from buildbot_common.errors import WorkloadError
from buildbot_deploy.answers import DEFAULT_DIRECTORY, Answers
from buildbot_deploy.deployment import Deployment
from buildbot_deploy.report import print_build, print_status, print_success

BUILD_SECONDS = 24 * 3600  # people stop waiting by Ctrl-C

EPILOG = """\
examples:
  sudo scripts/deploy-buildbot install --repository https://example.org/project.git
  sudo scripts/deploy-buildbot install --repository /srv/project.git --workers 2 --builder parallel \\
       --builder 'nightly: --order shuffle'
  sudo scripts/deploy-buildbot force parallel --wait
  sudo scripts/deploy-buildbot remove

install again with other options to change something; what is left out stays as it is. Nothing is restarted that need
not be, so that running builds go on. Under systemd the services are units; elsewhere they are plain processes, which
start brings back after a reboot.

Beneath the directory: master/ (twistd.log, master.cfg, secrets/), workers/worker-N/, venv/, services/,
deployment.json. Passwords are in files of mode 0600, and in nothing else.

exit status: 0 done; 1 something failed, and the message says what; 2 usage; 3 status: something does not run;
force --wait: the build's result, 0 success, 1 otherwise.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    parsed = parser().parse_args(arguments)
    try:
        return int(parsed.command(parsed))
    except WorkloadError as error:
        print(f"deploy-buildbot: {error}", file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="scripts/deploy-buildbot",
        description="Sets up a Buildbot master and its workers, which test with sharder, on this machine.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    add_install(commands)
    for name, command, text in (
        ("start", start, "start master and workers"),
        ("stop", stop, "stop master and workers; running builds are taken up again after start"),
        ("status", status, "say what runs, and where"),
        ("remove", remove, "stop everything and remove everything that install made"),
    ):
        sub = commands.add_parser(name, help=text, description=text)
        add_directory(sub)
        if name == "status":
            sub.add_argument("--json", action="store_true", help="for programs: ports, files, and what runs")
        sub.set_defaults(command=command)
    force_parser = commands.add_parser("force", help="start a build", description="Starts a build.")
    add_directory(force_parser)
    force_parser.add_argument("builder", metavar="BUILDER")
    force_parser.add_argument("--branch", default="", help="default: the repository's own")
    force_parser.add_argument("--reason", default="forced from the command line")
    force_parser.add_argument("--wait", action="store_true", help="until it has ended; print its steps and its result")
    force_parser.set_defaults(command=force)
    return top


def add_directory(target: argparse.ArgumentParser) -> None:
    target.add_argument(
        "--directory",
        metavar="DIR",
        type=absolute,
        default=DEFAULT_DIRECTORY,
        help=f"where everything lies; default {DEFAULT_DIRECTORY}",
    )


def absolute(text: str) -> Path:
    return Path(text).absolute()


def add_install(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "set up master and workers, or change what is set up, and start them"
    sub = commands.add_parser("install", help=text, description=text)
    add_directory(sub)
    what = sub.add_argument_group("what is built")
    what.add_argument("--repository", metavar="URL", help="git repository; needed the first time")
    what.add_argument(
        "--branch", dest="branches", metavar="NAME", action="append", help="watch only this branch (repeatable)"
    )
    what.add_argument(
        "--builder",
        dest="builders",
        metavar="NAME[: ARGUMENTS]",
        action="append",
        help="a builder, with arguments for `sharder run` (repeatable); default parallel",
    )
    what.add_argument("--build-command", metavar="COMMAND", help="run by sh before the tests, for instance: make")
    what.add_argument("--poll-seconds", metavar="N", type=int, help="look for changes that often; default 60")
    what.add_argument(
        "--settle-seconds", metavar="N", type=int, help="build when no change came for that long; default 10"
    )
    what.add_argument(
        "--master-cfg", metavar="FILE", type=absolute, help="a master.cfg of your own instead of the rendered one"
    )
    who = sub.add_argument_group("who builds")
    who.add_argument("--workers", metavar="N", type=int, help="default 1")
    who.add_argument(
        "--containers", metavar="N", type=int, help="clones of a run; default: the cores, shared out to the workers"
    )
    who.add_argument("--base", metavar="NAME", help="base for all runs; default: what the project says")
    who.add_argument("--user", metavar="NAME", help="account that master and workers run as; default: the caller's")
    program = who.add_mutually_exclusive_group()
    program.add_argument("--sharder", metavar="PATH", type=absolute, help="the program; default: the one in PATH")
    program.add_argument("--deb", metavar="FILE", type=absolute, help="install sharder's Debian package first")
    where = sub.add_argument_group("where it listens")
    where.add_argument("--interface", metavar="ADDRESS", help="default 127.0.0.1; 0.0.0.0: everybody can connect")
    where.add_argument("--www-port", metavar="PORT", type=port, help="web pages; default 8010; auto: a free one")
    where.add_argument("--port", metavar="PORT", type=port, help="workers; default 9989; auto: a free one")
    where.add_argument("--url", help="as browsers reach it; default http://INTERFACE:PORT/")
    where.add_argument("--admin", metavar="NAME", help="who may force and stop builds; default admin; '': everybody")
    how = sub.add_argument_group("how it is installed")
    how.add_argument(
        "--requirements", metavar="FILE", type=absolute, help="pins of Buildbot and what it needs; default: 4.3.0"
    )
    how.add_argument(
        "--venv", metavar="DIR", type=absolute, help="virtual environment to make or to share; default DIR/venv"
    )
    sub.set_defaults(command=install)


def port(text: str) -> int:
    if text == "auto":
        return 0
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{text}: a port is 1 to 65535, or auto")
    return number


def install(parsed: argparse.Namespace) -> int:
    given = {name: value for name, value in vars(parsed).items() if name not in ("command", "directory")}
    answers = Answers.load(parsed.directory).changed(given)
    deployment = Deployment(answers)
    changes = deployment.install()
    print_success(deployment, changes)
    return 0


def start(parsed: argparse.Namespace) -> int:
    deployment = Deployment(Answers.existing(parsed.directory))
    print_success(deployment, deployment.install())
    return 0


def stop(parsed: argparse.Namespace) -> int:
    Deployment(Answers.existing(parsed.directory)).stop()
    return 0


def status(parsed: argparse.Namespace) -> int:
    return 0 if print_status(Deployment(Answers.existing(parsed.directory)), parsed.json) else 3


def remove(parsed: argparse.Namespace) -> int:
    Deployment(Answers.existing(parsed.directory)).remove()
    print(f"removed: {parsed.directory}")
    return 0


def force(parsed: argparse.Namespace) -> int:
    client = Deployment(Answers.existing(parsed.directory)).client
    request = client.force(parsed.builder, parsed.branch, parsed.reason)
    if not parsed.wait:
        print(f"build request {request} of {parsed.builder} is queued")
        return 0
    build = client.wait(request, BUILD_SECONDS)
    print_build(build)
    return 0 if build.result == "success" else 1
