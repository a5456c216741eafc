"""What deploy-buildbot tells people."""

from __future__ import annotations

from buildbot_common.services import Change
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
    first = deployment.builders[0].name
    print(f"\nnext: scripts/deploy-buildbot force {first} --wait --directory {answers.directory}")


def print_status(deployment: Deployment) -> bool:
    """True if everything runs and has joined."""
    rows = {"master": "runs" if deployment.master.is_running else "does not run"}
    for number in range(1, deployment.answers.workers + 1):
        worker = deployment.worker(number)
        rows[f"worker-{number}"] = worker.connection().name.lower() if worker.is_running else "does not run"
    for name, state in rows.items():
        print(f"{name}: {state}")
    print(f"web pages: {deployment.settings.url}")
    return all(state in ("runs", "joined") for state in rows.values())


def print_build(build: Build) -> None:
    print(f"{build.builder} {build.number}: {build.result or 'runs'}, {build.state}")
    for step in build.steps:
        print(f"  {step}")
    print(f"  {build.url}")
