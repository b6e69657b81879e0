"""Every command that the documentation shows.

```sh      is run here, one command after the other, in a folder of its own, on
           the loopback endpoint. It ends with 0, or with what a comment says:
           `dr-preflight check … # ends with 1`.
```sh ci   builds or tests the project: .ci/run holds these commands.
Other blocks are not commands.
"""
import os
import re
import subprocess
import tempfile

from harness import (BINARY, REGIONS, ROOT, SECRET, TEMPORARY, LiveCase,
                     environment, run)

PAGES = ("README.md", "CONTRIBUTING.md")
BLOCK = re.compile(r"^```(\S*) ?(\S*)\n(.*?)^```$", re.M | re.S)
HEREDOC = re.compile(r"<<'(\w+)'")


def commands(block):
    """The commands of a block, with their continued lines and heredocs."""
    lines = iter(block.splitlines())
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        command = [line]
        while command[-1].endswith("\\"):
            command.append(next(lines))
        heredoc = HEREDOC.search(line)
        while heredoc and command[-1] != heredoc[1]:
            command.append(next(lines))
        yield "\n".join(command)


def blocks(page, kind):
    with open(os.path.join(ROOT, page), encoding="utf-8") as file:
        text = file.read()
    return [body for language, mark, body in BLOCK.findall(text)
            if (language, mark) == ("sh", kind)]


class Docs(LiveCase):
    def run_command(self, command, folder):
        env = environment(
            AWS_ENDPOINT_URL=self.endpoint.url,
            AWS_REGION=REGIONS[0],
            PATH=os.path.dirname(BINARY) + ":" + os.environ["PATH"])
        said = re.search(r"# ends with (\d)", command)
        done = subprocess.run(
            ["sh", "-c", command], cwd=folder, env=env, capture_output=True,
            text=True, stdin=subprocess.DEVNULL, timeout=120)
        self.assertEqual(done.returncode, int(said[1]) if said else 0,
                         f"{command}\n{done.stdout[-800:]}{done.stderr}")
        self.assertNotIn(SECRET, done.stdout + done.stderr)

    def test_commands(self):
        for page in PAGES:
            folder = tempfile.mkdtemp(dir=TEMPORARY)
            # As in a clone: the rules are where the pages say.
            os.symlink(os.path.join(ROOT, "rules"), f"{folder}/rules")
            found = [c for b in blocks(page, "") for c in commands(b)]
            self.assertTrue(found, page)
            for command in found:
                with self.subTest(page=page, command=command.split("\n")[0]):
                    self.run_command(command, folder)

    def test_output_that_is_shown(self):
        got = run("check", "--endpoint-url", self.endpoint.url, "--regions",
                  ",".join(REGIONS), "--quiet")
        lines = got.out.split("\n")
        with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
            shown = [body for language, _, body in BLOCK.findall(file.read())
                     if language == "text"]
        self.assertTrue(shown)
        for line in shown[0].split("\n"):
            if line.strip() not in ("…", "..."):
                self.assertIn(line, lines)

    def test_commands_of_ci(self):
        with open(os.path.join(ROOT, ".ci", "run"), encoding="utf-8") as file:
            script = file.read()
        for page in PAGES:
            for command in (c for b in blocks(page, "ci")
                            for c in commands(b)):
                with self.subTest(page=page, command=command):
                    command = command.partition("  #")[0].rstrip()
                    self.assertRegex(script, rf"(?m)^ *(step )?"
                                     rf"{re.escape(command)}( |$)")

    def test_options_that_are_named_exist(self):
        done = subprocess.run(
            [BINARY, "check", "--help"], capture_output=True, text=True,
            stdin=subprocess.DEVNULL)
        for page in PAGES + ("CHANGELOG.md",):
            with open(os.path.join(ROOT, page), encoding="utf-8") as file:
                text = file.read()
            for option in set(re.findall(r"`(--[a-z-]+)", text)):
                with self.subTest(page=page, option=option):
                    self.assertIn(option, done.stdout)

    def test_map_names_what_exists(self):
        for page in PAGES:
            with open(os.path.join(ROOT, page), encoding="utf-8") as file:
                text = file.read()
            paths = set(re.findall(
                r"`((?:checker|reports|rules|tests|scripts)/[\w./-]*)`",
                text))
            self.assertTrue(paths, page)
            for path in paths:
                with self.subTest(page=page, path=path):
                    self.assertTrue(os.path.exists(os.path.join(ROOT, path)))
