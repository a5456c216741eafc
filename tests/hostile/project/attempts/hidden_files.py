"""Looks for what is hidden: a secret of the judge's, hashes in /etc/shadow, keys, homes, and what sharder keeps.

class: CWE-200, secrets
expect: passed
docker: contained: an image holds none of the machine's files
"""
import contextlib
import glob
import os

import hostile

OWN = os.environ["HOME"] + "/"  # a test sees its own home, but for the usual places of secrets

hostile.closed_for_reading(os.environ["HOSTILE_SECRET_FILE"], "/root/.ssh/id_rsa", "/run/sharder/locks",
                           *glob.glob("/etc/ssh/*_key"), *glob.glob("/etc/ssl/private/*"))
for path in ("/etc/shadow", "/etc/shadow-", "/etc/gshadow"):
    with contextlib.suppress(OSError), open(path, encoding="utf-8") as file:
        if any(len(line.split(":")[1]) > 12 for line in file if ":" in line):
            hostile.found(f"hashes in {path}")
for path in ("/var/lib/sharder", "/var/lib/docker", "/var/lib/lxc", ".sharder", "/run/sharder"):
    with contextlib.suppress(OSError):
        if entries := os.listdir(path):
            hostile.found(f"{path}: {entries}")
for pattern in ("/root/*", "/root/.*", "/home/*/*"):
    if entries := [path for path in glob.glob(pattern) if not path.startswith(OWN)]:
        hostile.found(f"{pattern}: {entries[:3]}")
hostile.finish()
