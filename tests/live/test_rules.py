"""The verb about rules: what authors see, and how it ends."""
import glob
import json
import os
import unittest

import jsonschema
import yaml

from harness import ROOT, run, written

RULE = """\
rule: 1
id: a-rule-of-mine
title: A copy is encrypted
severity: high
tags: [mine]
subject: dr.copy
require:
  encrypted:
    expr: subject.source_encrypted
    message: "{subject.name} is not encrypted"
remediation: Encrypt it.
tests:
  - name: encrypted
    rows:
      - {type: dr.copy, id: c1, region: r1, fields: {source_encrypted: true}}
    expect: {c1: pass}
  - name: not encrypted
    rows:
      - type: dr.copy
        id: c1
        region: r1
        fields: {source_encrypted: false, name: orders}
    expect: {c1: {result: fail, message: orders is not encrypted}}
  - name: not known
    rows: [{type: dr.copy, id: c1, region: r1}]
    expect: {c1: {result: unknown, causes: [not given]}}
"""
TESTS = """\
test: 1
of: a-rule-of-mine
tests:
  - name: from another file
    rows:
      - {type: dr.copy, id: c1, region: r1, fields: {source_encrypted: true}}
    expect: {c1: pass}
"""
SHIPPED = {"copy-key-enabled", "kms-key-not-reused-across-regions",
           "rds-backup-replication-engine-version",
           "rds-backup-replication-not-encrypted"}


