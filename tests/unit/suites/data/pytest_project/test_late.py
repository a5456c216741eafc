import pytest


@pytest.fixture(scope="module", autouse=True)
def ends_badly():
    yield
    raise ValueError("the module's tear-down")


def test_first():
    pass


def test_second():
    pass
