"""Wrong input: one clear message, exit code 2, and nothing evaluated."""
import os
import tempfile

from harness import TEMPORARY, LiveCase, environment, run, written

RULE = """\
rule: 1
id: a-rule-of-mine
title: A copy is encrypted
severity: high
subject: dr.copy
when: subject.mechanism != ""
require:
  encrypted:
    expr: subject.source_encrypted
    message: "{subject.name} is not encrypted"
remediation: Encrypt it.
"""

# What is replaced in RULE, by what; the text that the error stands at (its
# first character), the error, and the hint.
MISTAKES = (
    ("title: A copy", 'title: "A copy', None, "error: ", ""),
    ("severity: high", "severty: high", "severty",
     "error: unknown key 'severty' in rule", "did you mean 'severity'?"),
    ("subject.source_encrypted", "subject.source_encryptd",
     "source_encryptd",
     "error: dr.copy has no field 'source_encryptd'",
     "did you mean 'source_encrypted'?"),
    ("subject: dr.copy", "subject: dr.cpy", "dr.cpy",
     "error: unknown type 'dr.cpy'", "did you mean 'dr.copy'?"),
    ("subject.source_encrypted", "arn.regoin(subject.id) == subject.region",
     "arn.regoin", "error: unknown function 'arn.regoin'",
     "did you mean 'arn.region'?"),
    ("subject.source_encrypted", "(subject.source_encrypted &&", None,
     "error: syntax error", ""),
    ("subject.source_encrypted", "subject.name", "subject.name\n",
     "error: expected bool, found string", ""),
    ("subject.source_encrypted", "subjct.source_encrypted", "subjct",
     "error: undeclared name 'subjct'", "did you mean 'subject'?"),
    ("severity: high", "severity: higher", "higher", "error: ", "'high'"),
    ("subject.source_encrypted", "subject.engine == \"postgres\"",
     "subject.engine ==",
     "error: 'subject.engine' is optional and may be absent here",
     "guard it with has(subject.engine)"),
)


class Input(LiveCase):
    def nothing_was_read(self):
        self.assertEqual({entry["op"] for entry in self.endpoint.log()}
                         - {"sts:GetCallerIdentity"}, set())

    def test_a_good_rule_of_ones_own(self):
        path = written("mine.yaml", RULE)
        got = self.check("--rules", path, "--select", "a-rule-of-mine")
        self.assertEqual(got.code, 1, str(got))
        self.assertEqual({f["rule"] for f in got.report["findings"]},
                         {"a-rule-of-mine"})

    def test_rule_files(self):
        for old, new, at, error, hint in MISTAKES:
            with self.subTest(new=new):
                text = RULE.replace(old, new, 1)
                path = written("mine.yaml", text)
                got = self.check("--rules", path)
                place = "mine.yaml:"
                if at is not None:
                    before = text[:text.index(at)].split("\n")
                    place += f"{len(before)}:{len(before[-1]) + 1}: "
                self.assert_refused(got, place, error, hint)
                self.assertRegex(got.err, r"mine\.yaml:\d+:\d+: error: ")
                self.assertIn("^", got.err)
                self.nothing_was_read()

    def test_all_mistakes_at_once(self):
        text = RULE.replace("severity: high", "severity: higher").replace(
            "source_encrypted", "source_encryptd")
        other = RULE.replace("a-rule-of-mine", "another-rule").replace(
            "dr.copy", "dr.cpy")
        folder = tempfile.mkdtemp(dir=TEMPORARY)
        for name, content in (("a.yaml", text), ("b.yaml", other)):
            with open(os.path.join(folder, name), "w",
                      encoding="utf-8") as file:
                file.write(content)
        self.assert_refused(self.check("--rules", folder), "a.yaml:4:",
                            "a.yaml:9:", "b.yaml:5:")

    def test_credentials(self):
        nothing = {"HOME": TEMPORARY, "PATH": os.environ["PATH"],
                   "AWS_EC2_METADATA_DISABLED": "true"}
        self.assert_refused(self.check(env=nothing), "credentials")
        home = tempfile.mkdtemp(dir=TEMPORARY)
        os.mkdir(os.path.join(home, ".aws"))
        with open(os.path.join(home, ".aws", "credentials"), "w",
                  encoding="utf-8") as file:
            file.write("[production]\naws_access_key_id = AKIDEXAMPLE\n"
                       "aws_secret_access_key = example-secret\n")
        at_home = {**nothing, "HOME": home}
        self.assert_refused(
            self.check("--profile", "productoin", env=at_home),
            "productoin", "did you mean 'production'?")
        self.nothing_was_read()
        got = self.check("--profile", "production", env=at_home)
        self.assertEqual(got.code, 1, str(got))

    def test_expired_token(self):
        self.endpoint.faults({"match": "*", "kind": "expired_token"})
        got = self.check(env=environment(AWS_SESSION_TOKEN="old-token"))
        self.assert_refused(got, "expired")
        self.assertNotIn("old-token", got.err)
        self.nothing_was_read()

    def test_regions(self):
        for options in (("--regions", "ap-northest-1"),
                        ("--from", "ap-northest-1", "--to", "eu-west-1")):
            with self.subTest(options=options):
                got = run("check", "--endpoint-url", self.endpoint.url,
                          *options)
                self.assert_refused(got, "ap-northest-1",
                                    "did you mean 'ap-northeast-1'?")
        self.assertEqual(self.endpoint.log(), [])

    def test_endpoints(self):
        # Credentials go over plain HTTP to this machine only.
        got = run("check", "--endpoint-url", "http://192.0.2.1:9",
                  "--regions", "eu-west-1")
        self.assert_refused(got, "http")
        # Nothing listens at port 1.
        got = run("check", "--endpoint-url", "http://127.0.0.1:1",
                  "--regions", "eu-west-1", "--timeout", "20")
        self.assert_refused(got, "sts:GetCallerIdentity")

    def test_command_lines(self):
        for arguments, text in (
                ((), "verb"),
                (("chek",), "did you mean 'check'?"),
                (("check", "--regoins", "eu-west-1"), "--regions"),
                (("check", "--fail-on", "hgh"), "did you mean 'high'?"),
                (("check", "--format", "jsn"), "did you mean 'json'?"),
                (("check", "--as-of", "2021-02-30"), "2021-02-30"),
                (("check", "--select", "kms-key-not-reusd-*"),
                 "kms-key-not-reusd-*"),
                (("check", "--inventory", "/nonexistent/x.ndjson"),
                 "/nonexistent/x.ndjson"),
                (("check", "--rules", "/nonexistent/x.yaml"),
                 "/nonexistent/x.yaml")):
            with self.subTest(arguments=arguments):
                self.assert_refused(run(*arguments), text)

    def test_output_that_cannot_be_written(self):
        got = self.check("--output", "/nonexistent/report.json")
        self.assert_refused(got, "/nonexistent/report.json")

    def test_help(self):
        got = run("--help")
        self.assertEqual((got.code, got.err), (0, ""), str(got))
        for verb in ("check", "gather", "calls", "iam-policy", "version"):
            with self.subTest(verb=verb):
                self.assertIn(f"\n  {verb} ", got.out)
                one = run(verb, "--help")
                self.assertEqual((one.code, one.err), (0, ""), str(one))
                self.assertIn(f"Usage: dr-preflight {verb}", one.out)
        got = run("version")
        self.assertEqual(got.code, 0)
        self.assertRegex(got.out, r"^dr-preflight \d+\.\d+\.\d+")
