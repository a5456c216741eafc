"""A small shop's prices. One of these tests is wrong, always."""

import pytest


def with_tax(cents, percent):
    return cents + cents * percent // 100


@pytest.mark.parametrize("cents, expected", [(100, 119), (200, 238), (1000, 1190)])
def test_tax_is_added(cents, expected):
    assert with_tax(cents, 19) == expected


def test_tax_is_rounded_to_the_nearest_cent():
    assert with_tax(99, 19) == 118


def test_nothing_costs_nothing():
    assert with_tax(0, 19) == 0
