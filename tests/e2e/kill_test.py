# SPDX-License-Identifier: Apache-2.0
"""kill -9 in mid-stream, twenty times: no record is lost, each partition keeps its order, and what
comes twice comes as a repetition of the last stretch. Usage: kill_test.py Files | Kafka"""

import json
import os
import random
import signal
import subprocess
import threading
import time

from harness import LETHE, TIMEOUT, Folder, lines, main, require_broker

KILLS = 20
TRANSFORM = """
transforms:
  - encrypt: { subject: "user-{{record.value.who}}", fields: [email] }
"""


def row(number):
    return json.dumps({"n": number, "who": number % 50, "email": f"p{number}@example.com"})


class Feed:
    """Writes rows without end on a thread of its own: 200 every 10 ms, cut anywhere in a line."""

    def __init__(self, file, line):
        self.file, self.line, self.count = file, line, 0
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        rest = b""
        while not self.stopped.is_set():
            rest += "".join(self.line(self.count + i) for i in range(200)).encode()
            self.count += 200
            cut = random.randrange(len(rest))
            self.file.write(rest[:cut])
            self.file.flush()
            rest = rest[cut:]
            time.sleep(0.01)
        self.file.write(rest)
        self.file.close()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join()


class Kill(Folder):
    def start(self):
        return subprocess.Popen([LETHE, "run", "p.yaml"], cwd=self.folder,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def wait_until(self, condition, process=None):
        end = time.monotonic() + TIMEOUT
        while not condition():
            self.assertLess(time.monotonic(), end, "the worker makes no progress")
            if process is not None:
                self.assertIsNone(process.poll(), "the worker ended by itself")
            time.sleep(0.002)

    def kill_in_mid_stream(self, progress):
        """Twenty times: starts the worker, and kills it once it has written more."""
        for number in range(KILLS):
            before = progress()
            process = self.start()
            try:
                self.wait_until(lambda: progress() > before, process)
                time.sleep(random.uniform(0, 0.1))
            finally:
                process.send_signal(signal.SIGKILL)
            self.assertEqual(process.wait(TIMEOUT), -signal.SIGKILL, f"kill {number}")

    def finish(self, done):
        process = self.start()
        self.addCleanup(process.kill)
        self.wait_until(done, process)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(TIMEOUT), 0)

    def assert_at_least_once_in_order(self, numbers, expected):
        """numbers: of one partition. Going back is a repetition; going on is to the next one."""
        self.assertEqual(set(numbers), set(expected), "a record was lost, or came from nowhere")
        place = {number: i for i, number in enumerate(expected)}
        at, starts_again = -1, 0
        for number in numbers:
            if place[number] != at + 1:
                self.assertLessEqual(place[number], at, "a gap: the order was not kept")
                starts_again += 1
            at = place[number]
        self.assertEqual(at, len(expected) - 1, "it does not end with the last record")
        self.assertLessEqual(starts_again, KILLS, "more repetitions than kills")


class Files(Kill):
    def test_file_to_file(self):
        self.write("p.yaml", "pipeline: p\nsource: { file: { path: in.jsonl, follow: true } }\n"
                   + TRANSFORM + "sink: { file: out.jsonl }\n")
        self.write("out.jsonl", "")
        with Feed(open(self.path("in.jsonl"), "ab"), lambda n: row(n) + "\n") as feed:
            self.kill_in_mid_stream(lambda: os.path.getsize(self.path("out.jsonl")))
        last = f'{{"n": {feed.count - 1},'.encode()
        self.finish(lambda: last in self.read("out.jsonl")[-400:])
        records = [json.loads(line) for line in lines(self.read("out.jsonl"))]
        self.assert_at_least_once_in_order([record["n"] for record in records],
                                            range(feed.count))
        for record in records:
            self.assertTrue(record["email"].startswith("enc1."))
        # What was sealed before any of the kills opens after them: one live key for each person.
        self.assertEqual(len(lines(self.lethe("keys", "list"))), 50)
        self.write("open.yaml", "pipeline: open\ndataset: p\nsource: { file: out.jsonl }\n"
                   "transforms: [ { decrypt: {} } ]\nsink: { file: opened.jsonl }\n")
        self.lethe("run", "open.yaml")
        self.assertEqual(set(lines(self.read("opened.jsonl"))), {row(n) for n in range(feed.count)})


class Kafka(Kill):
    @classmethod
    def setUpClass(cls):
        cls.broker = require_broker()
        cls.addClassCleanup(cls.broker.close)

    def test_topic_to_topic(self):
        self.broker.create("in", "out", partitions=3)
        self.write("p.yaml", f"""
pipeline: p
source:
  kafka:
    brokers: {self.broker.address}
    topics: [in]
    client: {{ group.instance.id: one }} # its successor need not wait for the session to end
{TRANSFORM}
sink: {{ kafka: {{ topic: out }} }}
""")
        rows = []
        reader = self.broker.consumer("out")
        self.addCleanup(reader.kill)
        watcher = threading.Thread(target=self.collect, args=(reader.stdout, rows), daemon=True)
        watcher.start()
        producer = self.broker.producer("in")
        with Feed(producer.stdin, lambda n: f"k{n % 50}\t{row(n)}\n") as feed:
            self.kill_in_mid_stream(lambda: len(rows))
        self.assertEqual(producer.wait(TIMEOUT), 0)
        self.finish(lambda: len({n for _, n in rows}) == feed.count)
        time.sleep(1)  # what is still on its way to the reader
        by_key = {}
        for key, number in rows:
            by_key.setdefault(key, []).append(number)
        self.assertEqual(len(by_key), 50)
        for key, numbers in by_key.items():
            self.assert_at_least_once_in_order(numbers, range(int(key[1:]), feed.count, 50))

    def collect(self, stream, rows):
        for line in stream:
            key, value = line.decode().rstrip("\n").split("\t")
            record = json.loads(value)
            assert record["email"].startswith("enc1."), key
            rows.append((key, record["n"]))


if __name__ == "__main__":
    main()
