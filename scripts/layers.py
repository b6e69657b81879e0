#!/usr/bin/env python3
"""Fails if a file includes a header of a layer that it must not know."""
import glob
import re
import sys

# A layer may include itself and those that are named.
ALLOWED = {
    "checker/base": set(),
    "checker/cel": {"checker/base"},
    "checker/aws": {"checker/base"},
    "checker/inventory": {"checker/base", "checker/aws"},
    "checker/engine": {"checker/base", "checker/cel", "checker/inventory"},
    "reports": {"checker/base", "checker/inventory", "checker/engine"},
}
ALLOWED["checker/cli"] = set(ALLOWED)
INCLUDE = re.compile(r'\s*#\s*include\s+"(.+)/[^/"]+"')


def main():
    files = sorted(glob.glob("checker/*/*.[ch]") + glob.glob("reports/*.[ch]"))
    bad = 0
    for path in files:
        layer = path.rpartition("/")[0]
        with open(path, encoding="utf-8") as text:
            for number, line in enumerate(text, 1):
                found = INCLUDE.match(line)
                allowed = ALLOWED.get(layer, set()) | {layer}
                if not found or found[1] in allowed:
                    continue
                bad += 1
                print(f"{path}:{number}: {layer} must not include {found[1]}")
    print(f"layers: {len(files)} files, {bad} includes that go upwards")
    return 1 if bad or not files else 0


if __name__ == "__main__":
    sys.exit(main())
