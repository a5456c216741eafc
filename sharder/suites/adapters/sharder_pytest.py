"""Lists or runs the tests of a pytest suite for sharder, from inside pytest's own process.

    python3 sharder_pytest.py list|run [PYTEST ARGUMENT...]

Results are subunit v2 packets on descriptor 4. `run` collects once, then takes test ids from descriptor 3,
one a line, until that ends. Everything else is as under `python -m pytest`: options, plugins, captured output,
and fixtures of modules and sessions that stay alive from test to test. Works with pytest 6.2 and later, on
Python 3.7 and later.
"""

import fcntl
import glob
import os
import re
import struct
import sys
import zlib

IDS_DESCRIPTOR = 3
RESULTS_DESCRIPTOR = 4

# Between a test's node id and the id that sharder's users see, on a line of descriptor 3.
ID_SEPARATOR = "\x1f"
# What cannot stand in an id on such a line. pytest escapes it in parameters, unless it is told not to, but not
# in the names of a project's own items.
UNFIT_FOR_A_LINE = str.maketrans({"\n": "\\n", "\0": "\\x00", ID_SEPARATOR: "\\x1f"})
# What follows a test's name on the line that feeds it.
TEST_VARIABLES = ("SHARDER_TEST", "SHARDER_ATTEMPT", "SHARDER_SEED")

# What a traceback or a captured output may bring along; a packet's limit is 4 MiB.
LONGEST_TEXT_BYTES = 256 * 1024

# Status values of subunit v2.
NO_STATUS, EXISTS, IN_PROGRESS, SUCCESS, UNEXPECTED_SUCCESS, SKIP, FAIL, EXPECTED_FAILURE = range(8)

COLLECTION_FAILED = 2
NO_TESTS_COLLECTED = 5


def out_of_the_way(descriptor):
    """Moves a descriptor where no test expects its own, and where no child inherits it."""
    try:
        moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 500)
    except OSError:  # fewer descriptors are allowed
        os.set_inheritable(descriptor, False)
        return descriptor
    os.close(descriptor)
    return moved


def number(value):
    if value < 1 << 6:
        return struct.pack(">B", value)
    if value < 1 << 14:
        return struct.pack(">H", value | 0x4000)
    if value < 1 << 22:
        return struct.pack(">I", value | 0x800000)[1:]
    return struct.pack(">I", value | 0xC0000000)


def text(value):
    encoded = value.encode("utf-8", "surrogateescape").replace(b"\0", b"?")
    return number(len(encoded)) + encoded


def id_of(collected):
    """The node id of an item or of a report, as it is listed and fed."""
    return collected.nodeid.translate(UNFIT_FOR_A_LINE)


def packet(test, status=NO_STATUS, tags=(), file_name="", content=b""):
    flags = 0x2900 | status
    body = text(test)
    if tags:
        flags |= 0x0080
        body += number(len(tags)) + b"".join(text(tag) for tag in tags)
    if file_name:
        flags |= 0x0060
        body += text("text/plain;charset=utf8") + text(file_name) + number(len(content)) + content
    rest = 3 + len(body) + 4
    own = 1 if rest + 1 < 1 << 6 else 2 if rest + 2 < 1 << 14 else 3
    whole = b"\xb3" + struct.pack(">H", flags) + number(rest + own) + body
    return whole + struct.pack(">I", zlib.crc32(whole))


class Results:
    """Descriptor 4. A forked child of a test has a copy of this object and must not write results."""

    def __init__(self):
        self.descriptor = out_of_the_way(RESULTS_DESCRIPTOR)
        self.abandoned = False
        os.register_at_fork(after_in_child=self.abandon)

    def abandon(self):
        os.close(self.descriptor)
        self.abandoned = True

    def write(self, packets):
        while packets and not self.abandoned:
            packets = packets[os.write(self.descriptor, packets):]


def attachment(test, name, content):
    encoded = content.encode("utf-8", "replace")
    if len(encoded) > LONGEST_TEXT_BYTES:
        half = LONGEST_TEXT_BYTES // 2
        left_out = b"\n... %d bytes left out ...\n" % (len(encoded) - 2 * half)
        encoded = encoded[:half] + left_out + encoded[-half:]
    return packet(test, file_name=name, content=encoded)


def first_line(content):
    stripped = content.strip()
    return stripped.splitlines()[0] if stripped else ""


def is_subtest(report):
    """Whether it tells of a part of a test: those of pytest 9 and of pytest-subtests have no base in common."""
    return type(report).__name__.lower() == "subtestreport"


def doctest_message(content):
    """Of a failed doctest pytest shows the source first; what matters is what came instead of what."""
    pattern = r"^Expected(?: nothing|:\n\s*(.+))\n(?:.*\n)*?Got(?: nothing|:\n\s*(.+))$"
    found = re.search(pattern, content, re.MULTILINE)
    return "expected %s, got %s" % tuple(part or "nothing" for part in found.groups()) if found else content


