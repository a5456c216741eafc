"""Asks for the machine's input and output ports.

class: CWE-250, hardware
expect: passed
docker: contained: refused without CAP_SYS_RAWIO
"""
import hostile

hostile.door("iopl", lambda: hostile.syscall("iopl", 3))
hostile.door("ioperm", lambda: hostile.syscall("ioperm", 0x80, 1, 1))
hostile.closed_for_writing("/dev/port", "/sys/bus/pci/rescan")
hostile.finish()