class Rules(unittest.TestCase):
    maxDiff = 4000

    def rules(self, *arguments, code=0):
        got = run("rules", *arguments)
        self.assertEqual(got.code, code, f"{got}\n{got.out}")
        return got

    def test_list(self):
        lines = self.rules("list").out.splitlines()
        self.assertLessEqual(SHIPPED, {line.split()[0] for line in lines})
        self.assertEqual(lines, sorted(lines))
        self.assertRegex(
            lines[0], r"^copy-key-enabled +critical +kms,cross-region +The key")
        listed = json.loads(self.rules("list", "--format", "json").out)
        self.assertEqual([rule["id"] for rule in listed],
                         [line.split()[0] for line in lines])
        self.assertEqual(listed[0]["severity"], "critical")
        self.assertEqual(listed[0]["tags"], ["kms", "cross-region"])

    def test_list_of_chosen_rules(self):
        path = written("mine.yaml", RULE)
        out = self.rules("list", "--rules", path, "--tag", "mine").out
        self.assertEqual(
            out, "a-rule-of-mine  high      mine  A copy is encrypted\n")

    def test_show(self):
        out = self.rules("show", "rds-backup-replication-not-encrypted").out
        for part in ("severity  high\n", "subject   dr.copy\n",
                     "  allow_encrypted: bool = false\n",
                     "      accept encrypted instances where AWS supports them",
                     "\nIAM actions\n  rds:DescribeDBInstances\n",
                     "\nFacts\n  rds-backup-replication-encrypted\n",
                     "\nRemediation\n", "\nReferences\n", "  not-encrypted\n"):
            self.assertIn(part, out)
        shown = json.loads(
            self.rules("show", "copy-key-enabled", "--format", "json").out)
        self.assertEqual([check["id"] for check in shown["checks"]],
                         ["key-exists", "key-enabled"])
        self.assertEqual(shown["facts"], [])
        # What is shown is what the verbs about calls say.
        planned = json.loads(run("calls", "--select", "copy-key-enabled",
                                 "--regions", "eu-west-1", "--format",
                                 "json").out)
        self.assertEqual(shown["calls"], [entry["call"] for entry in planned
                                          if entry["rules"]])
        policy = json.loads(
            run("iam-policy", "--select", "copy-key-enabled", "--regions",
                "eu-west-1").out)
        self.assertLessEqual(set(shown["iam_actions"]),
                             set(policy["Statement"][0]["Action"]))

    def test_shipped_rules_pass_their_tests(self):
        out = self.rules("test").out
        self.assertRegex(out, r"^\d+ passed, 0 failed\n$")
        self.assertGreaterEqual(int(out.split()[0]), 30)
        self.assertEqual(self.rules("lint", "--strict").out, "0 warnings\n")

    def test_own_rules(self):
        path = written("mine.yaml", RULE)
        self.assertEqual(self.rules("test", path).out, "3 passed, 0 failed\n")
        more = written("more.yaml", TESTS)
        self.assertEqual(self.rules("test", path, more).out,
                         "4 passed, 0 failed\n")
        # Only those of the named file, for a rule that --rules brings.
        self.assertEqual(self.rules("test", more, "--rules", path).out,
                         "1 passed, 0 failed\n")
        self.assertEqual(self.rules("test", os.path.dirname(path)).out,
                         "3 passed, 0 failed\n")

    def test_a_file_stands_in_for_the_embedded_one(self):
        path = "rules/packs/kms/copy-key-enabled.yaml"
        with open(os.path.join(ROOT, path), encoding="utf-8") as file:
            text = file.read()
        self.assertIn('key.KeyState == "Enabled"', text)
        broken = text.replace('key.KeyState == "Enabled"',
                              'key.KeyState != "Enabled"')
        for content, code in ((text, 0), (broken, 1)):
            folder = os.path.dirname(written("x", ""))
            copy = os.path.join(folder, path)
            os.makedirs(os.path.dirname(copy))
            with open(copy, "w", encoding="utf-8") as file:
                file.write(content)
            out = self.rules("test", copy, code=code).out
            self.assertRegex(out.splitlines()[-1], r"^\d+ passed, \d+ failed$")
        self.assertIn("FAIL copy-key-enabled: enabled (" + copy, out)

    def test_a_failing_test(self):
        path = written("mine.yaml", RULE.replace(
            "expr: subject.source_encrypted",
            "expr: '!subject.source_encrypted'"))
        got = self.rules("test", path, code=1)
        line = RULE[:RULE.index("name: encrypted")].count("\n") + 1
        self.assertEqual(got.out.split("FAIL")[1],
                         f" a-rule-of-mine: encrypted ({path}:{line})\n"
                         "  c1\n"
                         "    result   expected  pass\n"
                         "             got       fail\n"
                         "             encrypted: <unknown: not given> is not "
                         "encrypted\n")
        self.assertTrue(got.out.endswith("1 passed, 2 failed\n"), got.out)

    def test_a_rule_without_both_cases(self):
        for part, text in (
                ("{c1: {result: fail, message: orders is not encrypted}}",
                 "no test expects a subject to fail"),
                ("{c1: pass}", "no test expects a subject to pass")):
            head, tests = RULE.split("tests:\n")
            kept = ["  - name" + one for one in tests.split("  - name")[1:]
                    if part not in one]
            path = written("mine.yaml", head + "tests:\n" + "".join(kept))
            out = self.rules("test", path, code=1).out
            self.assertIn(f"FAIL a-rule-of-mine: {text} ({path})", out)
            self.assertTrue(out.endswith("2 passed, 1 failed\n"), out)
        path = written("mine.yaml", head)
        self.assertIn("no test expects a subject to pass, and none to fail",
                      self.rules("test", path, code=1).out)

    def test_lint(self):
        path = written("mine.yaml", RULE.replace(
            "require:", "let: {spare: subject.name}\nrequire:").replace(
                "remediation: Encrypt it.\n", ""))
        out = self.rules("lint", path).out
        self.assertIn(f"{path}:7:7: warning: 'spare' is never read\n"
                      "    7 | let: {spare: subject.name}\n"
                      "      |       ^~~~~\n", out)
        self.assertIn("has no remediation", out)
        self.assertTrue(out.endswith("\n2 warnings\n"), out)
        self.assertEqual(self.rules("lint", "--strict", path, code=1).out, out)
        clean = written("mine.yaml", RULE)
        self.assertEqual(self.rules("lint", "--strict", clean).out,
                         "0 warnings\n")

    def test_schema(self):
        schema = json.loads(self.rules("schema").out)
        jsonschema.Draft7Validator.check_schema(schema)
        validator = jsonschema.Draft7Validator(schema)
        paths = glob.glob(os.path.join(ROOT, "rules", "packs", "*", "*.yaml"))
        self.assertGreaterEqual(len(paths), len(SHIPPED))
        for path in paths:
            with open(path, encoding="utf-8") as file:
                # Dates and all else as text, as the loader reads them.
                document = yaml.load(file, yaml.BaseLoader)
            self.assertEqual(list(validator.iter_errors(document)), [], path)
        good = yaml.safe_load(RULE)
        self.assertEqual(list(validator.iter_errors(good)), [])
        for old, new in (("severity: high", "severty: high"),
                         ("severity: high", "severity: hihg"),
                         ("subject: dr.copy", "subject: dr.cpy"),
                         ("    expr:", "    exp:"),
                         ("expect: {c1: pass}", "expect: {c1: passed}"),
                         ("id: a-rule", "id: A-rule")):
            with self.subTest(new=new):
                self.assertIn(old, RULE)
                bad = yaml.safe_load(RULE.replace(old, new, 1))
                self.assertFalse(validator.is_valid(bad))

    def test_usage(self):
        path = written("mine.yaml", RULE.replace("dr.copy", "dr.cpy", 1))
        for arguments, text in (
                ((), "lint [FILE…]"),
                (("lst",), "did you mean 'list'?"),
                (("list", "x"), "dr-preflight rules list"),
                (("show",), "dr-preflight rules show ID"),
                (("show", "copy-key-enable"),
                 "did you mean 'copy-key-enabled'?"),
                (("show", "zzz"), "'dr-preflight rules list' lists them"),
                (("test", "--format", "json"), "takes no option '--format'"),
                (("test", "--strict"), "takes no option '--strict'"),
                (("test", "/nonexistent.yaml"), "/nonexistent.yaml"),
                (("test", path), "mine.yaml:6:10: error: unknown type"),
                (("lint", path), "did you mean 'dr.copy'?"),
                (("test", "--skip", "*"), "no rule and no test to run"),
                (("list", "--select", "copy-key-enable"),
                 "did you mean 'copy-key-enabled'?")):
            with self.subTest(arguments=arguments):
                got = self.rules(*arguments, code=2)
                self.assertIn(text, got.err)
                self.assertEqual(got.out, "")
