"""Each call that the check makes, denied in turn in each region."""
import json

from harness import (ACCOUNT, OSAKA, REGIONS, LiveCase, by_key, run)

IDENTITY = "sts:GetCallerIdentity"
KEY_RULES = ("copy-key-enabled", "kms-key-not-reused-across-regions")


def destination(finding):
    """A copy's id is SOURCE#MECHANISM#DESTINATION_REGION."""
    return finding["subject"]["id"].rpartition("#")[2]


def names(finding, call, region):
    return finding["result"] == "unknown" and any(
        f" {call} {ACCOUNT}/{region} " in cause + " "
        for cause in finding.get("causes", ()))


class Denials(LiveCase):
    def setUp(self):
        super().setUp()
        self.calm()

    def planned(self):
        got = run("calls", "--regions", ",".join(REGIONS), "--format", "json")
        self.assertEqual(got.code, 0, str(got))
        return sorted((item["call"], item["region"])
                      for item in json.loads(got.out))

    def deny(self, call, region):
        self.endpoint.faults({"match": call, "region": region,
                              "kind": "access_denied"})

    def key_region(self, finding):
        """Where the key of a copy lives, or empty text."""
        for copy in self.calm()["copies"]:
            if copy["id"] == finding["subject"]["id"]:
                return (copy.get("destination_key") or ":::").split(":")[3]
        self.fail(f"no copy {finding['subject']['id']}")

    def may_need(self, call, region, finding):
        """Whether a finding of the calm run may rest on a call there."""
        rule = finding["rule"]
        if call.startswith("kms:"):
            return rule == "copy-key-enabled" and \
                self.key_region(finding) == region
        if call == "rds:DescribeDBInstanceAutomatedBackups":
            return rule in KEY_RULES and destination(finding) == region
        return finding["subject"]["region"] == region

    def is_needed(self, call, region):
        """Instances may be anywhere; the rest follows from the copies."""
        return call == "rds:DescribeDBInstances" or any(
            self.may_need(call, region, f) for f in self.calm()["findings"])

    def assert_sound(self, report, call, region):
        calm, got = by_key(self.calm()), by_key(report)
        unknown = [f for f in got.values() if names(f, call, region)]
        self.assertEqual(bool(unknown), self.is_needed(call, region))
        for key, finding in got.items():
            old = calm.get(key)
            if finding["result"] == "pass":
                self.assertEqual(old and old["result"], "pass", key)
            if finding != old:
                self.assertTrue(names(finding, call, region), finding)
                self.assertTrue(old is None or
                                self.may_need(call, region, old), finding)
        for key, old in calm.items():
            if key not in got:
                self.assertTrue(self.may_need(call, region, old), key)
                self.assertTrue(any(f["rule"] == old["rule"]
                                    for f in unknown), key)
        record = [c for c in report["coverage"]
                  if (c["call"], c["region"]) == (call, region)]
        self.assertEqual([c["state"] for c in record], ["denied"])

    def test_each_call_in_each_region(self):
        planned = self.planned()
        self.assertGreaterEqual(len(planned), 1 + 4 * len(REGIONS), planned)
        for call, region in planned:
            with self.subTest(call=call, region=region):
                self.deny(call, region)
                if call == IDENTITY:
                    self.assert_refused(self.check(), call)
                    continue
                got = self.check("--all")
                self.assertEqual(got.code, 1, str(got))
                self.assert_sound(got.report, call, region)
                never = self.check("--fail-on", "never")
                needed = self.is_needed(call, region)
                self.assertEqual(never.code, 3 if needed else 0, str(never))

    def test_key_state_of_each_copy_to_osaka(self):
        calm = {key: f for key, f in by_key(self.calm()).items()
                if f["rule"] == "copy-key-enabled" and key[1] is not None
                and destination(f) == OSAKA}
        self.deny("kms:DescribeKey", OSAKA)
        got, n = by_key(self.check("--all").report), 0
        for key, old in calm.items():
            # The one copy with a key of Tokyo is decided without Osaka's.
            if key[1] == "key-enabled" and self.key_region(old) == OSAKA:
                self.assertEqual(got[key]["result"], "unknown", key)
                n += 1
        self.assertGreaterEqual(n, 4)

    def test_regions_refused(self):
        """Without --regions: the refusal is coverage, the run goes on."""
        self.deny("ec2:DescribeRegions", "*")
        got = run("check", "--endpoint-url", self.endpoint.url, "--format",
                  "json", "--quiet", "--select", "rds-*")
        self.assertEqual(got.code, 1, str(got))
        self.assertIn(("ec2:DescribeRegions", "denied"),
                      [(c["call"], c["state"])
                       for c in got.report["coverage"]])
