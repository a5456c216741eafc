import pytest

pytest.importorskip("a_module_that_is_nowhere")


def test_never_collected():
    pass
