"""A suite as people have them: some tests want the same fixed port, so they cannot run beside each other."""

import os
import pathlib
import socket
import time

import pytest

PORT = 17500


@pytest.mark.parametrize("number", range(4))
def test_port(number):
    with socket.create_server(("127.0.0.1", PORT)) as server:
        time.sleep(0.3)
        with socket.create_connection(server.getsockname()):
            pass


@pytest.mark.parametrize("number", range(6))
def test_sum(number):
    assert number + 1 > number


def test_price():
    price = pathlib.Path(__file__).with_name("price.txt").read_text().strip()
    print("the price is", price)
    assert price == "42"


def test_weather():
    if pathlib.Path(__file__).with_name("weather.txt").exists():
        assert os.environ["SHARDER_ATTEMPT"] != "1", "it rains at first"


def test_patience():
    waiting = pathlib.Path(__file__).with_name("patience.txt")
    if waiting.exists():
        os.spawnlp(os.P_NOWAIT, "sleep", "sleep", waiting.read_text().strip())
        time.sleep(600)


@pytest.mark.skip(reason="there is no moon")
def test_moon():
    raise AssertionError
