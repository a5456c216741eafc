"""Exempts itself from the out-of-memory killer, then takes memory: the agent would be the next choice.

class: CWE-400, oom_score_adj
expect: crashed
docker: contained: lowering the score needs CAP_SYS_RESOURCE
"""
import os
import sys


def exempt(score: str) -> bool:
    try:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
            file.write(score)
    except OSError:
        return False
    return True


if exempt("-1000") or exempt("-1"):
    print("door open: oom_score_adj")
    sys.stdout.flush()
    os._exit(1)
exempt("0")
blocks = []
while True:
    blocks.append(b"x" * (4 << 20))
