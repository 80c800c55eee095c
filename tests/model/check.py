#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Checks one Promela model with Spin: check.py MODEL WORKDIR [--breaks LAW] [-DNAME[=VALUE]...].
# Without --breaks, the search must be complete and find nothing. With it, the model is a variant
# that is broken on purpose, and the search must find that it breaks LAW and no other law: a
# checker that cannot fail proves nothing. Exit 77 (skipped) when Spin is not installed, unless
# LETHE_REQUIRE_SERVERS=1, which ./test sets.
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys

# COLLAPSE stores each process's state once, which is what makes the models fit; the search stays
# exhaustive. SAFETY: the laws are assertions, so acceptance cycles need no room.
COMPILE = ["-O2", "-w", "-DSAFETY", "-DCOLLAPSE", "-DVECTORSZ=2048", "-DMEMLIM=3000"]
DEPTH = 100000  # steps of one schedule; reaching it is a failure, not a bound


def fail(message: str, output: str = "") -> None:
    print(output, file=sys.stderr)
    sys.exit(f"check.py: {message}")


def run(command: list, work: pathlib.Path) -> str:
    """Runs a command that must succeed, and returns what it printed."""
    done = subprocess.run(command, cwd=work, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        fail(f"{command[0]} failed with status {done.returncode}", done.stdout)
    return done.stdout


def search(model: pathlib.Path, work: pathlib.Path, defines: list) -> str:
    """Generates, compiles and runs the verifier of a model; a complaint of its own is a failure."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    run(["spin", "-a", *defines, str(model)], work)
    run([os.environ.get("CC", "gcc"), *COMPILE, "-o", "pan", "pan.c"], work)
    output = run(["./pan", "-E", f"-m{DEPTH}"], work)
    if not re.search(r"State-vector \d+ byte.*errors: \d+", output):
        fail("the verifier printed no result", output)
    for trouble in ("max search depth too small", "out of memory", "reached -DMEMLIM", "aborting"):
        if trouble in output:
            fail(f"the search is not exhaustive: {trouble}", output)
    return output


def judge(output: str, law: str) -> None:
    """Compares the verifier's result with what was expected."""
    broken = re.search(r"pan:\d+: (.*) \(at depth (\d+)\)", output)
    if law and not broken:
        fail(f"this variant should break {law}, and the search found nothing", output)
    if law and broken[1] != f"assertion violated {law}":
        fail(f"this variant should break {law}, and broke something else: {broken[1]}", output)
    if not law and (broken or "errors: 0" not in output):
        fail(f"a law is broken: {broken[1] if broken else 'see below'}", output)
    states = re.search(r"(\d+) states, stored", output)[1]
    print(f"breaks {law}, as it should, after {broken[2]} steps" if law else "every law holds",
          f"({states} states)")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--breaks", default="")
    arguments, defines = parser.parse_known_args()
    if not shutil.which("spin"):
        message = "check.py: spin is not installed (Debian: apt-get install spin)"
        print(message, file=sys.stderr)
        sys.exit(1 if os.environ.get("LETHE_REQUIRE_SERVERS") == "1" else 77)
    judge(search(arguments.model.resolve(), arguments.work.resolve(), defines), arguments.breaks)


main()
