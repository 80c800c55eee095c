# SPDX-License-Identifier: Apache-2.0
"""Three Kafka nodes, each in a network namespace of its own on one bridge, so that any of them can
be cut off with whoever runs beside it. Needs root and iproute2; a test without them is skipped."""

import os
import re
import subprocess
import tempfile
import unittest

from harness import Broker, free_port

NODES = 3
# The namespace is told by the folder of the node's properties; the tools run outside.
WRAPPER = """#!/bin/sh
case "$*" in
  *kafka.Kafka*/node-[1-9]/server.properties)
    node=${{*%/server.properties}}; node=${{node##*/node-}}
    exec ip netns exec {name}-$node java "$@" ;;
esac
exec java "$@"
"""


def ip(*arguments):
    done = subprocess.run(["ip", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False)
    if done.returncode != 0:
        raise RuntimeError(f"ip {' '.join(arguments)}: {done.stderr.decode()}")


class Islands(Broker):
    def __init__(self):
        self.name = f"lt{os.getpid() % 100000}"
        self.subnet = f"10.{200 + os.getpid() % 50}.{os.getpid() // 50 % 250}"
        self.folder = tempfile.mkdtemp(prefix="lethe-islands-")
        try:
            self.build()
        except Exception:
            self.tear_down()
            raise
        os.environ["KAFKA_HOSTS"] = " ".join(self.host(node) for node in self.nodes())
        os.environ["JAVA"] = os.path.join(self.folder, "java")
        with open(os.environ["JAVA"], "w", encoding="utf-8") as file:
            file.write(WRAPPER.format(name=self.name))
        os.chmod(os.environ["JAVA"], 0o755)
        self.work = tempfile.mkdtemp(prefix="lethe-kafka-")
        self.port = free_port()
        self.address = ",".join(f"{self.host(n)}:{self.port + n - 1}" for n in self.nodes())
        try:
            self.script("-p", str(self.port), "-n", str(NODES), "start")
        except Exception:
            self.close()
            raise

    def nodes(self):
        return range(1, NODES + 1)

    def host(self, node):
        return f"{self.subnet}.{node}"

    def build(self):
        ip("link", "add", self.name, "type", "bridge")
        ip("addr", "add", f"{self.subnet}.254/24", "dev", self.name)
        ip("link", "set", self.name, "up")
        for node in self.nodes():
            space, outside = f"{self.name}-{node}", f"{self.name}v{node}"
            ip("netns", "add", space)
            ip("link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", space)
            ip("link", "set", outside, "master", self.name, "up")
            ip("-n", space, "addr", "add", f"{self.host(node)}/24", "dev", "eth0")
            ip("-n", space, "link", "set", "lo", "up")
            ip("-n", space, "link", "set", "eth0", "up")

    def tear_down(self):
        for node in self.nodes():
            subprocess.run(["ip", "netns", "del", f"{self.name}-{node}"], check=False,
                           stderr=subprocess.DEVNULL)
        subprocess.run(["ip", "link", "del", self.name], check=False, stderr=subprocess.DEVNULL)

    def close(self):
        super().close()
        self.tear_down()

    def beside(self, node):
        """What to put before a command that shall run where this node does."""
        return ["ip", "netns", "exec", f"{self.name}-{node}"]

    def cut(self, node):
        ip("link", "set", f"{self.name}v{node}", "down")

    def heal(self, node):
        ip("link", "set", f"{self.name}v{node}", "up")

    def leader(self, topic):
        out = self.script("topics", "--describe", "--topic", topic).decode()
        return int(re.search(r"Partition: 0\s+Leader: (\d+)", out).group(1))


def require_islands():
    """Three nodes, or a skip where servers are optional, or where namespaces are not ours to make."""
    try:
        probe = f"lt{os.getpid() % 100000}-probe"
        ip("netns", "add", probe)
        ip("netns", "exec", probe, "true")
        ip("netns", "del", probe)
    except (OSError, RuntimeError) as error:
        raise unittest.SkipTest(f"no network namespaces (they need root): {error}") from error
    try:
        return Islands()
    except Exception as error:
        if os.environ.get("LETHE_REQUIRE_SERVERS") == "1":
            raise
        raise unittest.SkipTest(f"no Kafka nodes in network namespaces: {error}") from error
