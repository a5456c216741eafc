"""A test that minds its own business, and notices when somebody else's gets in its way."""
import ctypes
import fcntl
import os
import socket
import time
from pathlib import Path

libc = ctypes.CDLL(None)


def files_are_untouched() -> None:
    for directory in ("/tmp", "/dev/shm"):
        assert not os.listdir(directory), f"{directory} holds {os.listdir(directory)}"
    assert not os.path.exists("out") and not os.path.exists("linked"), "somebody else's files"
    for place in ("/tmp", "/dev/shm", "/var/tmp", "/run/lock"):
        Path(place, "neighbour-" + os.environ["SHARDER_WORKER"]).write_text("mine", encoding="ascii")
    Path("/tmp/space").write_bytes(bytes(16 << 20))


def budgets_are_there() -> None:
    pipes = [os.pipe() for _ in range(8)]
    for _, end in pipes:
        assert fcntl.fcntl(end, fcntl.F_SETPIPE_SZ, 1 << 18) >= 1 << 18, "no room for pipes"
    assert all(libc.inotify_init1(0) >= 0 for _ in range(8)), "no inotify instances"
    block = bytearray(24 << 20)
    block[::4096] = b"x" * len(block[::4096])
    children = []
    for _ in range(20):
        child = os.fork()
        if child == 0:
            os._exit(0)
        children.append(child)
    assert all(os.waitpid(child, 0)[1] == 0 for child in children), "a child ended badly"


def network_is_its_own() -> None:
    with socket.create_server(("127.0.0.1", 4711)) as server, socket.create_connection(("127.0.0.1", 4711)) as client:
        client.sendall(b"hello")
        assert server.accept()[0].recv(5) == b"hello"


def machine_is_the_same() -> None:
    assert socket.gethostname() == os.environ["HOSTILE_HOST_NAME"], socket.gethostname()
    assert abs(time.time() - float(os.environ["HOSTILE_TIME"])) < 600, "another time"
    assert os.sysconf("SC_OPEN_MAX") >= 1024


files_are_untouched()
budgets_are_there()
network_is_its_own()
machine_is_the_same()
print("honest:", os.environ["SHARDER_TEST"])
