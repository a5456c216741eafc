"""What the judge leaves on the machine for attempts to find, and a directory where they would leave their marks."""
import ctypes
import os
import secrets
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

sys.path.insert(0, str(Path(__file__).parent / "project"))
import hostile  # noqa: E402  (the attempts' own way to call the kernel)

IPC_CREAT, IPC_RMID, KEYCTL_UNLINK, USER_KEYRING = 0o1000, 0, 9, -4
SHIPPED = Path(__file__).parent / "project"


class Canaries:
    """Everything is removed at the end of the with statement."""

    def __init__(self, user: str) -> None:
        self.token = secrets.token_hex(8)
        self.stack = ExitStack()
        self.user = user

    def __enter__(self) -> "Canaries":
        self.top = Path(tempfile.mkdtemp(prefix="sharder-hostile-", dir="/var/tmp"))
        self.stack.callback(shutil.rmtree, self.top)
        self.top.chmod(0o755)
        self.mark, self.project = self.top / "mark", self.top / "project"
        self.mark.mkdir()
        self.mark.chmod(0o1777)
        self.write_files()
        self.open_sockets()
        self.leave_in_the_kernel()
        self.copy_project()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.stack.close()

    def write_files(self) -> None:
        for name in ("secret", "rootonly"):
            (self.top / name).mkdir(mode=0o755 if name == "secret" else 0o700)
            (self.top / name / "kept.txt").write_text(f"{name} {self.token}\n", encoding="ascii")
        (self.top / "rootonly/kept.txt").chmod(0o600)
        os.mknod(self.top / "node", stat.S_IFCHR | 0o666, os.makedev(1, 11))  # the kernel's log

    def open_sockets(self) -> None:
        self.port = self.stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        for name in (f"\0{self.abstract}", str(self.top / "socket")):
            listener = self.stack.enter_context(socket.socket(socket.AF_UNIX))
            listener.bind(name)
            listener.listen()
        (self.top / "socket").chmod(0o777)

    def leave_in_the_kernel(self) -> None:
        self.segment = int(self.token[:7], 16)
        segment = hostile.libc.shmget(self.segment, ctypes.c_size_t(4096), IPC_CREAT | 0o666)
        self.stack.callback(hostile.libc.shmctl, segment, IPC_RMID, None)
        key = hostile.syscall("add_key", b"user", self.abstract.encode(), b"secret", 6, USER_KEYRING)
        self.stack.callback(hostile.syscall, "keyctl", KEYCTL_UNLINK, key, USER_KEYRING)
        self.process = self.stack.enter_context(subprocess.Popen(["/bin/sleep", "1000"]))
        self.stack.callback(self.process.kill)

    def copy_project(self) -> None:
        shutil.copytree(SHIPPED, self.project, ignore=shutil.ignore_patterns("__pycache__"))
        settings = self.project / "sharder.toml"
        text = settings.read_text(encoding="utf-8").replace("@VARIABLES@", '", "'.join(self.variables()))
        text = text.replace("@USER@", self.user).replace("@SECRET@", str(self.top / "secret"))
        settings.write_text(text, encoding="utf-8")

    @property
    def abstract(self) -> str:
        return f"sharder-hostile-{self.token}"

    def variables(self) -> dict[str, str]:
        """What the attempts are told: they need not search for what they could find."""
        return {"HOSTILE_MARK": str(self.mark), "HOSTILE_TOKEN": self.token, "HOSTILE_PROJECT": str(self.project),
                "HOSTILE_SECRET_FILE": str(self.top / "secret/kept.txt"),
                "HOSTILE_ROOT_ONLY": str(self.top / "rootonly/kept.txt"), "HOSTILE_NODE": str(self.top / "node"),
                "HOSTILE_ABSTRACT": self.abstract, "HOSTILE_KEY": self.abstract,
                "HOSTILE_SOCKET": str(self.top / "socket"), "HOSTILE_PORT": str(self.port.getsockname()[1]),
                "HOSTILE_SEGMENT": str(self.segment), "HOSTILE_PROCESS": str(self.process.pid),
                "HOSTILE_HOST_NAME": socket.gethostname(), "HOSTILE_TIME": str(int(time.time()))}