def failure_message(report):
    crash = getattr(report.longrepr, "reprcrash", None)
    if type(report.longrepr).__name__ == "ReprFailDoctest":
        message = doctest_message(report.longreprtext)
    else:
        message = crash.message if crash is not None else report.longreprtext
    prefix = {"setup": "error at setup: ", "teardown": "error at teardown: "}.get(report.when, "")
    if is_subtest(report):
        describe = getattr(report, "_sub_test_description", None) or report.sub_test_description
        prefix += "subtest %s: " % describe()
    return prefix + first_line(message)


def skip_reason(report):
    if isinstance(report.longrepr, tuple):
        reason = report.longrepr[2]
        return reason[len("Skipped: "):] if reason.startswith("Skipped: ") else reason
    return first_line(report.longreprtext)


def failure_packets(test, failed, tags=()):
    """The packets of a test of which these reports failed."""
    parts = [attachment(test, "message", failure_message(failed[0]))]
    for report in failed:
        parts.append(attachment(test, "traceback", report.longreprtext + "\n"))
    for name, content in failed[-1].sections:
        parts.append(attachment(test, name, content))
    beginning = failed[0].longreprtext
    unexpected = beginning.startswith("[XPASS(strict)]") or beginning.startswith("Unexpected success")
    parts.append(packet(test, UNEXPECTED_SUCCESS if unexpected else FAIL, tags))
    return b"".join(parts)


def result_packets(test, reports):
    """One outcome out of the reports that pytest made of a test's set-up, call and tear-down."""
    failed = [report for report in reports if report.outcome == "failed"]
    if failed:
        return failure_packets(test, failed)
    for report in reports:
        # A subtest that is skipped leaves the verdict to the rest of its test.
        if report.outcome == "skipped" and not is_subtest(report):
            if hasattr(report, "wasxfail"):
                return attachment(test, "reason", report.wasxfail) + packet(test, EXPECTED_FAILURE)
            return attachment(test, "reason", skip_reason(report)) + packet(test, SKIP)
    if not reports:
        return attachment(test, "message", "pytest reported nothing for it") + packet(test, FAIL)
    return packet(test, SUCCESS)


class Plugin:
    """What `list` and `run` have in common: options overruled, order kept, the terminal left alone."""

    def __init__(self, pytest, results):
        self.pytest = pytest
        self.results = results
        self.skipped_at_collection = {}  # reports by id

    def pytest_collectreport(self, report):
        # A module that skips itself has no items, and yet pytest counts it as skipped: it is a test of its own.
        if report.skipped:
            self.skipped_at_collection[id_of(report)] = report

    def pytest_configure(self, config):
        # An -n of the project's own settings would start pytest-xdist's workers, and pytest-randomly would make
        # another list on every host. Where these plugins are absent, so are their options.
        overruled = {"numprocesses": 0, "dist": "no", "tx": [], "randomly_reorganize": False}
        for option, value in overruled.items():
            if hasattr(config.option, option):
                setattr(config.option, option, value)

    def pytest_runtestloop(self, session):
        if session.testsfailed and not session.config.option.continue_on_collection_errors:
            plural = "" if session.testsfailed == 1 else "s"
            raise session.Interrupted("%d error%s during collection" % (session.testsfailed, plural))
        self.loop(session)
        return True


class Lister(Plugin):
    def __init__(self, pytest, results):
        Plugin.__init__(self, pytest, results)
        self.collected = []

    def pytest_collection_modifyitems(self, config, items):
        # As a wrapper it still sees the order of the files, which pytest-random-order is about to shuffle.
        self.collected = list(items) if config.pluginmanager.hasplugin("random_order") else []
        yield

    def pytest_sessionstart(self, session):
        reporter = session.config.pluginmanager.getplugin("terminalreporter")
        if reporter is not None:
            reporter._printcollecteditems = lambda items: None

    def loop(self, session):
        items = session.items
        if self.collected:
            kept = set(map(id, items))
            items = [item for item in self.collected if id(item) in kept]
        packets = []
        for item in items:
            tags = sorted({marker.name for marker in item.iter_markers()})
            packets.append(packet(id_of(item), EXISTS, tags))
        if items:  # else nothing was selected
            packets.extend(packet(skipped, EXISTS) for skipped in self.skipped_at_collection)
        self.results.write(b"".join(packets))


