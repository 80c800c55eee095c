# SPDX-License-Identifier: Apache-2.0
"""Users deleted in a real Keycloak are forgotten by the worker: while it is down, up, restarted and
killed, by an administrator and by themselves, each exactly once."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "e2e"))

from harness import ROOT, Folder, Worker, lines, main  # noqa: E402

SCRIPT = os.path.join(ROOT, "tests", "support", "keycloak", "keycloak.sh")
PATIENCE = 60

WORKER = """
worker: {{ data_dir: ./data }}
kms: {{ root: file-kms://root.key, store: {{ sqlite: ./keys.db }} }}
erasure:
  keycloak:
    url: {url}
    realm: people
    client_id: shredder
    client_secret: ${{env:SHREDDER_SECRET}}
    poll: 500ms
    overlap: 60s
    subjects: ["user-{{{{id}}}}", "billing-{{{{id}}}}"]
"""
PIPELINE = """
pipeline: crm
source: { stdio: {} }
sink: { stdio: {} }
transforms:
  - encrypt:
      fields: [mail]
      subject: "%s-{{record.value.userId}}"
"""


class Keycloak:
    def __init__(self):
        self.work = tempfile.mkdtemp(prefix="lethe-keycloak-")
        with socket.socket() as first:
            first.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{first.getsockname()[1]}"
        try:
            self.script("-p", self.url.rsplit(":", 1)[1], "start")
        except Exception:
            self.close()
            raise

    def script(self, *arguments):
        done = subprocess.run([SCRIPT, "-w", self.work, *arguments], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=400, check=False,
                              env=dict(os.environ, KC_WAIT="300"))
        if done.returncode != 0:
            raise RuntimeError(f"keycloak.sh {' '.join(arguments)}: {done.stderr.decode()[-2000:]}")
        return done.stdout.decode().strip()

    def close(self):
        subprocess.run([SCRIPT, "-w", self.work, "wipe"], timeout=60, check=False)
        shutil.rmtree(self.work, ignore_errors=True)


class KeycloakInbox(Folder):
    @classmethod
    def setUpClass(cls):
        try:
            for tool in ("java", "curl"):
                if shutil.which(tool) is None:
                    raise RuntimeError(f"no {tool}")
            cls.keycloak = Keycloak()
        except Exception as error:
            if os.environ.get("LETHE_REQUIRE_SERVERS") == "1":
                raise
            raise unittest.SkipTest(f"no Keycloak: {error}") from error
        os.environ["SHREDDER_SECRET"] = "shredder-secret"

    @classmethod
    def tearDownClass(cls):
        cls.keycloak.close()

    def setUp(self):
        super().setUp()
        self.write("worker.yaml", WORKER.format(url=self.keycloak.url))
        self.write("user.yaml", PIPELINE % "user")
        self.write("billing.yaml", PIPELINE % "billing")
        self.lethe("keys", "init", "-c", "worker.yaml")
        self.sealed = {}

    def user(self, name):
        """A new user, with two keys in the store; the user's id."""
        user = self.keycloak.script("add-user", f"{name}-{os.path.basename(self.folder)}".lower())
        record = json.dumps({"userId": user, "mail": name + "@example.org"}).encode() + b"\n"
        for pipeline in ("user.yaml", "billing.yaml"):
            # A worker of its own: without the inbox, which belongs to the one under test.
            self.write("seal.yaml", WORKER.format(url=self.keycloak.url).split("erasure:")[0])
            self.sealed[user] = self.lethe("run", "-c", "seal.yaml", pipeline, stdin=record)
        return user

    def erasures(self):
        """For every subject how often it was erased."""
        return sorted(json.loads(line)["erasures"]
                      for line in lines(self.lethe("subjects", "-c", "worker.yaml", "--json")))

    def wait_for(self, erasures):
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if self.erasures() == erasures:
                return
            time.sleep(0.2)
        self.fail(f"{self.erasures()} instead of {erasures}\n" + self.read("worker.log").decode())

    def inbox(self):
        return Worker(self, "-c", "worker.yaml")

    def test_down_up_restarted_and_killed_each_user_is_erased_once(self):
        down, up, own, between, killed, stays = [
            self.user(name) for name in ("down", "up", "own", "between", "killed", "stays")]
        self.keycloak.script("delete-user", down)
        with self.inbox():
            self.wait_for([0] * 10 + [1] * 2)
            self.keycloak.script("delete-user", up)
            self.keycloak.script("delete-self", own)
            self.wait_for([0] * 6 + [1] * 6)
        self.keycloak.script("delete-user", between)
        with self.inbox() as worker:
            self.wait_for([0] * 4 + [1] * 8)
            self.keycloak.script("delete-user", killed)
            worker.process.kill()  # wherever it is
            worker.process.wait()
            worker.process.returncode = 0
        os.remove(self.path("data/keycloak-position.json"))  # as on another host
        with self.inbox():
            self.wait_for([0] * 2 + [1] * 10)
            time.sleep(2)  # several polls more
            self.wait_for([0] * 2 + [1] * 10)
        live = [json.loads(line)["live_keys"]
                for line in lines(self.lethe("subjects", "-c", "worker.yaml", "--json"))]
        self.assertEqual(sorted(live), [0] * 10 + [1] * 2)
        log = self.read("worker.log").decode()
        for user in (down, up, own, between, killed, stays, "shredder-secret"):
            self.assertNotIn(user, log)

    def test_a_wrong_secret_is_said_once_and_a_right_one_goes_on(self):
        user = self.user("late")
        self.keycloak.script("delete-user", user)
        os.environ["SHREDDER_SECRET"] = "wrong"
        try:
            with self.inbox():
                time.sleep(4)
        finally:
            os.environ["SHREDDER_SECRET"] = "shredder-secret"
        log = self.read("worker.log").decode()
        self.assertEqual(log.count("does not accept the client"), 1, log)
        self.assertEqual(self.erasures(), [0, 0])
        with self.inbox():
            self.wait_for([1, 1])


if __name__ == "__main__":
    main()
