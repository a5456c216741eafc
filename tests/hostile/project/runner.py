"""A runner that is fed its tests and answers in subunit. Some of them lie, and there are honest ones to lie about."""
import os
import struct
import sys
import time
import zlib
from collections.abc import Callable

IN_PROGRESS, SUCCESS, FAIL = 2, 3, 6
HAS_TEST, HAS_FILE, VERSION = 0x0800, 0x0040, 0x2000
ATTEMPTS: dict[str, tuple[Callable[[str], None], str]] = {}


def attempt(expected: str, *names: str) -> Callable[[Callable[[str], None]], Callable[[str], None]]:
    """`names`: the ids under which it is listed, where they are not the function's name."""
    def add(function: Callable[[str], None]) -> Callable[[str], None]:
        for name in names or (function.__name__,):
            ATTEMPTS[name] = function, expected
        return function
    return add


def number(value: int) -> bytes:
    if value < 1 << 6:
        return struct.pack(">B", value)
    if value < 1 << 14:
        return struct.pack(">H", value | 0x4000)
    return struct.pack(">I", value | 0x800000)[1:] if value < 1 << 22 else struct.pack(">I", value | 0xC0000000)


def text(value: bytes) -> bytes:
    return number(len(value)) + value


def packet(status: int, test: bytes, file: tuple[bytes, bytes] | None = None) -> bytes:
    flags = VERSION | status | HAS_TEST | (HAS_FILE if file else 0)
    body = text(test) + (text(file[0]) + text(file[1]) if file else b"")
    rest = 3 + len(body) + 4
    length = rest + (1 if rest + 1 < 1 << 6 else 2 if rest + 2 < 1 << 14 else 3)
    front = b"\xb3" + struct.pack(">H", flags) + number(length) + body
    return front + struct.pack(">I", zlib.crc32(front))


def tell(data: bytes) -> None:
    while data:
        data = data[os.write(1, data):]


def begin(name: str) -> None:
    tell(packet(IN_PROGRESS, name.encode()))


def end(name: str, status: int) -> None:
    tell(packet(status, name.encode()))


@attempt("passed", "honest_1", "honest_2", "honest_3", "honest_4", "honest_5")
def honest(name: str) -> None:
    begin(name)
    end(name, SUCCESS)


@attempt("failed", "victim_1", "victim_2", "victim_3")
def victim(name: str) -> None:
    begin(name)
    time.sleep(0.05)
    end(name, FAIL)


@attempt("passed")
def forges_others(name: str) -> None:
    begin(name)
    for other in [*ATTEMPTS, "each/attempt/crash", "no such test", "fed/victim_2"]:
        if other != name:
            begin(other)
            end(other, SUCCESS if other.startswith("victim") else FAIL)
    begin(name)
    end(name, SUCCESS)


@attempt("passed, leaks")
def forges_from_a_daemon(name: str) -> None:
    begin(name)
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True:
                for other in ("victim_1", "victim_2", "victim_3"):
                    end(other, SUCCESS)
                time.sleep(0.001)
        os._exit(0)
    os.wait()
    end(name, SUCCESS)


@attempt("passed")
def answers_twice(name: str) -> None:
    begin(name)
    end(name, SUCCESS)
    end(name, FAIL)
    end(name, SUCCESS)


@attempt("passed")
def broken_packets(name: str) -> None:
    begin(name)
    good = packet(SUCCESS, b"victim_1")
    tell(good[:-1] + b"\0" + b"\n" + good[:-5] + b"\n" + b"\xb3" * 1000 + b"\n" + b"\xb3\x2f\xff\x3f" * 1000 + b"\n")
    tell(bytes(64) + b"\n")
    end(name, SUCCESS)


@attempt("timed-out")
def packet_without_end(name: str) -> None:
    begin(name)
    tell(b"\xb3" + struct.pack(">H", VERSION | SUCCESS | HAS_TEST) + b"\xbf\xff\xff")
    end(name, SUCCESS)
    time.sleep(1000)


@attempt("passed")
def line_without_end(name: str) -> None:
    begin(name)
    for _ in range(32):
        tell(b"x" * (1 << 20))
    tell(b"\n")
    end(name, SUCCESS)


@attempt("passed")
def large_attachments(name: str) -> None:
    begin(name)
    for part in range(20):
        tell(packet(0, name.encode(), (b"file-%d" % part, b"y" * (1 << 20))))
    end(name, SUCCESS)


@attempt("failed")
def breaking_names(name: str) -> None:
    begin(name)
    for byte in (b"\0", b"\x1b[2J", b"\xff\xfe", b"\n", b"]]></script>"):
        tell(packet(0, name.encode(), (b"name" + byte, b"content" + byte)))
        tell(packet(SUCCESS, b"victim_1" + byte))
    end(name, FAIL)


@attempt("passed")
def other_descriptors(name: str) -> None:
    begin(name)
    for descriptor in range(3, 64):
        for data in (packet(SUCCESS, b"victim_1"), packet(FAIL, b"honest_1")):
            try:
                os.write(descriptor, data)
            except OSError:
                break
    end(name, SUCCESS)


@attempt("timed-out")
def takes_the_next_id(name: str) -> None:
    begin(name)
    os.read(0, 1 << 16)
    end(name, SUCCESS)


@attempt("crashed")
def ends_the_runner(name: str) -> None:
    begin(name)
    os._exit(0)


@attempt("timed-out")
def closes_the_results(name: str) -> None:
    begin(name)
    os.close(1)
    time.sleep(1000)


@attempt("timed-out")
def never_answers(name: str) -> None:
    begin(name)
    time.sleep(1000)


def main() -> None:
    if sys.argv[1] == "list":
        names = sorted(ATTEMPTS, key=lambda name: zlib.crc32(name.encode()))  # honest ones and liars in turn
        print("\n".join(names))
        return
    for line in iter(sys.stdin.readline, ""):
        name = line.rstrip("\n")
        ATTEMPTS[name][0](name)


if __name__ == "__main__":
    main()