class Runner(Plugin):
    def __init__(self, pytest, results, ids):
        Plugin.__init__(self, pytest, results)
        self.ids = ids
        self.reports = []
        self.last = None

    def pytest_runtest_logreport(self, report):
        # pytest-rerunfailures calls a failure that it will repeat "rerun".
        if report.outcome != "rerun":
            self.reports.append(report)

    def loop(self, session):
        self.silence_terminal(session.config)
        sys.stdout.flush()  # or every forked child of a test prints the header again
        items_by_id = {}
        for item in session.items:
            items_by_id.setdefault(id_of(item), []).append(item)
        for line in self.ids:
            test, *variables = line.rstrip("\n").split(ID_SEPARATOR)
            os.environ.update(zip(TEST_VARIABLES, variables))
            self.run(session, test, items_by_id.get(test, []))
            if self.results.abandoned:
                os._exit(1)  # a forked child that came back from its test must not take our tests
        for variable in TEST_VARIABLES:
            os.environ.pop(variable, None)
        self.tear_down(session, None)

    def silence_terminal(self, config):
        """pytest's own progress is written for nobody here, and costs as much as a small test."""
        reporter = config.pluginmanager.getplugin("terminalreporter")
        if reporter is None:
            return
        for name in ("pytest_runtest_logstart", "pytest_runtest_logreport", "pytest_runtest_logfinish"):
            hook = getattr(config.hook, name)
            if any(implementation.plugin is reporter for implementation in hook.get_hookimpls()):
                hook._remove_plugin(reporter)
        reporter.summary_stats = lambda: None

    def run(self, session, test, items):
        if not items and test in self.skipped_at_collection:
            skipped = [self.skipped_at_collection[test]]
            self.results.write(packet(test, IN_PROGRESS) + result_packets(test, skipped))
            return
        if not items:
            message = "unknown test id: pytest does not collect it here"
            self.results.write(attachment(test, "message", message) + packet(test, FAIL))
            return
        self.reports = []
        for position, item in enumerate(items):
            self.tear_down(session, item)
            if position == 0:
                self.last = test
                self.results.write(packet(test, IN_PROGRESS))
            # Only the test itself is torn down: which one comes next, and what it needs, is not known yet.
            try:
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=item.parent)
            except self.pytest.exit.Exception as stop:
                message = "pytest.exit: %s" % stop
                self.results.write(attachment(test, "message", message) + packet(test, FAIL))
                raise
        self.results.write(result_packets(test, self.reports))

    def tear_down(self, session, item):
        """Ends the fixtures that `item` (nothing, at the end) does not need.

        They belong to tests that have their results already; a failure here is told of the last of these.
        """
        state = session._setupstate
        # pytest 6 wants the previous item as well, and makes no use of it.
        arguments = (item,) if hasattr(state, "setup") else (None, item)
        call = self.call_info(lambda: state.teardown_exact(*arguments))
        if call.excinfo is None or self.last is None:
            return
        message = "error at teardown: " + first_line(call.excinfo.exconly())
        parts = [attachment(self.last, "message", message)]
        parts.append(attachment(self.last, "traceback", str(call.excinfo.getrepr()) + "\n"))
        parts.append(packet(self.last, FAIL, ("late",)))
        self.results.write(b"".join(parts))

    def call_info(self, function):
        from _pytest.runner import CallInfo

        passed_on = (self.pytest.exit.Exception, KeyboardInterrupt)
        return CallInfo.from_call(function, when="teardown", reraise=passed_on)


def expanded(arguments):
    """Globs of sharder.toml's `programs`, where they come as they were written."""
    for argument in arguments:
        is_glob = glob.has_magic(argument) and not os.path.exists(argument)
        found = glob.glob(argument, recursive=True) if is_glob else []
        for each in sorted(found) or [argument]:
            yield each


def import_pytest():
    """As `python -m pytest` does, with the working directory in front of the path instead of this file's."""
    adapters = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [os.getcwd()] + [entry for entry in sys.path if os.path.abspath(entry or ".") != adapters]
    try:
        import pytest
    except ModuleNotFoundError as error:
        if error.name != "pytest":
            raise
        hint = 'interpreter = "PATH" in the [suite.NAME] of sharder.toml'
        sys.exit("%s has no pytest (hint: %s)" % (sys.executable, hint))
    return pytest


def decorate_hooks(pytest):
    """What `@pytest.hookimpl` would say; pytest can be imported only after the path is what tests expect."""
    pytest.hookimpl(tryfirst=True)(Plugin.pytest_configure)
    pytest.hookimpl(tryfirst=True)(Plugin.pytest_runtestloop)
    pytest.hookimpl(hookwrapper=True)(Lister.pytest_collection_modifyitems)


def main():
    mode = sys.argv.pop(1)
    results = Results()
    pytest = import_pytest()
    arguments = list(expanded(sys.argv[1:]))
    sys.argv[:] = [os.path.join(os.path.dirname(pytest.__file__), "__main__.py")] + arguments
    if mode == "list":
        plugin = Lister(pytest, results)
        arguments.append("--collect-only")
    else:
        descriptor = out_of_the_way(IDS_DESCRIPTOR)
        ids = open(descriptor, encoding="utf-8", errors="surrogateescape", newline="\n")
        plugin = Runner(pytest, results, ids)
    decorate_hooks(pytest)
    status = pytest.main(arguments, plugins=[plugin])
    # Failed tests have told so themselves, and a suite without tests is an empty list.
    sys.exit(0 if status in (0, 1, NO_TESTS_COLLECTED) else int(status))


if __name__ == "__main__":
    main()
