import pytest


@pytest.fixture(scope="session")
def session_log():
    return []
