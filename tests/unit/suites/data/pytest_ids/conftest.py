"""Tests that come from a plug-in of the project, under names that do not fit on a line."""

import pytest

NAMES = ["plain", "two\nlines", "a\x1fseparator", "a\0NUL", "a\\backslash", "größe"]


class Case(pytest.Item):
    def runtest(self):
        assert self.name in NAMES


def pytest_collection_modifyitems(session, items):
    items.extend(Case.from_parent(session.items[0].parent, name=name) for name in NAMES)
