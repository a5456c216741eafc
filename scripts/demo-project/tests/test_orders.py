"""A small shop's orders. One of these tests is wrong now and then: it does not wait for what it starts."""

import os
import subprocess


def ship(order, directory, seconds):
    """Ships in the background, as a warehouse does."""
    return subprocess.Popen(["sh", "-c", f"sleep {seconds}; echo shipped > {directory}/{order}"])


def test_an_order_is_shipped(tmp_path):
    ship("1", tmp_path, 0).wait()
    assert (tmp_path / "1").read_text() == "shipped\n"


def test_an_order_is_shipped_soon(tmp_path):
    # A race. So that the demo shows the same every time, the warehouse is slow in the first attempt and quick in reruns.
    first = os.environ.get("SHARDER_ATTEMPT", "1") == "1"
    warehouse = ship("2", tmp_path, 0.5 if first else 0)
    try:
        warehouse.wait(timeout=0.3)
    except subprocess.TimeoutExpired:
        warehouse.kill()
    assert (tmp_path / "2").exists(), "the order has not been shipped in time"


def test_an_order_that_nobody_made_is_not_shipped(tmp_path):
    assert not (tmp_path / "3").exists()
