"""Measures a check of 1,100 instances beside boto3; asserts nothing.

One run, on one machine: the check and boto3's paging of the same RDS listings
take turns, so that what else the machine does disturbs both alike.
"""
import json
import os
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))), "live"))
import harness  # noqa: E402

ROUNDS = 7
LISTINGS = ("describe_db_instances", "describe_db_instance_automated_backups")

# Runs a command and tells its peak memory. A process of its own, as a child
# begins with the size of the one that it was forked from.
MEASURE = """
import os, sys
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(pid, 0)
print(usage.ru_maxrss, file=sys.stderr)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def check_command(endpoint):
    return [harness.BINARY, "check", "--endpoint-url", endpoint.url,
            "--regions", ",".join(harness.REGIONS), "--format", "json",
            "--quiet"]


def timed(work):
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def run_check(command):
    done = subprocess.run(command, env=harness.environment(),
                          stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode != 1:
        sys.exit(f"the check ended with {done.returncode}:\n"
                 + done.stderr.decode())
    return json.loads(done.stdout)


def boto3_pager(endpoint):
    """A function that pages the listings; boto3 is loaded already."""
    import boto3
    clients = [boto3.client("rds", region_name=region,
                            endpoint_url=endpoint.url,
                            aws_access_key_id=harness.KEY_ID,
                            aws_secret_access_key=harness.SECRET)
               for region in harness.REGIONS]

    def page():
        n = 0
        for client in clients:
            for listing in LISTINGS:
                for answer in client.get_paginator(listing).paginate():
                    n += sum(len(v) for v in answer.values()
                             if isinstance(v, list))
        return n
    return page


def peak_kib(command):
    done = subprocess.run([sys.executable, "-I", "-S", "-c", MEASURE,
                           *command], env=harness.environment(),
                          stdin=subprocess.DEVNULL, capture_output=True,
                          text=True)
    return int(done.stderr.split()[-1])


def main():
    harness.end_on_signals()
    endpoint = harness.Endpoint()
    try:
        print("seeding the account …", flush=True)
        endpoint.seed("--scale", "1000")
        command, page = check_command(endpoint), boto3_pager(endpoint)
        report, rows = run_check(command), page()  # both are warm then
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(timed(lambda: run_check(command))[0])
            theirs.append(timed(page)[0])
        memory = peak_kib(command)
    finally:
        endpoint.stop()
    version = [timed(lambda: subprocess.run(
        [harness.BINARY, "version"], stdout=subprocess.DEVNULL))[0]
        for _ in range(21)]
    a, b = statistics.median(ours), statistics.median(theirs)
    print(f"rows of the RDS listings   {rows}, in {len(harness.REGIONS)} "
          f"regions")
    print(f"findings                   {len(report['findings'])}")
    print(f"check, all calls           {a:.2f} s (median of {ROUNDS}; "
          f"{min(ours):.2f} to {max(ours):.2f})")
    print(f"boto3, RDS listings only   {b:.2f} s ({min(theirs):.2f} to "
          f"{max(theirs):.2f})")
    print(f"ratio                      {a / b:.2f}")
    print(f"peak memory of check       {memory / 1024:.1f} MiB")
    print(f"version                    "
          f"{statistics.median(version) * 1000:.1f} ms")


if __name__ == "__main__":
    main()
