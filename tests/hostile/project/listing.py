"""Lists the attempts and, between them, the honest tests that they must not disturb."""
import json

import attempt_header

PYTHON = ["/usr/bin/python3", "-B"]
# Names are data, too: of terminals, XML, JSON, HTML and file systems.
NAMES = ("\x1b[2J\x1b]0;owned\x07", "a\tb\rc", "]]></testcase>", "</script><script>alert(1)</script>", "\"}],{\"",
         "&amp;&#27;", "\u202eabc", "../../../mark/name", "/etc/passwd", "--help", "$(touch mark)", "\x9b2J\x7f",
         "%s%n{}", "n" * 5000)


def main() -> None:
    for number, attempt in enumerate(attempt_header.all_attempts()):
        line: dict[str, object] = {"id": f"attempt/{attempt.name}", "command": [*PYTHON, f"attempts/{attempt.name}.py"],
                                   "environment": {"PYTHONPATH": "."}}
        if attempt.timeout:
            line["timeout"] = attempt.timeout
        print(json.dumps(line))
        if number % 3 == 0:
            print(json.dumps({"id": f"honest/{number}", "command": [*PYTHON, "honest.py"]}))
    for name in NAMES:
        print(json.dumps({"id": f"honest/{name}", "command": [*PYTHON, "honest.py"]}))


if __name__ == "__main__":
    main()
