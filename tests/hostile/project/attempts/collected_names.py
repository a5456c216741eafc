"""Leaves files whose names hold line ends, escape sequences, quotes, NUL's neighbours and bytes that are no text.

class: CWE-150, file names
expect: passed
docker: does not apply
"""
import os

import hostile

os.makedirs("out", exist_ok=True)
for name in (b"line\nend", b"\x1b[2J\x1b]0;owned\x07", b"\xff\xfe", b"..", b"...", b"<script>", b"a\"b'c", b"\r",
             b"\x01\x7f"):
    try:
        with open(b"out/" + name + b".txt", "wb") as file:
            file.write(b"kept")
    except IsADirectoryError:
        pass
hostile.finish()
