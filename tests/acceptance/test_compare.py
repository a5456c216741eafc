"""What the comparison says of two runs."""

import tempfile
import unittest
from pathlib import Path

from .compare import Difference, Expected, compare, read_expected
from .fetch import upstream_version
from .overlap import overlap
from .verdicts import Run

KNOWN = Expected(match=r"slow\..*", native="failed", sharder=("passed", "flaky"), reason="needs a time-out")


def comparison(native: dict[str, str], sharder: dict[str, str], *expected: Expected):
    return compare(Run(native, 1.0), Run(sharder, 1.0), list(expected))


class Compare(unittest.TestCase):
    def test_counts_equal_verdicts(self):
        result = comparison({"a": "passed", "b": "failed"}, {"a": "passed", "b": "failed"})
        self.assertEqual((result.tests, result.same, result.unexplained), (2, 2, []))

    def test_sees_tests_that_only_one_side_has(self):
        result = comparison({"a": "passed"}, {"b": "passed"})
        self.assertEqual(result.unexplained, [Difference("a", "passed", "absent"), Difference("b", "absent", "passed")])

    def test_explains_only_what_was_expected(self):
        native, sharder = {"slow.a": "failed", "slow.b": "failed"}, {"slow.a": "flaky", "slow.b": "skipped"}
        result = comparison(native, sharder, KNOWN)
        self.assertEqual([str(difference) for difference, _ in result.explained],
                         ["slow.a: failed by its own runner, flaky by sharder"])
        self.assertEqual([difference.test for difference in result.unexplained], ["slow.b"])

    def test_matches_whole_ids(self):
        result = comparison({"not.slow.a": "failed"}, {"not.slow.a": "passed"}, KNOWN)
        self.assertEqual(len(result.unexplained), 1)

    def test_reads_expected_differences_with_their_reason(self):
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "expected.toml"
            self.assertEqual(read_expected(path), [])
            path.write_text('[[difference]]\nmatch = "slow\\\\..*"\nnative = "failed"\nsharder = ["passed", "flaky"]\n'
                            'reason = "needs a time-out"\n')
            self.assertEqual(read_expected(path), [KNOWN])


class Fetch(unittest.TestCase):
    def test_takes_debians_part_off_a_version(self):
        self.assertEqual(upstream_version("1:2.39.5-0+deb12u3"), "2.39.5")
        self.assertEqual(upstream_version("9.1.0+ds1-2"), "9.1.0+ds1")
        self.assertEqual(upstream_version("1.0-rc1-3"), "1.0-rc1")


class Overlap(unittest.TestCase):
    def test_counts_clones_and_seconds(self):
        tests = [{"duration": 1500, "extra": {"worker": 0}}, {"duration": 2500, "extra": {"worker": 1}},
                 {"duration": 0, "extra": {"worker": None}}]
        text = overlap({"results": {"summary": {"start": 1000, "stop": 3000}, "tests": tests}})
        self.assertIn("2 clones at the same time", text)
        self.assertIn("4 seconds of tests in 2 seconds", text)


if __name__ == "__main__":
    unittest.main()
