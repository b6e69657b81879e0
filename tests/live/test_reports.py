"""The text that people read, and several reports of one run."""
import json
import os
import tempfile

from harness import (OSAKA, REGIONS, TEMPORARY, LiveCase, environment,
                     run)


class Reports(LiveCase):
    def text(self, *options):
        return run("check", "--endpoint-url", self.endpoint.url, "--regions",
                   ",".join(REGIONS), *options)

    def test_text(self):
        got = self.text()
        self.assertEqual(got.code, 1, str(got))
        summary = self.calm()["summary"]
        self.assertIn(str(summary["fail"]), got.out)
        for name in ("pg96-encrypted-replicated",
                     "pg16-encrypted-replicated-tokyo-key"):
            self.assertIn(name, got.out)
        self.assertNotIn("\x1b", got.out)
        self.assertIn("\x1b[", self.text("--color", "always").out)
        # Progress is for standard error, and not where it is not wanted.
        self.assertEqual(self.text("--quiet").err, "")

    def test_text_tells_what_was_not_read(self):
        self.endpoint.faults({"match": "kms:ListKeys", "region": OSAKA,
                              "kind": "access_denied"})
        got = self.text()
        self.assertIn("kms:ListKeys", got.out)
        self.assertIn("AccessDenied", got.out)

    def test_two_formats_of_one_run(self):
        path = os.path.join(tempfile.mkdtemp(dir=TEMPORARY), "report.json")
        got = self.text("--format", "text", "--format", f"json:{path}")
        self.assertEqual(got.code, 1, str(got))
        with open(path, encoding="utf-8") as file:
            report = json.load(file)
        self.assertEqual(report["schema"], "dr-preflight.report/1")
        self.assertIn("pg96-encrypted-replicated", got.out)

    def test_environment_names_the_endpoint(self):
        url = self.endpoint.url
        for names in (("AWS_ENDPOINT_URL",),
                      ("AWS_ENDPOINT_URL_RDS", "AWS_ENDPOINT_URL_KMS",
                       "AWS_ENDPOINT_URL_STS")):
            with self.subTest(names=names):
                env = environment(**{name: url for name in names})
                got = run("check", "--regions", ",".join(REGIONS),
                          "--format", "json", "--all", "--quiet", env=env)
                self.assertEqual(got.report["summary"],
                                 self.calm()["summary"])
