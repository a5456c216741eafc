"""Whether real clones can be had on this machine."""

import os

SKIPPED = 77  # the exit status that ctest takes for a skipped test


def why_not_here() -> str | None:
    if os.geteuid() != 0:
        return "clones need root"
    places = ("/usr/lib/x86_64-linux-gnu/lxc/rootfs", "/usr/lib/lxc/rootfs")
    return None if any(map(os.path.exists, places)) else "LXC is not installed (apt-get install liblxc-common)"
