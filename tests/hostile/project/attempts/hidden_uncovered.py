"""Removes the hiding directory and makes it again, to see what was below.

class: CWE-284, overlay
expect: passed
docker: does not apply
"""
import contextlib
import os
import shutil

import hostile

secret = os.environ["HOSTILE_SECRET_FILE"]
directory = os.path.dirname(secret)
for action in (lambda: shutil.rmtree(directory), lambda: os.rename(directory, directory + ".moved"),
               lambda: os.mkdir(directory), lambda: os.removexattr(directory, "trusted.overlay.opaque"),
               lambda: os.setxattr(os.path.dirname(directory), "trusted.overlay.redirect", b"/root")):
    with contextlib.suppress(OSError):
        action()
hostile.closed_for_reading(secret, directory + ".moved/" + os.path.basename(secret), "/etc/shadow-")
hostile.finish()
