# SPDX-License-Identifier: Apache-2.0
"""Memory and start of a worker: small at rest, bounded while millions of records stream through, quick
to its first record. LETHE_STREAM_RECORDS=10000000 streams the full count; figures are printed."""

import os
import signal
import statistics
import subprocess
import time

from harness import LETHE, TIMEOUT, Folder, main

MIB = 1 << 20
RECORDS = int(os.environ.get("LETHE_STREAM_RECORDS", 2_000_000))
PEOPLE = 1000
ENCRYPT = '{ encrypt: { subject: "user-{{record.value.who}}", fields: [email] } }'
FOLLOW = """
pipeline: rest
source: { file: { path: in.jsonl, follow: true } }
transforms: [ %s ]
sink: { file: out.jsonl }
""" % ENCRYPT


def status(process, name):
    """Of a running process, in bytes: VmRSS, or VmHWM for its peak."""
    with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
        for line in file:
            if line.startswith(name + ":"):
                return int(line.split()[1]) * 1024
    raise RuntimeError(f"no {name}")


def sanitized():
    """Sanitizers have shadow memory of their own: their figures say nothing."""
    with open(LETHE, "rb") as file:
        return b"__asan_init" in file.read()


class Memory(Folder):
    def setUp(self):
        super().setUp()
        if sanitized():
            self.skipTest("built with sanitizers")

    def start(self, **streams):
        process = subprocess.Popen([LETHE, "run", "rest.yaml", "--log-format", "json"],
                                   cwd=self.folder, **streams)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def test_a_worker_at_rest_is_small(self):
        self.write("rest.yaml", FOLLOW)
        self.write("in.jsonl", "")
        process = self.start(stderr=subprocess.PIPE)
        while b"task starts" not in process.stderr.readline():
            self.assertIsNone(process.poll())
        time.sleep(0.5)
        rest = status(process, "VmHWM")
        print(f"at rest: {rest / MIB:.1f} MiB")
        self.assertLessEqual(rest, 64 * MIB)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(TIMEOUT), 0)
        process.stderr.close()

    def test_the_first_record_is_there_quickly(self):
        """Loosely: a busy machine must not fail this. The figure that is meant is printed."""
        self.write("rest.yaml", FOLLOW)
        self.write("in.jsonl", '{"who":1,"email":"x"}\n')
        taken = []
        for _ in range(5):
            for name in ("out.jsonl", "in.jsonl.lethe-position"):
                if os.path.exists(self.path(name)):
                    os.remove(self.path(name))
            start = time.monotonic()
            process = self.start(stderr=subprocess.DEVNULL)
            while (not os.path.exists(self.path("out.jsonl"))
                   or os.path.getsize(self.path("out.jsonl")) == 0):
                self.assertLess(time.monotonic() - start, TIMEOUT)
                time.sleep(0.001)
            taken.append(time.monotonic() - start)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(TIMEOUT), 0)
        print(f"start to first record written: median {statistics.median(taken) * 1000:.0f} ms")
        self.assertLess(min(taken), 3)

    def test_memory_is_bounded_while_records_stream(self):
        self.write("rest.yaml", "pipeline: stream\nsource: { stdio: {} }\n"
                   f"transforms: [ {ENCRYPT} ]\nsink: {{ stdio: {{}} }}\n")
        rows = "".join('{"who":%d,"email":"p%d@example.com","note":"%s"}\n' % (
            i, i, "x" * (200 - len('{"who":%d,"email":"p%d@example.com","note":""}\n' % (i, i))))
            for i in range(PEOPLE)).encode()
        self.assertEqual(len(rows), 200 * PEOPLE)
        with open(os.devnull, "wb") as null:
            process = self.start(stdin=subprocess.PIPE, stdout=null, stderr=subprocess.DEVNULL)
        blocks = RECORDS // PEOPLE
        peaks = []
        start = time.monotonic()
        for block in range(blocks):
            process.stdin.write(rows)
            if block % (blocks // 10) == 0:
                peaks.append(status(process, "VmHWM"))
        peaks.append(status(process, "VmHWM"))
        process.stdin.close()
        self.assertEqual(process.wait(10 * TIMEOUT), 0)
        seconds = time.monotonic() - start
        print(f"{RECORDS} records in {seconds:.1f} s, peaks in MiB: "
              + ", ".join(f"{peak / MIB:.1f}" for peak in peaks))
        self.assertLess(peaks[-1], 160 * MIB)
        self.assertLess(peaks[-1] - peaks[2], 16 * MIB, "memory grows with the number of records")


if __name__ == "__main__":
    main()
