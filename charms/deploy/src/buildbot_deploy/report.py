"""What deploy-buildbot tells people."""

from __future__ import annotations

import json

from buildbot_common.services import Change
from buildbot_deploy.answers import HIDDEN
from buildbot_deploy.deployment import Deployment
from master_client import Build


def print_success(deployment: Deployment, changes: dict[str, Change]) -> None:
    answers = deployment.answers
    for name, change in changes.items():
        print(f"{name}: {change.value}")
    print(f"web pages:  {deployment.settings.url}")
    print(f"workers at: {answers.interface}:{answers.port}")
    print(f"log:        {deployment.master.directory / 'twistd.log'}")
    if answers.admin:
        print(f"log in as:  {answers.admin}, with the password in {deployment.master.admin_password_file}")
    if not answers.directory.is_relative_to(HIDDEN):
        print(f"note:       tests that run as root can read the passwords in {answers.directory}, unless their")
        print(f"            sharder.toml hides it; beneath {HIDDEN} it is hidden by default")
    first = deployment.builders[0].name
    print(f"\nnext: scripts/deploy-buildbot force {first} --wait --directory {answers.directory}")


def print_status(deployment: Deployment, as_json: bool) -> bool:
    """True if everything runs and has joined."""
    states = {"master": "runs" if deployment.master.is_running else "does not run"}
    for number in range(1, deployment.answers.workers + 1):
        worker = deployment.worker(number)
        states[f"worker-{number}"] = worker.connection().name.lower() if worker.is_running else "does not run"
    if as_json:
        print(json.dumps({"services": states, **places(deployment)}, indent=2))
    else:
        for name, state in states.items():
            print(f"{name}: {state}")
        print(f"web pages: {deployment.settings.url}")
    return all(state in ("runs", "joined") for state in states.values())


def places(deployment: Deployment) -> dict[str, object]:
    """Where programs find what install prints for people."""
    answers = deployment.answers
    return {
        "url": deployment.settings.url,
        "www_port": answers.www_port,
        "worker_port": answers.port,
        "repository": answers.repository,
        "master_directory": str(deployment.master.directory),
        "admin": answers.admin,
        "admin_password_file": str(deployment.master.admin_password_file),
        "change_password_file": str(deployment.master.change_password_file),
        "venv": str(answers.venv_directory),
    }


def print_build(build: Build) -> None:
    print(f"{build.builder} {build.number}: {build.result or 'runs'}, {build.state}")
    for step in build.steps:
        print(f"  {step}")
    print(f"  {build.url}")
