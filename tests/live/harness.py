"""A loopback AWS endpoint, the program run against it, and what tests share."""
import atexit
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
SCENARIO = os.path.join(ROOT, "tests", "scenario")
BINARY = os.path.join(ROOT, os.environ.get("DR_PREFLIGHT",
                                           "build/dr-preflight"))
ACCOUNT, KEY_ID, SECRET = "123456789012", "AKIDEXAMPLE", "example-secret"
REGIONS = ["ap-northeast-1", "ap-northeast-3", "eu-west-1", "us-east-1"]
TOKYO, OSAKA, IRELAND, VIRGINIA = REGIONS

# A home without ~/.aws, and a place for files.
TEMPORARY = tempfile.mkdtemp(prefix="dr-preflight-test-")
HOME = os.path.join(TEMPORARY, "home")
os.mkdir(HOME)
atexit.register(shutil.rmtree, TEMPORARY, ignore_errors=True)


def end_on_signals():
    """A signal that ends this process runs what `finally` and atexit hold."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda got, _: sys.exit(128 + got))


class Endpoint:
    """The loopback endpoint, on a port that is free, seeded on demand."""

    def __init__(self, credentials=None):
        command = [sys.executable, os.path.join(SCENARIO, "aws_endpoint.py"),
                   "-p", "0"]
        if credentials:
            command += ["--credentials", credentials]
        self.errors = tempfile.TemporaryFile("w+", dir=TEMPORARY)
        # In a group of its own: an interrupt is for us, and we stop it.
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=self.errors,
            stdin=subprocess.DEVNULL, text=True, start_new_session=True)
        atexit.register(self.stop)
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            self.stop()
            self.errors.seek(0)
            raise RuntimeError("the endpoint did not start:\n"
                               + self.errors.read())
        # What it prints later goes nowhere, but is taken.
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        self.url = "http://127.0.0.1:" + line.strip().rpartition(":")[2]

    def stop(self):
        atexit.unregister(self.stop)
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def seed(self, *arguments):
        done = subprocess.run(
            [sys.executable, os.path.join(SCENARIO, "seed_account.py"),
             "--endpoint-url", self.url, *arguments],
            capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise RuntimeError("the account was not seeded:\n" + done.stderr)
        self.reset()

    def front(self, path, document=None):
        data = None if document is None else json.dumps(document).encode()
        with urllib.request.urlopen(f"{self.url}/_front/{path}", data,
                                    timeout=30) as answer:
            return answer.read().decode()

    def faults(self, *rules):
        self.front("faults", {"rules": rules})

    def reset(self):
        self.front("reset", {})

    def log(self):
        """The requests seen since the last reset."""
        return [json.loads(line) for line in self.front("log").splitlines()]


SHARED = {}


def shared_endpoint(credentials=None):
    """One seeded endpoint for all tests, and one that verifies signatures."""
    if credentials not in SHARED:
        SHARED[credentials] = Endpoint(credentials)
        SHARED[credentials].seed()
    return SHARED[credentials]


class Run:
    """What one run of the program left behind."""

    def __init__(self, arguments, code, out, err):
        self.arguments, self.code, self.out, self.err = \
            arguments, code, out, err

    def __str__(self):
        return (f"dr-preflight {' '.join(self.arguments)}\nended with "
                f"{self.code}\n{self.err[-2000:]}")

    @property
    def report(self):
        try:
            return json.loads(self.out)
        except ValueError as error:
            raise AssertionError(f"no JSON report ({error}): {self}") from None


def environment(**more):
    """Nothing of the caller's AWS settings; the keys of the scenario."""
    kept = {name: value for name, value in os.environ.items()
            if name in ("PATH", "LANG", "LC_ALL") or "SAN_OPTIONS" in name}
    # A sanitizer's exit code must not look like one of ours.
    kept["ASAN_OPTIONS"] = kept.get("ASAN_OPTIONS", "") + ":exitcode=99"
    kept.update(HOME=HOME, AWS_EC2_METADATA_DISABLED="true",
                AWS_ACCESS_KEY_ID=KEY_ID, AWS_SECRET_ACCESS_KEY=SECRET)
    kept.update(more)
    return {name: value for name, value in kept.items() if value is not None}


def run(*arguments, env=None, stdin=None, timeout=120):
    done = subprocess.run(
        [BINARY, *arguments], capture_output=True, text=True, timeout=timeout,
        env=environment() if env is None else env, input=stdin or "")
    got = Run(arguments, done.returncode, done.stdout, done.stderr)
    for sign in ("Sanitizer", "runtime error:"):
        if sign in got.err:
            raise AssertionError(f"a sanitizer speaks: {got}")
    if done.returncode < 0 or SECRET in got.out + got.err:
        raise AssertionError(f"killed, or it told the secret: {got}")
    return got


def written(name, text):
    """A file for one test; its path."""
    path = os.path.join(tempfile.mkdtemp(dir=TEMPORARY), name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def without_run(report):
    return {key: value for key, value in report.items() if key != "run"}


def by_key(report):
    """The findings of a report by (rule, check, subject)."""
    return {(f["rule"], f["check"], f["subject"]["id"]): f
            for f in report["findings"]}


class LiveCase(unittest.TestCase):
    """A test on the shared endpoint, which forgets all faults before it."""

    maxDiff = 4000
    calm_report = None

    @classmethod
    def setUpClass(cls):
        cls.endpoint = shared_endpoint()

    def setUp(self):
        self.endpoint.reset()

    def tearDown(self):
        with contextlib.suppress(OSError):
            self.endpoint.reset()

    def check(self, *arguments, endpoint=None, **more):
        """A JSON report of the four regions."""
        return run("check", "--endpoint-url", (endpoint or self.endpoint).url,
                   "--regions", ",".join(REGIONS), "--format", "json",
                   "--quiet", *arguments, **more)

    def calm(self):
        """The report of an undisturbed run with all findings; made once.
        Ask for it before the first fault."""
        if LiveCase.calm_report is None:
            got = self.check("--all")
            self.assertEqual(got.code, 1, str(got))
            LiveCase.calm_report = got.report
        return LiveCase.calm_report

    def assert_refused(self, got, *texts):
        """Exit code 2, a message with the texts, and nothing evaluated."""
        self.assertEqual(got.code, 2, str(got))
        self.assertEqual(got.out, "", str(got))
        for text in texts:
            self.assertIn(text, got.err)
