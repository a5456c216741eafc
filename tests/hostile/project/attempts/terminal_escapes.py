"""Fails with output that would clear the screen, rename the window, and break XML, JSON and HTML.

class: CVE-2003-0063 and kin, CWE-150, CWE-79
expect: failed
docker: open: docker logs prints what the container wrote
"""
import os

BYTES = (b"\x1b[2J\x1b[H\x1b]0;owned\x07\x1b]52;c;b3duZWQ=\x07\x9b2J\x00\x08\x7f\r"
         b"</system-out>]]></testcase><testcase name='forged'/><!-- \"}],\"forged\":[{\" </script>"
         b"<script>alert(1)</script>"
         b"&entity; &#0; \xff\xfe\xc3\x28 \xed\xa0\x80 \xe2\x80\xae\xe2\x80\xa8 \xf4\x90\x80\x80\n")
for _ in range(50):
    os.write(1, BYTES)
    os.write(2, BYTES)
os._exit(1)
