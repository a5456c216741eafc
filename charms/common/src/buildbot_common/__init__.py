"""What Buildbot's master and worker have in common: files, commands, services, and how they find each other.

Nothing here knows Juju, and nothing needs more than Python's standard library: `scripts/deploy-buildbot` runs the same
code with the system's Python.
"""
