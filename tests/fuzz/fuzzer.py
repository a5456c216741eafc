"""One libFuzzer program: runs it for some CPU time and understands what it prints."""

import os
import re
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

# A hang, a flood of memory: findings like a crash.
TIMEOUT_SECONDS = 5
LIMITS = [f"-timeout={TIMEOUT_SECONDS}", "-rss_limit_mb=1024", "-malloc_limit_mb=256"]
TIMEOUT_STATUS = 70
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
KINDS = {
    "timeout after": "timeout",
    "out-of-memory": "memory",
    "CLAIM BROKEN": "broken claim",
    "AddressSanitizer": "memory error",
    "LeakSanitizer": "leak",
    "runtime error": "undefined behaviour",
}


@dataclass
class Finished:
    name: str
    cpu_seconds: float
    executions: int
    coverage: int
    corpus: int
    peak_mib: int
    kind: str  # "" when nothing was found
    finding: str
    replay: str
    log: Path


class Fuzzer:
    def __init__(self, build_directory: Path, name: str, seconds: float) -> None:
        sources = Path(__file__).parent
        self.name = name
        self.program = (build_directory / "fuzzers" / f"fuzz_{name}").resolve()
        self.corpus = sources / "corpus" / name
        self.dictionary = sources / "dictionaries" / f"{name}.dict"
        self.work = (build_directory / "work" / name).resolve()
        self.findings = (build_directory / "findings").resolve()
        self.seconds = seconds

    def run(self) -> Finished:
        self.work.mkdir(parents=True, exist_ok=True)
        self.findings.mkdir(exist_ok=True)
        log = self.work.with_suffix(".log")
        used = 0.0
        with log.open("wb") as output:
            while True:
                process = subprocess.Popen(self.command(), stdout=output, stderr=subprocess.STDOUT, preexec_fn=be_nice)
                used += wait(process, self.seconds - used)
                only_waited = process.returncode == TIMEOUT_STATUS and not self.is_slow(log)
                if not only_waited or used >= self.seconds:
                    return self.understand(log, 0 if only_waited else process.returncode, used)

    def is_slow(self, log: Path) -> bool:
        """libFuzzer's timeout is wall time: on a busy machine it tells of inputs that have only had to wait."""
        finding = finding_in(log.read_text(errors="replace"))
        process = subprocess.Popen([str(self.program), f"-timeout={100 * TIMEOUT_SECONDS}", finding],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        slow = os.wait4(process.pid, 0)[2].ru_utime >= TIMEOUT_SECONDS
        if not slow:
            Path(finding).unlink()
        return slow

    def command(self) -> list[str]:
        dictionary = [f"-dict={self.dictionary}"] if self.dictionary.exists() else []
        return [str(self.program), *LIMITS, *dictionary, "-print_final_stats=1", "-max_len=8192",
                f"-artifact_prefix={self.findings}/{self.name}-", str(self.work), str(self.corpus)]

    def understand(self, log: Path, status: int, cpu_seconds: float) -> Finished:
        text = log.read_text(errors="replace")
        executions = sum(int(number) for number in re.findall(r"stat::number_of_executed_units: (\d+)", text))
        finding = finding_in(text) if status != 0 else ""
        return Finished(
            self.name, cpu_seconds, executions, last(text, r"cov: (\d+)"), last(text, r"corp: (\d+)"),
            last(text, r"stat::peak_rss_mb: *(\d+)"), kind_of(text) if status != 0 else "",
            finding or (f"exit status {status}" if status != 0 else ""), f"{self.program} {finding}", log)


def finding_in(text: str) -> str:
    written = re.findall(r"Test unit written to (\S+)", text)
    return written[-1] if written else ""


def kind_of(text: str) -> str:
    return next((kind for mark, kind in KINDS.items() if mark in text), "crash")


def last(text: str, pattern: str) -> int:
    numbers = re.findall(pattern, text, re.MULTILINE)
    return int(numbers[-1]) if numbers else 0


def be_nice() -> None:
    os.nice(19)


def wait(process: subprocess.Popen, seconds: float) -> float:
    """Ends the fuzzer when it has used its time; libFuzzer itself knows wall time only. Returns what it has used."""
    used = 0.0
    while process.poll() is None:
        used = max(used, cpu_seconds_of(process.pid))
        if used >= seconds:
            # Asks for a graceful end; again and again, since the first may come before there is a handler.
            process.send_signal(signal.SIGUSR1)
        time.sleep(0.5)
    return used


def cpu_seconds_of(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND
