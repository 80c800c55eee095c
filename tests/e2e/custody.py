# SPDX-License-Identifier: Apache-2.0
"""People whose records run through workers on one key store while some of them are erased: a steady
feed, what comes out with the moment at which it did, and the files that configure all of it."""

import json
import os
import signal
import subprocess
import threading
import time

from harness import LETHE, TIMEOUT, Folder

PEOPLE = 20
SEALED = "enc1."


class Feed:
    """Appends `rate` records a second to a file, one person after the other, until it is stopped."""

    def __init__(self, path, rate=1000):
        self.file, self.rate, self.count, self.longest_pause = open(path, "ab"), rate, 0, 0.0
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        start = last = time.monotonic()
        while not self.stopped.wait(0.02):
            now = time.monotonic()
            self.longest_pause, last = max(self.longest_pause, now - last), now
            due = int((now - start) * self.rate)
            rows = (json.dumps({"n": n, "who": n % PEOPLE, "email": f"p{n}@example.com"})
                    for n in range(self.count, due))
            self.file.write("".join(row + "\n" for row in rows).encode())
            self.file.flush()
            self.count = max(self.count, due)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join()
        self.file.close()


class Watch:
    """Reads a file as it grows. Of each record: (moment seen, number, person, whether it is open)."""

    def __init__(self, path):
        self.path, self.seen, self.file = path, [], None
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        rest = b""
        while not self.stopped.wait(0.005):
            if self.file is None:
                if not os.path.exists(self.path):
                    continue
                self.file = open(self.path, "rb")
            rest += self.file.read()
            now = time.monotonic()
            whole, _, rest = rest.rpartition(b"\n")
            for line in whole.splitlines():
                record = json.loads(line)
                is_open = not record["email"].startswith(SEALED)
                self.seen.append((now, record["n"], record["who"], is_open))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join()
        if self.file is not None:
            self.file.close()

    def opened(self, who, since=0.0):
        return [row for row in list(self.seen) if row[2] == who and row[3] and row[0] >= since]

    def of_others(self, who, since=0.0):
        return [row for row in list(self.seen) if row[2] != who and row[0] >= since]

    def longest_pause(self, who, since, until):
        """Between two records of anybody but `who`."""
        moments = [since] + [row[0] for row in self.of_others(who, since) if row[0] <= until]
        return max(later - earlier for earlier, later in zip(moments, moments[1:] + [until]))


class Running:
    """A worker of its own data directory, which may be stopped, killed or paused at any time."""

    def __init__(self, test, name, *before):
        self.name, self.test = name, test
        with open(test.path(f"{name}.log"), "ab") as log:
            self.process = subprocess.Popen(
                [*before, LETHE, "run", "-c", f"{name}.worker.yaml", f"{name}.yaml"],
                cwd=test.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log)
        test.addCleanup(self.kill)

    def send(self, number):
        self.process.send_signal(number)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def stop(self):
        self.send(signal.SIGTERM)
        self.test.assertEqual(self.process.wait(TIMEOUT), 0, self.test.read(f"{self.name}.log"))


class Custody(Folder):
    """in.jsonl -> worker `seal` -> sealed.jsonl -> worker `open` -> opened.jsonl"""

    def configure(self, store, lease=None):
        for name in ("seal", "open", "desk"):
            self.write(f"{name}.worker.yaml", f"""
worker: {{ id: {name}, data_dir: {self.path(name + "-data")} }}
kms:
  root: file-kms://{self.path("root.key")}
  store: {store}
""" + (f"  lease: {lease}\n" if lease else ""))
        self.write("seal.yaml", """
pipeline: seal
dataset: people
source: { file: { path: in.jsonl, follow: true } }
transforms: [ { encrypt: { subject: "user-{{record.value.who}}", fields: [email] } } ]
sink: { file: { path: sealed.jsonl, append: true } }
on_error: { shredded: drop }
""")
        self.write("open.yaml", """
pipeline: open
dataset: people
source: { file: { path: sealed.jsonl, follow: true } }
transforms: [ { decrypt: {} } ]
sink: { file: { path: opened.jsonl, append: true } }
""")
        for name in ("in", "sealed", "opened"):
            self.write(f"{name}.jsonl", "")
        self.lethe("keys", "init", "-c", "desk.worker.yaml")

    def shred(self, who, *arguments):
        return self.lethe("shred", f"user-{who}", "-c", "desk.worker.yaml", *arguments)

    def wait_until(self, condition, what, at_most=TIMEOUT):
        end = time.monotonic() + at_most
        while not condition():
            if time.monotonic() > end:
                logs = "".join(self.read(name).decode() for name in sorted(os.listdir(self.folder))
                               if name.endswith(".log"))
                self.fail(f"not within {at_most} s: {what}\n{logs}")
            time.sleep(0.01)
        return time.monotonic()

    def assert_goes_on(self, watch, who, since):
        """Records of others are opened again, without anybody's help; the moment of the first."""
        return self.wait_until(
            lambda: any(row[3] for row in watch.of_others(who, since)), "work goes on") - since
