"""Looks at what it is: a user without capabilities, or a root whose capabilities end at the clone.

class: CWE-250, capabilities
expect: passed
docker: root keeps 14 capabilities of the machine's user namespace
"""
import hostile

with open("/proc/self/uid_map", encoding="ascii") as file:
    inside, outside, _ = map(int, file.readline().split())
with open("/proc/self/status", encoding="ascii") as file:
    status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
REFUSED = {"sys_module": 16, "sys_rawio": 17, "sys_boot": 22, "sys_time": 25, "mac_override": 32, "mac_admin": 33}
if inside == 0 and outside == 0:
    hostile.found("its root is the machine's root")
if not hostile.is_root() and int(status["CapEff"], 16):
    hostile.found(f"a user with capabilities {status['CapEff']}")
for name, number in REFUSED.items():
    if int(status["CapBnd"], 16) >> number & 1:
        hostile.found(f"CAP_{name.upper()} can be had")
if status["Seccomp"] != "2":
    hostile.found("no filter of system calls")
hostile.finish()
