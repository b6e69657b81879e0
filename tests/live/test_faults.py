"""Answers that fail: each is coverage with its cause, and never a pass."""
from harness import (ACCOUNT, IRELAND, OSAKA, REGIONS, TEMPORARY, TOKYO,
                     VIRGINIA, LiveCase, by_key, environment, run, without_run)

# What lasts: the fault, and the states that coverage may give it.
LASTING = (
    ("throttle", {}, {"throttled"}),
    ("opt_in", {}, {"region off"}),
    ("truncate", {}, {"bad answer"}),
    ("empty", {}, {"bad answer"}),
    ("garbage", {}, {"bad answer"}),
    ("short", {}, {"bad answer", "unreachable"}),
    ("reset", {}, {"unreachable"}),
    ("html", {}, {"unreachable"}),
)
PLACES = (
    ("rds:DescribeDBInstances", VIRGINIA),
    ("rds:DescribeDBInstanceAutomatedBackups", OSAKA),
    ("kms:ListKeys", OSAKA),
    ("kms:DescribeKey", TOKYO),
)
PASSING = (("throttle", {}), ("reset", {}), ("html", {}),
           ("error", {"status": 500}), ("throttle", {"retry_after": 1}))


class Faults(LiveCase):
    def setUp(self):
        super().setUp()
        self.calm()

    def assert_sound(self, report, call, region, states):
        calm = by_key(self.calm())
        cause = f" {call} {ACCOUNT}/{region}"
        for key, finding in by_key(report).items():
            old = calm.get(key)
            if finding == old:
                continue
            # Whatever differs is unknown, and says why.
            self.assertEqual(finding["result"], "unknown", finding)
            self.assertTrue(any(cause in text
                                for text in finding["causes"]), finding)
        got = by_key(report)
        for key in set(calm) - set(got):
            self.assertTrue(any(f["rule"] == key[0]
                                and f["result"] == "unknown"
                                for f in got.values()), key)
        self.assertGreater(report["summary"]["unknown"],
                           self.calm()["summary"]["unknown"])
        bad = {(c["call"], c["region"]): c["state"]
               for c in report["coverage"] if c["state"] != "ok"}
        self.assertIn(bad.pop((call, region), None), states)
        if call == "kms:ListKeys":  # without keys, there are none to describe
            self.assertEqual(bad.pop(("kms:DescribeKey", region), None),
                             "not called")
        self.assertEqual(bad, {})

    def test_lasting(self):
        for kind, more, states in LASTING:
            for call, region in PLACES:
                with self.subTest(kind=kind, call=call):
                    self.endpoint.faults({"match": call, "region": region,
                                          "kind": kind, **more})
                    got = self.check("--all")
                    self.assertEqual(got.code, 1, str(got))
                    self.assert_sound(got.report, call, region, states)

    def test_a_server_that_hangs(self):
        """Given up by the client itself, or by the end of the run."""
        call, region = PLACES[0]
        self.endpoint.faults({"match": call, "region": region,
                              "kind": "slow", "seconds": 300})
        one_attempt = environment(AWS_MAX_ATTEMPTS="1")
        for options, env, states in (
                ((), one_attempt, {"unreachable"}),
                (("--timeout", "5"), None, {"unreachable", "not called"})):
            with self.subTest(options=options):
                got = self.check("--all", *options, env=env)
                self.assertEqual(got.code, 1, str(got))
                self.assert_sound(got.report, call, region, states)
                codes = [c["code"] for c in got.report["coverage"]
                         if c["state"] != "ok"]
                self.assertRegex(codes[0], "time")

    def test_exit_code_without_a_failure(self):
        self.endpoint.faults({"match": "rds:*", "region": VIRGINIA,
                              "kind": "empty"})
        for options, code in (((), 1), (("--fail-on", "never"), 3),
                              (("--fail-on", "never", "--unknown", "ignore"),
                               0)):
            with self.subTest(options=options):
                self.assertEqual(self.check(*options).code, code)

    def test_a_whole_region_is_off(self):
        self.endpoint.faults({"match": "*", "region": IRELAND,
                              "kind": "opt_in"})
        got = self.check("--all")
        self.assertEqual(got.code, 1, str(got))
        off = {c["region"] for c in got.report["coverage"]
               if c["state"] == "region off"}
        self.assertEqual(off, {IRELAND})
        calm = by_key(self.calm())
        for key, finding in by_key(got.report).items():
            if finding["result"] == "pass":
                self.assertEqual(calm[key]["result"], "pass", finding)
            if IRELAND not in str(finding):
                self.assertEqual(finding, calm[key])

    def test_passing(self):
        """What passes by itself is tried again and leaves no trace."""
        calm = without_run(self.calm())
        for kind, more in PASSING:
            with self.subTest(kind=kind, **more):
                self.endpoint.faults(
                    *({"match": call, "region": region, "kind": kind,
                       "times": 1, **more} for call, region in PLACES))
                got = self.check("--all")
                self.assertEqual(without_run(got.report), calm)
                hit = [e for e in self.endpoint.log() if e["fault"]]
                self.assertEqual(len(hit), len(PLACES), hit)
                self.endpoint.reset()

    def test_gather_tells_what_it_missed(self):
        path = f"{TEMPORARY}/gap.ndjson"
        self.endpoint.faults({"match": "kms:ListKeys", "region": OSAKA,
                              "kind": "access_denied"})
        got = run("gather", "--endpoint-url", self.endpoint.url, "--regions",
                  ",".join(REGIONS), "--output", path, "--quiet")
        self.assertEqual(got.code, 3, str(got))
        live = self.check("--all")
        again = run("check", "--inventory", path, "--format", "json",
                    "--all", "--quiet")
        self.assertEqual(again.code, 1, str(again))
        self.assertEqual(without_run(live.report), without_run(again.report))
