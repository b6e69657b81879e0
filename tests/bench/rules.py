"""Measures rules beside cel-go and SQLite on one core; asserts nothing.

usage: rules.py RULES_BENCH SQLITE_BENCH CELGO [ROWS …]

The programs take turns within one run, so that what else the machine does
disturbs all alike. What counts is processor time, of which each figure is the
median over all rounds. Without Go, CELGO may be missing.
"""
import collections
import os
import statistics
import subprocess
import sys

ROUNDS = int(os.environ.get("ROUNDS", "5"))
RULES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rules")
CASES = {"bench-predicate": ("three terms", 60),
         "bench-one-lookup": ("one lookup", 350),
         "bench-two-hops": ("two hops", 700)}


def one_core():
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def lines(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True,
                          preexec_fn=one_core)
    if done.returncode != 0:
        sys.exit(f"{command[0]} ended with {done.returncode}")
    return [line.split() for line in done.stdout.splitlines()]


def measure(programs, rows):
    """{(case, rows, what): [figure, …]}, and what is no figure."""
    figures, versions = collections.defaultdict(list), {}
    for round_number in range(ROUNDS):
        print(f"round {round_number + 1} of {ROUNDS} …", file=sys.stderr)
        for program in programs:
            for case, n, what, figure in lines([*program, *rows]):
                if case == "version":
                    versions[what] = figure
                else:
                    figures[case, int(n), what].append(float(figure))
    return {k: statistics.median(v) for k, v in figures.items()}, versions


def ratio(theirs, ours):
    return f"{theirs / ours:.1f}x" if theirs is not None else "-"


def figure(value):
    return f"{value:.0f}" if value is not None else "-"


def print_table(found, rows):
    print("nanoseconds per subject; in brackets: how many times ours\n")
    print(f"{'case':<12}{'rows':>8}{'ours':>7}{'aim':>6}  {'cel-go':<14}"
          f"{'SQLite':<14}{'with findings':>14}{'rows per second':>17}")
    for case, (words, aim) in CASES.items():
        for n in rows:
            ours = found[case, n, "decide"]
            go = [found[case, n, w] for w in ("celgo-map", "celgo-struct")
                  if (case, n, w) in found]
            go = min(go) if go else None
            sqlite = found[case, n, "sqlite"]
            print(f"{words:<12}{n:>8}{ours:>7.0f}{aim:>6}  "
                  f"{figure(go) + ' (' + ratio(go, ours) + ')':<14}"
                  f"{figure(sqlite) + ' (' + ratio(sqlite, ours) + ')':<14}"
                  f"{found[case, n, 'run']:>14.0f}{1e9 / ours:>17,.0f}")
    print()


def print_rest(found, rows, versions):
    load = found["load", 0, "ns"]
    print(f"loading all rules           {load / 1e6:.2f} ms")
    for n in rows:
        decide = sum(found[c, n, "decide"] for c in CASES) * n
        run = sum(found[c, n, "run"] for c in CASES) * n
        print(f"loading's share, {n:>6} rows {load / (load + decide):.1%} of "
              f"loading and deciding; {load / (load + run):.1%} with findings")
    for n in rows:
        each = ", ".join(f"{found[c, n, 'bytes_per_row']:.0f} ({words})"
                         for c, (words, _) in CASES.items())
        print(f"bytes per row, {n:>6} rows   {each}; SQLite "
              f"{found['memory', n, 'sqlite_bytes_per_row']:.0f}")
    if len(rows) > 1:
        for case, (words, _) in CASES.items():
            growth = (found[case, rows[-1], "decide"]
                      / found[case, rows[0], "decide"])
            print(f"per subject, {words:<12}   {growth:.2f} times from "
                  f"{rows[0]} to {rows[-1]} rows (1 is linear)")
    print("versions                    "
          + ", ".join(f"{k} {v}" for k, v in sorted(versions.items())))


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    ours, sqlite, go, *rows = sys.argv[1:]
    rows = rows or ["1000", "10000", "100000"]
    programs = [[ours, RULES], [sqlite]]
    if os.path.exists(go):
        programs.append([go])
    else:
        print("cel-go is left out: there is no Go here")
    found, versions = measure(programs, rows)
    rows = [int(n) for n in rows]
    print_table(found, rows)
    print_rest(found, rows, versions)


if __name__ == "__main__":
    main()
