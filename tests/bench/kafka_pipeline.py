# SPDX-License-Identifier: Apache-2.0
"""`lethe run` with `encrypt` from topic to topic, against a plain librdkafka copy loop with the same
client settings, alternated on one broker of one node. Both start as a process, copy every record and
are timed by the same clock: the ends of their output topic, which is made anew for each run. Started
by `tests/bench/run --kafka`."""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
import harness  # noqa: E402

BIN = ROOT / "build" / "ci" / "bin"
QUEUES_MIB = 128 + 64  # a consumer's queue, and what the worker lets be in flight to the producer
PIPELINE = """\
pipeline: bench-{run}
source:
  kafka: {{ brokers: {brokers}, topics: [bench.in] }}
transforms:
  - encrypt:
      subject: "{{{{record.key}}}}"
      fields: [{fields}]
sink:
  kafka: {{ topic: {topic} }}
tasks: 1
"""


def processor_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_mib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) / 1024


class Bench:
    def __init__(self, broker, folder, records, partitions):
        self.broker, self.folder = broker, folder
        self.records, self.partitions = records, partitions
        self.run = 0

    def fill(self):
        subprocess.run([BIN / "kafka_fill", self.broker.address, "bench.in", str(self.records), "1024",
                        "10000", str(self.partitions)], check=True)

    def measure(self, command):
        """One run of a copier into a topic of its own; the topic is deleted afterwards."""
        self.run += 1
        topic = f"bench.out.{self.run}"
        self.broker.create(topic, partitions=self.partitions)
        process = subprocess.Popen(command(topic), cwd=self.folder, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            clock = subprocess.run([BIN / "kafka_await", self.broker.address, topic, str(self.records)],
                                   stdout=subprocess.PIPE, check=True)
            cpu, peak = processor_seconds(process.pid), peak_mib(process.pid)
        finally:
            process.terminate()
            said = process.communicate(timeout=60)[0].decode()
        if process.returncode not in (0, -15):
            raise RuntimeError(f"{command(topic)[0]} ended with {process.returncode}:\n{said}")
        self.broker.script("topics", "--delete", "--topic", topic)
        time.sleep(2)  # the broker deletes the files
        seconds = json.loads(clock.stdout)["seconds"]
        return {"rate": self.records / seconds, "cpu": cpu / self.records * 1e6, "peak": peak}

    def plain(self, topic):
        # One record more than there is: it keeps running until it was looked at.
        return [BIN / "kafka_copy_baseline", self.broker.address, "bench.in", topic,
                str(self.records + 1), f"plain-{self.run}"]

    def lethe(self, topic):
        path = pathlib.Path(self.folder) / f"bench-{self.run}.yaml"
        path.write_text(PIPELINE.format(run=self.run, brokers=self.broker.address, topic=topic,
                                        fields="email, visa"))
        return [BIN / "lethe", "run", str(path)]


def row(name, figures):
    print(f"{name:28}{figures['rate']:12,.0f} records/s {figures['cpu']:8.2f} us processor time a record"
          f"{figures['peak']:8.0f} MiB at most", flush=True)


def conditions(options):
    model = next(line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8")
                 if line.startswith("model name"))
    print(f"{model}, {os.cpu_count()} cores shared with the broker, load {os.getloadavg()[0]:.2f}; "
          f"{options.records:,} records of about 1 KB, {options.partitions} partition(s), 10,000 people, two "
          f"fields, one task, at least once, {options.pairs} pairs", flush=True)


def bar(text, value, limit, at_least):
    holds = value >= limit if at_least else value <= limit
    print(f"{text}: {value:.2f} (bar: {'at least' if at_least else 'at most'} {limit}) "
          f"{'holds' if holds else 'MISSED'}")
    return holds


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--partitions", type=int, default=1)
    options = parser.parse_args()
    conditions(options)
    broker = harness.Broker()
    try:
        with tempfile.TemporaryDirectory(prefix="lethe-bench-") as folder:
            bench = Bench(broker, folder, options.records, options.partitions)
            bench.fill()
            row("plain copy (warm-up)", bench.measure(bench.plain))
            pairs = []
            for _ in range(options.pairs):
                pairs.append((bench.measure(bench.plain), bench.measure(bench.lethe)))
                row("plain copy", pairs[-1][0])
                row("lethe run, encrypt", pairs[-1][1])
    finally:
        broker.close()
    rate = statistics.median(lethe["rate"] / plain["rate"] for plain, lethe in pairs)
    cpu = statistics.median(lethe["cpu"] / plain["cpu"] for plain, lethe in pairs)
    peak = max(lethe["peak"] for _, lethe in pairs)
    held = [bar("rate, of the plain copy's, median of pairs", rate, 0.5, True),
            bar("processor time, of the plain copy's, median of pairs", cpu, 2.5, False),
            bar("MiB resident at most", peak, 1.5 * QUEUES_MIB + 96, False)]
    sys.exit(0 if all(held) else 1)


if __name__ == "__main__":
    main()
