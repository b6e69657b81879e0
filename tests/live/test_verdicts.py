"""The verdicts of the scenario, live and from a snapshot, on three days."""
import json
import os
import subprocess
import sys

import jsonschema

from harness import (KEY_ID, REGIONS, ROOT, SCENARIO, SECRET, TEMPORARY,
                     LiveCase, environment, run, shared_endpoint, without_run,
                     written)

DAYS = ("2021-04-01", "2021-06-11", "2026-11-24")
SCHEMA = os.path.join(ROOT, "reports", "report.schema.json")


class Verdicts(LiveCase):
    def gather(self, *arguments):
        path = os.path.join(TEMPORARY, "snapshot.ndjson")
        got = run("gather", "--endpoint-url", self.endpoint.url, "--regions",
                  ",".join(REGIONS), "--quiet", "--output", path, *arguments)
        self.assertEqual((got.code, got.out), (0, ""), str(got))
        return path

    def replay(self, path, *arguments):
        # Without credentials: a snapshot needs none.
        return run("check", "--inventory", path, "--format", "json",
                   *arguments, env=environment(AWS_ACCESS_KEY_ID=None,
                                               AWS_SECRET_ACCESS_KEY=None))

    def assert_expected(self, report):
        path = written("report.json", json.dumps(report))
        done = subprocess.run(
            [sys.executable, os.path.join(ROOT, "tests", "compare.py"), path,
             os.path.join(SCENARIO, "expected.json"), "--strict",
             "--mechanism", "rds-automated-backup-replication"],
            capture_output=True, text=True, stdin=subprocess.DEVNULL)
        self.assertRegex(done.stdout, r"(?m)^[1-9]\d* match, 0 differ$",
                         done.stdout + done.stderr)

    def test_days(self):
        snapshot = self.gather()
        for day in DAYS:
            with self.subTest(day=day):
                live = self.check("--as-of", day)
                again = self.replay(snapshot, "--as-of", day)
                self.assertEqual((live.code, again.code), (1, 1),
                                 f"{live}\n{again}")
                self.assertEqual(live.report["run"]["as_of"], day)
                self.assert_expected(live.report)
                self.assert_expected(again.report)
                self.assertEqual(without_run(live.report),
                                 without_run(again.report))

    def test_every_report_fits_its_schema(self):
        with open(SCHEMA, encoding="utf-8") as file:
            schema = json.load(file)
        validator = jsonschema.validators.validator_for(schema)
        validator.check_schema(schema)
        denied = {"match": "rds:*", "region": "us-east-1",
                  "kind": "access_denied"}
        for name, fault, options in (("plain", None, ()),
                                     ("all", None, ("--all",)),
                                     ("denied", denied, ())):
            with self.subTest(report=name):
                self.endpoint.faults(*[fault] if fault else [])
                report = self.check(*options).report
                validator(schema).validate(report)
                with self.assertRaises(jsonschema.ValidationError):
                    validator(schema).validate({**report, "findings": 1})

    def test_a_cut_snapshot_is_refused(self):
        with open(self.gather(), encoding="utf-8") as file:
            text = file.read()
        n_lines = text.count("\n")
        path = written("cut.ndjson", text[:-20])
        self.assert_refused(self.replay(path), f"cut.ndjson:{n_lines}")

    def test_pages(self):
        """Small pages lose and repeat nothing."""
        calm = without_run(self.calm())
        self.endpoint.faults({"match": "rds:*", "kind": "page", "size": 3},
                             {"match": "kms:List*", "kind": "page",
                              "size": 2})
        got = self.check("--all")
        self.assertEqual(without_run(got.report), calm)

    def test_two_runs_are_the_same(self):
        texts = []
        for _ in range(2):
            got = self.check()
            run_text = json.dumps(got.report["run"])
            self.assertIn('"started"', run_text)
            # Byte for byte, but for what the run itself says.
            before, _, rest = got.out.partition('"run"')
            texts.append(before + rest[rest.index('"summary"'):])
        self.assertEqual(texts[0], texts[1])
        self.assertIn('"findings"', texts[0])


class Signatures(LiveCase):
    """The endpoint verifies each signature here."""

    def setUp(self):
        super().setUp()
        self.strict = shared_endpoint(f"{KEY_ID}:{SECRET}")

    def test_right_secret(self):
        got = self.check("--all", endpoint=self.strict)
        self.assertEqual(without_run(got.report), without_run(self.calm()))

    def test_wrong_secret(self):
        wrong = "wrong-but-secret-too"
        got = self.check(endpoint=self.strict,
                         env=environment(AWS_SECRET_ACCESS_KEY=wrong))
        self.assert_refused(got, "sts:GetCallerIdentity")
        self.assertNotIn(wrong, got.err)

    def test_unknown_key_id(self):
        got = self.check(endpoint=self.strict,
                         env=environment(AWS_ACCESS_KEY_ID="AKIDUNKNOWN"))
        self.assert_refused(got, "sts:GetCallerIdentity")
