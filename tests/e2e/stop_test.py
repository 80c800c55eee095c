# SPDX-License-Identifier: Apache-2.0
"""A worker that runs on: it drains and ends on a signal, goes on where it stopped, and honours an
erasure by another process."""

import json
import os
import signal
import subprocess
import time

from harness import LETHE, TIMEOUT, Folder, Worker, lines, main

FOLLOW = """
pipeline: people
source: {{ file: {{ path: people.jsonl, follow: true }} }}
transforms:
  - {transform}
sink: {{ file: out.jsonl }}
on_error: {{ bad_record: dead_letter, shredded: {shredded} }}
dead_letter: {{ file: refused.jsonl }}
"""
ENCRYPT = 'encrypt: { subject: "user-{{record.value.id}}", fields: [email] }'


class Stop(Folder):
    def follow(self, transform=ENCRYPT, shredded="dead_letter"):
        self.write("people.yaml", FOLLOW.format(transform=transform, shredded=shredded))
        self.write("people.jsonl", "")

    def append(self, *rows, to="people.jsonl"):
        with open(self.path(to), "a", encoding="utf-8") as file:
            file.write("".join(f"{row}\n" for row in rows))

    def wait_for(self, name, count):
        """Until the file has that many lines; returns them."""
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end:
            if os.path.exists(self.path(name)):
                found = lines(self.read(name))
                if len(found) >= count:
                    return found
            time.sleep(0.02)
        self.fail(f"{name} never had {count} lines")

    def test_a_signal_drains_commits_and_ends_with_0(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number):
                self.follow()
                self.write("out.jsonl", "")
                with Worker(self, "people.yaml") as worker:
                    self.append('{"id":1,"email":"a"}')
                    self.wait_for("out.jsonl", 1)
                    self.append(*(f'{{"id":{i},"email":"b"}}' for i in range(500)))
                    worker.process.send_signal(number)
                    self.assertEqual(worker.process.wait(TIMEOUT), 0)
                first = len(lines(self.read("out.jsonl")))
                with Worker(self, "people.yaml"):
                    self.wait_for("out.jsonl", 501)
                # It went on where it stopped: nothing is missing and nothing comes twice.
                rows = [json.loads(row)["id"] for row in lines(self.read("out.jsonl"))]
                self.assertEqual(rows, [1, *range(500)], f"{first} lines before the stop")
                os.remove(self.path("people.jsonl.lethe-position"))

    def test_a_second_signal_ends_at_once(self):
        """The output is a pipe that nobody reads, so that the drain cannot end."""
        self.follow()
        self.write("people.yaml", FOLLOW.format(transform=ENCRYPT, shredded="stop").replace(
            "sink: { file: out.jsonl }", "sink: { stdio: {} }") + "drain_deadline: 60s\n")
        self.append(*(f'{{"id":{i},"email":"{"x" * 1000}"}}' for i in range(2000)))
        process = subprocess.Popen([LETHE, "run", "people.yaml"], cwd=self.folder,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        time.sleep(1)
        self.assertIsNone(process.poll(), "the drain ended, so this test shows nothing")
        before = time.monotonic()
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(TIMEOUT), 1)
        self.assertLess(time.monotonic() - before, 5)

    def test_a_run_that_is_stopped_leaves_the_old_output_alone(self):
        """The output of a finite run is replaced as a whole, or not at all."""
        self.write("people.yaml", "pipeline: people\nsource: { file: people.fifo }\n"
                   "sink: { file: out.jsonl }\n")
        self.write("out.jsonl", "complete, of an earlier run\n")
        os.mkfifo(self.path("people.fifo"))
        process = subprocess.Popen([LETHE, "run", "people.yaml"], cwd=self.folder,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.kill)
        with open(self.path("people.fifo"), "w", encoding="utf-8") as pipe:
            pipe.write('{"a":1}\n' * 1000)
            pipe.flush()
            time.sleep(0.5)
            process.send_signal(signal.SIGTERM)
            process.wait(TIMEOUT)
        self.assertEqual(self.read("out.jsonl"), b"complete, of an earlier run\n")

    def test_an_erasure_by_another_process_reaches_the_next_batch_of_encrypt(self):
        self.follow()
        with Worker(self, "people.yaml"):
            self.append('{"id":1,"email":"a"}', '{"id":2,"email":"b"}')
            self.wait_for("out.jsonl", 2)
            self.lethe("shred", "user-1", "-f", "people.yaml")
            self.append('{"id":1,"email":"canary"}', '{"id":2,"email":"b"}')
            out = self.wait_for("out.jsonl", 3)
            refused = self.wait_for("refused.jsonl", 1)
        self.assertEqual([json.loads(row)["id"] for row in out], [1, 2, 2])
        self.assertIsNone(json.loads(refused[0])["value"])

    def test_an_erasure_by_another_process_reaches_the_next_batch_of_decrypt(self):
        self.write("seal.yaml", "pipeline: seal\ndataset: people\nsource: { file: clear.jsonl }\n"
                   "transforms:\n  - " + ENCRYPT + "\nsink: { file: sealed.jsonl }\n")
        self.write("clear.jsonl", '{"id":1,"email":"one"}\n{"id":2,"email":"two"}\n')
        self.lethe("run", "seal.yaml")
        sealed = lines(self.read("sealed.jsonl"))
        self.follow("decrypt: { on_shredded: { redact: gone } }")
        with open(self.path("people.yaml"), "a", encoding="utf-8") as file:
            file.write("dataset: people\n")
        with Worker(self, "people.yaml"):
            self.append(*sealed)
            self.wait_for("out.jsonl", 2)
            self.lethe("shred", "user-1")
            self.append(*sealed)
            out = self.wait_for("out.jsonl", 4)
        self.assertEqual(out, ['{"id":1,"email":"one"}', '{"id":2,"email":"two"}',
                               '{"id":1,"email":"gone"}', '{"id":2,"email":"two"}'])


if __name__ == "__main__":
    main()
