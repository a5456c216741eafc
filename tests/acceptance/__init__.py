"""Runs real suites, which nobody here wrote, by their own runners and by sharder, and compares the verdicts."""
