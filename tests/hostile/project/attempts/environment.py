"""Looks for the caller's variables: tokens and passwords of a build server stand there.

class: CWE-526, environment
expect: passed
docker: contained: only what -e names
"""
import os

import hostile

for name, value in os.environ.items():
    if "SECRET" in name and name != "HOSTILE_SECRET_FILE" or "not-for-tests" in value:
        hostile.found(f"variable {name}")
for name in os.listdir("/proc"):
    if name.isdigit() and int(name) != os.getpid():
        hostile.closed_for_reading(f"/proc/{name}/environ")
hostile.finish()
