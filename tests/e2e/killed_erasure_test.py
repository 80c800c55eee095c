# SPDX-License-Identifier: Apache-2.0
"""kill -9 of `lethe shred` at random moments, twenty times, and of the worker beside it; then the
same commands again. The end is the same as if nothing had happened: no key of those who were to be
erased, one FENCED entry for each, and a certificate that verifies. Usage: killed_erasure_test.py [SEED]"""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time

from custody import PEOPLE, SEALED, Custody, Running
from harness import LETHE, TIMEOUT, lines, main

KILLS = 20
KEPT = 3
SEED = int(os.environ.get("SEED", time.time_ns() % 1_000_000))


class KilledErasure(Custody):
    def setUp(self):
        super().setUp()
        self.random = random.Random(SEED)
        print(f"\nseed {SEED}")

    def people(self):
        return range(KEPT, PEOPLE)

    def seal_everybody(self):
        rows = [json.dumps({"n": n, "who": n % PEOPLE, "email": f"p{n}@example.com"})
                for n in range(5 * PEOPLE)]
        self.write("in.jsonl", "".join(row + "\n" for row in rows))
        worker = Running(self, "seal")
        self.wait_until(lambda: len(lines(self.read("sealed.jsonl"))) == len(rows), "all is sealed")
        worker.stop()
        return rows

    def command(self, who):
        return [LETHE, "shred", f"user-{who}", "--id", f"er-{who}", "-c", "desk.worker.yaml"]

    def timed(self, who):
        start = time.monotonic()
        self.lethe(*self.command(who)[1:])
        return time.monotonic() - start

    def kill_on_the_way(self, who, longest):
        """True: it was killed before its end."""
        process = subprocess.Popen(self.command(who), cwd=self.folder, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        time.sleep(self.random.uniform(0, longest))
        process.send_signal(signal.SIGKILL)
        return process.wait(TIMEOUT) == -signal.SIGKILL

    def entries(self):
        with sqlite3.connect(self.path("keys.db")) as database:
            return [json.loads(value) for value, in
                    database.execute("select value from journal order by seq")]

    def test_twenty_times_and_repeated_ends_like_an_undisturbed_one(self):
        self.configure(f"{{ sqlite: {self.path('keys.db')} }}", lease="3s")
        rows = self.seal_everybody()
        first, *others = self.people()
        longest = 1.2 * self.timed(first)
        killed, reader = 0, Running(self, "open")
        for number in range(KILLS):
            killed += self.kill_on_the_way(others[number % len(others)], longest)
            if number % 4 == 3:
                reader.send(signal.SIGKILL)
                reader.process.wait(TIMEOUT)
                reader = Running(self, "open")
        print(f"killed {killed} of {KILLS} before their end, within {longest:.3f} s")
        self.assertGreater(killed, KILLS // 4)
        for who in self.people():
            self.lethe(*self.command(who)[1:], "--wait", "none")
        for who in self.people():  # the lease of killed workers is waited for once, by all of them
            self.lethe(*self.command(who)[1:], "--wait", "L1", "--certificate", f"er-{who}.json")
        self.wait_until(lambda: len(lines(self.read("opened.jsonl"))) >= len(rows), "all went through")
        reader.stop()
        self.assert_end_state(rows)

    def assert_end_state(self, rows):
        self.assertEqual(len(lines(self.lethe("keys", "list", "-c", "desk.worker.yaml"))), KEPT)
        entries = self.entries()
        self.write("signer.vkey", self.lethe("keys", "journal", "--verifier-key", "-c",
                                             "desk.worker.yaml").decode())
        self.assertEqual([entry["seq"] for entry in entries], list(range(1, len(entries) + 1)))
        for who in self.people():
            of_hers = [e["event"] for e in entries if e.get("erasure_id") == f"er-{who}"]
            for event in ("REQUESTED", "FENCED", "EFFECTIVE", "EDEKS_REMOVED"):
                self.assertEqual(of_hers.count(event), 1, f"person {who}: {of_hers}")
            certificate = json.loads(self.read(f"er-{who}.json"))
            self.assertEqual(certificate["level"], "L1")
            self.assertEqual(len(certificate["dek_ids"]), 1)
            self.lethe("verify", f"er-{who}.json", "--verifier-key", "signer.vkey")
        self.lethe("keys", "audit", "-c", "desk.worker.yaml")
        # Opened by a worker that starts now: everything of those who stay, nothing of the others.
        self.write("opened.jsonl", "")
        self.write("again.yaml", self.read("open.yaml").decode()
                   .replace("pipeline: open", "pipeline: again").replace(", follow: true", "")
                   .replace(", append: true", ""))
        self.lethe("run", "-c", "open.worker.yaml", "again.yaml")
        for row, line in zip(rows, lines(self.read("opened.jsonl")), strict=True):
            record, opened = json.loads(row), json.loads(line)
            if record["who"] < KEPT:
                self.assertEqual(line, row)
            else:
                self.assertTrue(opened["email"].startswith(SEALED))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        SEED = int(sys.argv.pop())
    main()
