"""The corpora in git: grows them with what a fuzzer found, and with nothing that covers what is covered already."""

import subprocess
from pathlib import Path

from .fuzzer import Fuzzer

CORPORA = Path(__file__).parent / "corpus"


def grow(fuzzer: Fuzzer) -> int:
    """Returns how many inputs are new."""
    before = files_in(fuzzer.corpus)
    subprocess.run([str(fuzzer.program), "-merge=1", str(fuzzer.corpus), str(fuzzer.work)],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return len(files_in(fuzzer.corpus) - before)


def files_in(directory: Path) -> set[Path]:
    return {path for path in directory.rglob("*") if path.is_file()}


def bytes_in(directory: Path) -> int:
    return sum(path.stat().st_size for path in files_in(directory))
