"""Runs real suites, that nobody of this project wrote, by their own runner and by sharder, and compares the verdicts."""
