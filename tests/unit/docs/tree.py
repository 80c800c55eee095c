# SPDX-License-Identifier: Apache-2.0
"""The files of the tree, as the tests of its documents see them: what git tracks or would track,
or, outside a repository, everything but hidden folders and build output. No imports beyond the
standard library."""

import os
import subprocess
import sys

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
SOURCES = (".h", ".cc", ".c")


def _from_git():
    command = ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        return None
    return [name for name in done.stdout.decode().split("\0") if name]


def _from_disk():
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [f for f in folders if f not in ("build", "lethe-demo", "lethe-data",
                                                      "__pycache__", ".git", ".cache")]
        found += [os.path.relpath(os.path.join(folder, name), ROOT) for name in names]
    return found


def files():
    """Paths relative to ROOT, sorted."""
    try:
        names = _from_git()
    except FileNotFoundError:
        names = None
    if names is None:
        names = _from_disk()
    return sorted(name for name in names if os.path.isfile(os.path.join(ROOT, name)))


def sources():
    return [name for name in files() if name.endswith(SOURCES)]


def read(name):
    with open(os.path.join(ROOT, name), encoding="utf-8") as file:
        return file.read()


def report(complaints):
    """Prints the complaints; the status of the process."""
    for complaint in complaints:
        print(complaint)
    print(f"{len(complaints)} complaints" if complaints else "all well", file=sys.stderr)
    return 1 if complaints else 0
