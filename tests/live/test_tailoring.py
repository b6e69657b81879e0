"""A tailoring file: what it turns off is neither asked for nor hidden."""
import json
import os

from harness import ROOT, LiveCase, run, written

KEYS, ENCRYPTED = "copy-key-enabled", "rds-backup-replication-not-encrypted"
TAILORING = f"""\
tailoring: 1
rules:
  {KEYS}:
    enabled: false
    reason: another team watches the keys
  {ENCRYPTED}:
    severity: low
    parameters: {{allow_encrypted: true}}
    reason: AWS supports it where we are
"""


class Tailoring(LiveCase):
    def test_what_it_changes(self):
        path = written("tailoring.yaml", TAILORING)
        report = self.check("--tailoring", path).report
        self.assertNotIn(KEYS, {f["rule"] for f in report["findings"]})
        of_rule = [f for f in report["findings"] if f["rule"] == ENCRYPTED]
        self.assertEqual({f["severity"] for f in of_rule}, {"low"})
        usual = [f for f in self.calm()["findings"] if f["rule"] == ENCRYPTED]
        self.assertLess(sum(f["result"] == "fail" for f in of_rule),
                        sum(f["result"] == "fail" for f in usual))
        rules = {rule["id"]: rule for rule in report["rules"]}
        self.assertEqual(rules[KEYS]["tailoring"], {
            "file": path, "enabled": False, "parameters": {},
            "reason": "another team watches the keys"})
        self.assertEqual(rules[ENCRYPTED]["tailoring"], {
            "file": path, "enabled": True, "usual_severity": "high",
            "parameters": {"allow_encrypted": True},
            "reason": "AWS supports it where we are"})
        self.assertEqual(list(rules), sorted(rules))
        self.assertEqual(report["summary"]["rules"], len(rules) - 1)
        # A parameter of the command line wins, and the report says so.
        report = self.check("--tailoring", path, "--param",
                            f"{ENCRYPTED}.allow_encrypted=false").report
        failed = sum(f["rule"] == ENCRYPTED and f["result"] == "fail"
                     for f in report["findings"])
        self.assertEqual(failed, sum(f["result"] == "fail" for f in usual))
        rules = {rule["id"]: rule for rule in report["rules"]}
        self.assertEqual(rules[ENCRYPTED]["tailoring"]["parameters"],
                         {"allow_encrypted": False})

    def test_the_schema_knows_it(self):
        with open(os.path.join(ROOT, "reports", "report.schema.json"),
                  encoding="utf-8") as file:
            known = json.load(file)["$defs"]["tailoring"]
        path = written("tailoring.yaml", TAILORING)
        for rule in self.check("--tailoring", path).report["rules"]:
            keys = set(rule.get("tailoring", known["required"]))
            self.assertLessEqual(keys, set(known["properties"]))
            self.assertLessEqual(set(known["required"]), keys)

    def test_its_text(self):
        path = written("tailoring.yaml", TAILORING)
        got = run("check", "--endpoint-url", self.endpoint.url, "--regions",
                  "eu-west-1", "--tailoring", path, "--quiet")
        self.assertIn("TAILORED", got.out)
        self.assertIn("off: another team watches the keys", got.out)
        self.assertIn("severity low instead of high, allow_encrypted = true: "
                      "AWS", got.out)

    def test_what_is_off_costs_no_call(self):
        path = written("tailoring.yaml", TAILORING)
        self.check("--tailoring", path)
        made = {entry["op"] for entry in self.endpoint.log()}
        self.assertNotIn("kms:ListKeys", made)
        for verb in ("calls", "iam-policy"):
            got = run(verb, "--regions", "eu-west-1", "--tailoring", path)
            self.assertEqual(got.code, 0, str(got))
            self.assertNotIn("kms:", got.out)
        got = run("gather", "--endpoint-url", self.endpoint.url, "--regions",
                  "eu-west-1", "--tailoring", path, "--quiet")
        self.assertEqual(got.code, 0, str(got))
        self.assertNotIn("kms:ListKeys", got.out)

    def test_mistakes(self):
        path = written("tailoring.yaml", TAILORING.replace(KEYS, KEYS[:-1]))
        self.assert_refused(self.check("--tailoring", path),
                            "tailoring.yaml:3:3: error: there is no rule",
                            f"did you mean '{KEYS}'?")
        self.assert_refused(self.check("--tailoring", path + ".old"),
                            "--tailoring", "No such file")
        self.assertEqual({entry["op"] for entry in self.endpoint.log()},
                         set())
