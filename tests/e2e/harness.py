# SPDX-License-Identifier: Apache-2.0
"""What the end-to-end tests share: the worker as a process, a folder of its own per test, and a real
Kafka broker on a free port. Standard library only. Environment: LETHE_BIN names the binary;
LETHE_REQUIRE_SERVERS=1 makes a broker that cannot be started a failure instead of a skip."""

import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
CONFIGS = os.path.join(ROOT, "configs")
KAFKA = os.path.join(ROOT, "tests", "support", "kafka", "kafka.sh")
LETHE = os.path.abspath(os.environ.get("LETHE_BIN", os.path.join(ROOT, "build/release/bin/lethe")))
TIMEOUT = 60


def lines(data):
    return data.decode().splitlines()


class Folder(unittest.TestCase):
    """A test in a folder of its own, which the worker runs in; ./lethe-data is there, too."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="lethe-e2e-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def config(self, name, **replacements):
        """Copies an example, with words of it replaced (each must occur)."""
        with open(os.path.join(CONFIGS, name), encoding="utf-8") as file:
            text = file.read()
        for old, new in replacements.pop("words", {}).items():
            self.assertIn(old, text, f"{name} was expected to say {old}")
            text = text.replace(old, new)
        self.write(replacements.pop("to", name), text)

    def sample(self, *names):
        for name in names:
            shutil.copy(os.path.join(CONFIGS, name), self.folder)

    def lethe(self, *arguments, stdin=b"", status=0):
        """Runs the binary to its end; its standard output, once the exit code is as expected. None:
        any exit code, but no death by a signal."""
        done = subprocess.run([LETHE, *arguments], cwd=self.folder, input=stdin, timeout=TIMEOUT,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        expected = status if status is not None else max(done.returncode, 0)
        self.assertEqual(done.returncode, expected,
                         f"lethe {' '.join(arguments)}\n{done.stdout.decode()}\n{done.stderr.decode()}")
        self.said = done.stdout.decode() + done.stderr.decode()
        return done.stdout


class Worker:
    """`lethe run` in the background; leaving the block stops it by SIGTERM and checks the exit code."""

    def __init__(self, test, *arguments):
        self.test = test
        self.log = open(test.path("worker.log"), "ab+")
        self.process = subprocess.Popen([LETHE, "run", *arguments], cwd=test.folder,
                                        stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        try:
            if self.process.poll() is None:
                self.process.send_signal(signal.SIGTERM)
            status = self.process.wait(TIMEOUT)
            self.log.seek(0)
            if kind is None:
                self.test.assertEqual(status, 0, self.log.read().decode())
            else:
                print(self.log.read().decode())
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.log.close()


def free_port():
    """A port that is free together with the one 100 above it, which kafka.sh takes for its controller."""
    for _ in range(100):
        port = random.randrange(20000, 32000)
        with socket.socket() as first, socket.socket() as second:
            try:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 100))
                return port
            except OSError:
                continue
    raise RuntimeError("no free pair of ports")


class Broker:
    """One broker per test program."""

    def __init__(self):
        self.work = tempfile.mkdtemp(prefix="lethe-kafka-")
        self.port = free_port()
        self.address = f"localhost:{self.port}"
        try:
            self.script("-p", str(self.port), "start")
        except Exception:
            self.close()
            raise

    def close(self):
        subprocess.run([KAFKA, "-w", self.work, "wipe"], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, timeout=TIMEOUT, check=False)
        shutil.rmtree(self.work, ignore_errors=True)

    def script(self, *arguments, stdin=b""):
        done = subprocess.run([KAFKA, "-w", self.work, *arguments], input=stdin, timeout=4 * TIMEOUT,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"kafka.sh {' '.join(arguments)}: {done.stderr.decode()[-2000:]}")
        return done.stdout

    def create(self, *topics, partitions=1):
        for topic in topics:
            self.script("topics", "--create", "--topic", topic, "--partitions", str(partitions))

    def produce(self, topic, records):
        """records: (key, value) texts without tabs; None as value is a tombstone."""
        text = "".join(f"{key}\t{'<null>' if value is None else value}\n" for key, value in records)
        self.script("run", "org.apache.kafka.tools.ConsoleProducer", "--bootstrap-server",
                    self.address, "--topic", topic, "--property", "parse.key=true", "--property",
                    "key.separator=\t", "--property", "null.marker=<null>", stdin=text.encode())

    def consume(self, topic, count, wait=30):
        """The first `count` records as (headers, key, value), in the order of their partition."""
        out = self.script("run", "org.apache.kafka.tools.consumer.ConsoleConsumer",
                          "--bootstrap-server", self.address, "--topic", topic, "--from-beginning",
                          "--max-messages", str(count), "--timeout-ms", str(wait * 1000),
                          "--property", "print.key=true", "--property", "print.headers=true",
                          "--property", "key.separator=\t", "--property", "null.literal=<null>",
                          "--property", "headers.separator=,")
        rows = [line.split("\t", 2) for line in lines(out) if line.count("\t") >= 2]
        return [(headers, key, None if value == "<null>" else value) for headers, key, value in rows]

    def producer(self, topic):
        """A producer of "key<tab>value" lines from its standard input, until that is closed."""
        return self.open("org.apache.kafka.tools.ConsoleProducer", "--topic", topic, "--property",
                         "parse.key=true", "--property", "key.separator=\t")

    def consumer(self, topic):
        """A consumer that prints "key<tab>value" lines until it is killed."""
        return self.open("org.apache.kafka.tools.consumer.ConsoleConsumer", "--topic", topic,
                         "--from-beginning", "--property", "print.key=true", "--property",
                         "key.separator=\t")

    def open(self, tool, *arguments):
        return subprocess.Popen([KAFKA, "-w", self.work, "run", tool, "--bootstrap-server",
                                 self.address, *arguments], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def offsets(self, topic):
        """The number of records in the topic."""
        out = self.script("run", "org.apache.kafka.tools.GetOffsetShell", "--bootstrap-server",
                          self.address, "--topic", topic)
        return sum(int(line.rsplit(":", 1)[1]) for line in lines(out) if line.count(":") == 2)


def require_broker():
    """A broker, or a skip where servers are optional and Java or the jars are not there."""
    try:
        if shutil.which("java") is None:
            raise RuntimeError("no java")
        return Broker()
    except Exception as error:
        if os.environ.get("LETHE_REQUIRE_SERVERS") == "1":
            raise
        raise unittest.SkipTest(f"no Kafka broker: {error}") from error


def main():
    """unittest, but with status 77 if every test was skipped, which ctest shows as skipped."""
    program = unittest.main(exit=False)
    result = program.result
    if not result.wasSuccessful():
        raise SystemExit(1)
    if result.testsRun == 0 and not result.skipped:
        raise SystemExit("no test was run")
    raise SystemExit(77 if len(result.skipped) >= max(result.testsRun, 1) else 0)
