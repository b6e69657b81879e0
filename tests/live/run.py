"""Runs the live tests: run.py [NAME…], the parts of their files' names."""
import os
import sys
import time
import traceback
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import harness  # noqa: E402


class Lines(unittest.TestResult):
    """One line per test and subtest, and what went wrong below it."""

    n_passed = n_failed = 0

    def tell(self, test, error):
        # "test_calls.Calls.test_log (kind='x')" without what all share.
        name = test.id().replace("test_", "", 1).replace(".test_", ": ")
        if error is None:
            self.n_passed += 1
            print(f"ok    {name}", flush=True)
            return
        self.n_failed += 1
        text = "".join(traceback.format_exception(*error)).rstrip()
        print(f"FAIL  {name}\n" + "\n".join(
            "      " + line for line in text.split("\n")), flush=True)

    def addSuccess(self, test):
        self.tell(test, None)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.tell(test, err)

    def addError(self, test, err):
        super().addError(test, err)
        self.tell(test, err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        self.tell(subtest, err)


def main():
    harness.end_on_signals()
    began, result = time.monotonic(), Lines()
    here = os.path.dirname(os.path.abspath(__file__))
    names = sys.argv[1:] or [""]
    for part in names:
        suite = unittest.defaultTestLoader.discover(
            here, pattern=f"test_{part}*.py")
        suite.run(result)
    print(f"{time.monotonic() - began:.0f} s")
    print(f"{result.n_passed} passed, {result.n_failed} failed")
    return 0 if result.n_passed > 0 and result.n_failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
