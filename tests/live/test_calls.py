"""The calls that are told before, those that are made, and the policy."""
import json

from harness import REGIONS, LiveCase, run

PLACES = ("--regions", ",".join(REGIONS))


class Calls(LiveCase):
    def planned(self, *options):
        got = run("calls", *PLACES, "--format", "json", *options)
        self.assertEqual((got.code, got.err), (0, ""), str(got))
        items = json.loads(got.out)
        pairs = [(item["call"], item["region"]) for item in items]
        self.assertEqual(sorted(set(pairs)), pairs)
        return set(pairs)

    def made(self, *options):
        self.endpoint.reset()
        got = self.check(*options)
        self.assertEqual(got.code, 1, str(got))
        return {(entry["op"], entry["region"])
                for entry in self.endpoint.log()}

    def test_planned_is_made(self):
        for options in ((), ("--skip", "copy-key-enabled"),
                        ("--select", "rds-backup-*")):
            with self.subTest(options=options):
                planned = self.planned(*options)
                self.assertEqual(planned, self.made(*options))
                self.assertIn(("rds:DescribeDBInstances", "ap-northeast-1"),
                              planned)

    def test_no_key_call_without_the_rule(self):
        def services(options):
            return {call.partition(":")[0]
                    for call, _ in self.planned(*options)}
        self.assertIn("kms", services(()))
        self.assertNotIn("kms", services(("--skip", "copy-key-enabled")))

    def test_calls_needs_no_credentials_and_makes_none(self):
        got = run("calls", *PLACES, env={"HOME": "/nonexistent"})
        self.assertEqual(got.code, 0, str(got))
        self.assertIn("rds:DescribeDBInstances", got.out)
        self.assertEqual(self.endpoint.log(), [])

    def test_policy(self):
        for options in ((), ("--skip", "copy-key-enabled")):
            with self.subTest(options=options):
                got = run("iam-policy", *PLACES, *options)
                self.assertEqual((got.code, got.err), (0, ""), str(got))
                policy = json.loads(got.out)
                self.assertEqual(policy["Version"], "2012-10-17")
                actions = []
                for statement in policy["Statement"]:
                    self.assertEqual(statement["Effect"], "Allow")
                    self.assertEqual(statement["Action"],
                                     sorted(statement["Action"]))
                    actions += statement["Action"]
                self.assertNotIn("*", "".join(actions))
                self.assertEqual(sorted(set(actions)), sorted(actions))
                self.assertEqual(
                    set(actions), {call for call, _ in
                                   self.planned(*options)})
