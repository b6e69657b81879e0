"""Checks the example account on a loopback endpoint and prints the report."""
import os
import shlex
import subprocess
import sys

import harness


def tell(text):
    print(f"demo: {text}", file=sys.stderr, flush=True)


def main():
    harness.end_on_signals()
    tell("starting an AWS endpoint on this machine …")
    endpoint = harness.Endpoint()
    try:
        tell("making the example account on it (some seconds) …")
        endpoint.seed()
        command = [os.path.relpath(harness.BINARY), "check",
                   "--endpoint-url", endpoint.url,
                   "--regions", ",".join(harness.REGIONS)]
        tell("the check ends with 1, as the account has failures:")
        print("$ " + shlex.join(command), file=sys.stderr, flush=True)
        code = subprocess.run(command, env={
            **os.environ, "AWS_ACCESS_KEY_ID": harness.KEY_ID,
            "AWS_SECRET_ACCESS_KEY": harness.SECRET}).returncode
    finally:
        endpoint.stop()
    if code != 1:
        tell(f"the check ended with {code}, not with 1")
        return 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
