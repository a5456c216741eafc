"""Looks for a key that the machine's root keeps in its keyring.

class: CVE-2014-9529 and kin, keyctl
expect: passed
docker: contained: refused by the default profile, since keyrings know no namespaces
"""
import hostile

USER_KEYRING, USER_SESSION, SESSION, KEYCTL_SEARCH, KEYCTL_GET_PERSISTENT = -4, -5, -3, 10, 22
NAME = hostile.os.environ["HOSTILE_KEY"].encode()
ENOKEY = 126


def search(keyring: int) -> int:
    try:
        return hostile.syscall("keyctl", KEYCTL_SEARCH, keyring, b"user", NAME, 0)
    except OSError as error:
        raise PermissionError(1, "no such key") if error.errno == ENOKEY else error


for ring in (USER_KEYRING, USER_SESSION, SESSION):
    hostile.door(f"keyring {ring}", lambda ring=ring: search(ring))
with open("/proc/keys", encoding="ascii", errors="replace") as keys:
    if NAME.decode() in keys.read():
        hostile.found("/proc/keys shows the machine's keys")
hostile.finish()
