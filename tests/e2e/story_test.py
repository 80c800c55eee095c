# SPDX-License-Identifier: Apache-2.0
"""The story that ./quickstart shows, with the binary at hand: it must come to its end, tell the
truth, be repeatable, and leave a folder alone that it did not make."""

import os
import re
import subprocess

from harness import LETHE, ROOT, Folder, lines, main


class Story(Folder):
    def tell(self, status=0):
        environment = dict(os.environ, LETHE_BIN=LETHE, LETHE_DEMO=self.path("demo"))
        done = subprocess.run([os.path.join(ROOT, "quickstart"), "--story"], env=environment,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
                              cwd=self.folder, check=False)
        self.assertEqual(done.returncode, status, done.stdout.decode())
        return done.stdout.decode()

    def test_three_customers_are_sealed_and_opened_and_one_is_forgotten(self):
        said = self.tell()
        self.assertIn("identical", said)
        clear = lines(self.read("demo/customers.jsonl"))
        sealed = lines(self.read("demo/customers.sealed.jsonl"))
        opened = lines(self.read("demo/customers.opened.jsonl"))
        self.assertEqual(opened, [clear[0], sealed[1], clear[2]])
        self.assertNotIn("bea@example.com", sealed[1])
        tomorrow = self.read("demo/tomorrow.sealed.jsonl").decode()
        self.assertIn('"userId":104', tomorrow)
        self.assertNotIn('"userId":102', tomorrow)
        self.assertNotIn("\x1b", said, "colours are for terminals")

    def test_its_commands_can_be_typed_again(self):
        said = self.tell()
        typed = re.findall(r"^\$ (.*)$", said, re.MULTILINE)
        self.assertGreater(len(typed), 8)
        again = "\n".join(command for command in typed if "lethe shred" not in command)
        done = subprocess.run(["bash", "-e", "-c", again.replace("cmp ", "cmp -s ").replace(
            "&& echo identical", "|| echo 'no longer identical'")], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=120, cwd="/", check=False)
        self.assertEqual(done.returncode, 0, done.stdout.decode())

    def test_it_starts_afresh_each_time(self):
        self.tell()
        first = self.read("demo/customers.sealed.jsonl")
        self.tell()
        self.assertNotEqual(self.read("demo/customers.sealed.jsonl"), first)

    def test_it_leaves_a_folder_alone_that_it_did_not_make(self):
        os.mkdir(self.path("demo"))
        self.write("demo/precious", "keys")
        self.tell(status=1)
        self.assertEqual(self.read("demo/precious"), b"keys")


if __name__ == "__main__":
    main()
