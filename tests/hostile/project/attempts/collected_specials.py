"""Leaves where files are collected what is no file: a FIFO that blocks who opens it, a socket, a directory.

class: CWE-400, special files
expect: passed
docker: does not apply
"""
import os
import socket

import hostile

os.makedirs("out/directory.txt", exist_ok=True)
os.mkfifo("out/fifo.txt")
socket.socket(socket.AF_UNIX).bind("out/socket.txt")
hostile.finish()
