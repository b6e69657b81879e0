#!/usr/bin/env python3
"""Looks for what the project's style forbids and a compiler lets pass."""
import glob
import os
import re
import sys

MAX_COLUMNS, MAX_FILE, MAX_FUNCTION = 80, 900, 80
BANNED = re.compile(
    r"\b(strcpy|strcat|strncpy|strncat|sprintf|vsprintf|strtok|gets|atoi|atol"
    r"|atoll|atof|alloca)\s*\(")
OPEN_WORK = re.compile(r"\b(TODO|FIXME|XXX)\b")
STRANGE_FILES = ("tests/scenario/", "tests/compare.py")  # laid out otherwise
PATTERNS = ("checker/*/*", "reports/*", "tests/*", "tests/*/*",
            "tests/unit/*/*", "scripts/*", ".ci/*")


def functions(lines):
    """(line, length) of each definition: its braces are in column one."""
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line == "}" and start is not None:
            yield start, number - start + 1
            start = None


def look(path, lines):
    """Yields (line, what is wrong) for a file."""
    is_c = path.endswith((".c", ".h"))
    if len(lines) > MAX_FILE:
        yield 1, f"{len(lines)} lines; at most {MAX_FILE}"
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_COLUMNS:
            yield number, f"{len(line)} columns; at most {MAX_COLUMNS}"
        if line != line.rstrip():
            yield number, "blanks at the end of the line"
        if OPEN_WORK.search(line) and path != "scripts/lint.py":
            yield number, "open work belongs into an issue, not into the code"
        if is_c and BANNED.search(line):
            yield number, f"{BANNED.search(line)[1]} is not used here"
    if is_c and not lines[0].startswith("/* "):
        yield 1, "the first line says in a comment what the file is for"
    for number, length in functions(lines) if path.endswith(".c") else ():
        if length > MAX_FUNCTION:
            yield number, f"a function of {length} lines; at most " \
                f"{MAX_FUNCTION}"


def main():
    files = sorted(
        path for pattern in PATTERNS for path in glob.glob(pattern)
        if path.endswith((".c", ".h", ".py", ".sh", ".ci/run"))
        and not path.startswith(STRANGE_FILES))
    bad, names = 0, {}
    for path in files:
        with open(path, encoding="utf-8") as text:
            lines = text.read().split("\n")[:-1]
        found = list(look(path, lines)) if lines else [(1, "an empty file")]
        name = os.path.basename(path)
        if name in names and path.endswith((".c", ".h")):
            found.append((1, f"there is {names[name]}, too: one name, one "
                             "file"))
        names[name] = path
        for number, what in found:
            print(f"{path}:{number}: {what}")
        bad += len(found)
    print(f"lint: {len(files)} files, {bad} faults")
    return 1 if bad or not files else 0


if __name__ == "__main__":
    sys.exit(main())
