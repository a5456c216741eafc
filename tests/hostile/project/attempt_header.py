"""Reads what an attempt says of itself at the head of its file."""
import ast
from dataclasses import dataclass
from pathlib import Path

DIRECTORY = Path(__file__).parent / "attempts"
KEYS = {"class", "expect", "timeout", "docker"}


@dataclass(frozen=True)
class Attempt:
    name: str
    tries: str
    attack_class: str
    docker: str
    outcome: str
    leaks: str  # "leaks", "maybe leaks" or ""
    timeout: float | None


def read(path: Path) -> Attempt:
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    tries, _, rest = text.partition("\n\n")
    fields = dict(line.split(": ", 1) for line in rest.splitlines())
    if not {"class", "expect", "docker"} <= fields.keys() <= KEYS:
        raise SystemExit(f"{path.name}: its head has {sorted(fields)}")
    outcome, _, leaks = fields["expect"].partition(", ")
    return Attempt(path.stem, " ".join(tries.split()), fields["class"], fields["docker"], outcome, leaks,
                   float(fields["timeout"]) if "timeout" in fields else None)


def all_attempts() -> list[Attempt]:
    return [read(path) for path in sorted(DIRECTORY.glob("*.py"))]
