"""What a loss of power does to a file that was being appended to: its end is missing, or is there as zeros."""

import os
import random
from pathlib import Path

MOST_BYTES = 4096


def truncate_tail(path: Path, chance: random.Random) -> None:
    if not path.exists():
        return
    size = path.stat().st_size
    count = min(size, chance.randint(1, MOST_BYTES))
    with path.open("r+b") as file:
        file.truncate(size - count)
        if chance.random() < 0.3:
            # The length was written, the blocks were not.
            file.seek(0, os.SEEK_END)
            file.write(b"\0" * count)
