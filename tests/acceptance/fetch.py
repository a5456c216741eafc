"""Gets the sources of suites through apt and pip, checked against a version and a checksum, and keeps them."""

import hashlib
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from .command import run

APT_SOURCES = Path("/etc/apt/sources.list"), Path("/etc/apt/sources.list.d")


class WrongSource(Exception):
    """What was fetched is not what the comparison was made for."""


@dataclass(frozen=True)
class DebianSource:
    package: str
    upstream: str  # the version without Debian's revision


@dataclass(frozen=True)
class PythonSource:
    package: str
    version: str
    sha256: str


def cache_directory() -> Path:
    named = os.environ.get("SHARDER_ACCEPTANCE_CACHE")
    directory = Path(named) if named else Path.home() / ".cache" / "sharder-acceptance"
    directory.mkdir(parents=True, exist_ok=True)
    return directory.resolve()


def fetch_debian(source: DebianSource, work: Path) -> Path:
    """Unpacks the source package below `work`; the tree's directory."""
    options = _private_apt(work.parent / "apt")
    log = work / "fetch.log"
    run(["apt-get", *options, "source", "--only-source", source.package], work, log)
    trees = [path for path in work.glob("*") if (path / "debian").is_dir()]
    if len(trees) != 1:
        raise WrongSource(f"apt-get source {source.package} unpacked {len(trees)} trees, not one")
    version = (trees[0] / "debian" / "changelog").read_text().split("(", 1)[1].split(")", 1)[0]
    upstream = upstream_version(version)
    if upstream != source.upstream:
        raise WrongSource(f"{source.package} is {upstream} here, the comparison was made for {source.upstream}")
    return trees[0]


def upstream_version(version: str) -> str:
    """A Debian version without epoch and Debian's revision."""
    return re.sub(r"^\d+:|-[^-]*$", "", version)


def fetch_python(source: PythonSource, work: Path) -> Path:
    """Unpacks the source distribution below `work`; the tree's directory."""
    requirement = f"{source.package}=={source.version}"
    run(["python3", "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--no-build-isolation",
         "--dest", str(work), requirement], work, work / "fetch.log")
    archives = list(work.glob("*.tar.gz"))
    if len(archives) != 1:
        raise WrongSource(f"pip download {requirement} left {len(archives)} archives, not one")
    checksum = hashlib.sha256(archives[0].read_bytes()).hexdigest()
    if checksum != source.sha256:
        raise WrongSource(f"{archives[0].name} has the sha256 {checksum}, not {source.sha256}")
    run(["tar", "-xzf", archives[0].name], work, work / "fetch.log")
    return work / archives[0].name.removesuffix(".tar.gz")


def _private_apt(directory: Path) -> list[str]:
    """apt's options for a configuration of our own: the machine's sources as they are, read as deb-src."""
    (directory / "lists" / "partial").mkdir(parents=True, exist_ok=True)
    (directory / "cache" / "archives" / "partial").mkdir(parents=True, exist_ok=True)
    sources = directory / "sources"
    shutil.rmtree(sources, ignore_errors=True)
    sources.mkdir()
    for path in _source_files():
        text = path.read_text()
        text = re.sub(r"(?m)^Types:.*$", "Types: deb-src", text)
        text = re.sub(r"(?m)^deb\s", "deb-src ", text)
        (sources / path.name).write_text(text)
    options = [f"Dir::Etc::sourceparts={sources}", "Dir::Etc::sourcelist=/dev/null",
               f"Dir::State::lists={directory}/lists", f"Dir::Cache={directory}/cache", "APT::Sandbox::User=root",
               "APT::Update::Post-Invoke=", "APT::Update::Post-Invoke-Success="]
    flags = [word for option in options for word in ("-o", option)]
    run(["apt-get", *flags, "-qq", "update"], directory, directory / "update.log")
    return flags


def _source_files() -> list[Path]:
    """The machine's source files that name Debian's own archive: others hold no suite of ours."""
    single, parts = APT_SOURCES
    files = [single] if single.is_file() else []
    if parts.is_dir():
        files += sorted(path for path in parts.iterdir() if path.suffix in (".list", ".sources"))
    return [path for path in files if "debian" in path.read_text()]
