"""Every way in which a test can end, for pytest_adapter_test.cpp.

>>> 1 + 1
2
"""
import os
import sys
import unittest

import pytest


@pytest.fixture(scope="module")
def module_log(session_log):
    session_log.append("up")
    return session_log


@pytest.fixture
def bad_set_up():
    raise RuntimeError("no set-up")


@pytest.fixture
def bad_tear_down():
    yield
    raise RuntimeError("no tear-down")


def test_passes(module_log):
    assert module_log == ["up"]


def test_shares_the_module(module_log):
    assert module_log == ["up"]


def test_fails():
    print("said before")
    assert 1 == 2


def test_set_up(bad_set_up):
    pass


def test_tear_down(bad_tear_down):
    pass


@pytest.mark.skip(reason="no database, sorry")
def test_skips():
    pass


@pytest.mark.xfail(reason="known")
def test_xfails():
    assert False


@pytest.mark.xfail(reason="known")
def test_xpasses():
    pass


@pytest.mark.xfail(strict=True, reason="known")
def test_xpasses_strictly():
    pass


@pytest.mark.slow
@pytest.mark.parametrize("value", ["a b", "x::y", "ü", "(a,b)", "'", "[", ""])
def test_parameters(value):
    pass


class TestUnittest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ready = True

    def test_in_a_class(self):
        self.assertTrue(self.ready)

    @unittest.skip("not here")
    def test_skipped(self):
        pass


def test_forked_child_tells_nothing():
    child = os.fork()
    if child == 0:
        raise SystemExit(0)
    os.waitpid(child, 0)


def test_sees_itself():
    assert os.environ["SHARDER_TEST"] == "py/test_outcomes.py::test_sees_itself"
    assert os.path.basename(os.path.dirname(sys.argv[0])) == "pytest"
    assert sys.path[0] == os.getcwd()
