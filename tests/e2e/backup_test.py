# SPDX-License-Identifier: Apache-2.0
"""Stores that are put back: an old copy of the file is refused, a restore brings back the keys of
everybody but of those who were erased meanwhile, and a restore that was killed is repeated."""

import glob
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time

from harness import LETHE, Folder, lines, main

PEOPLE = 40

PIPELINES = """
pipeline: {name}
source: {{ file: {source} }}
transforms:
  - {transform}
sink: {{ file: {sink} }}
"""
ENCRYPT = 'encrypt: { subject: "user-{{record.value.id}}", fields: [email] }'
WORKER = """
worker: {{ data_dir: data }}
kms: {{ root: "file-kms://{folder}/root.key", store: {{ sqlite: keys.db }} }}
erasure: {{ journal_copy: journal.copy }}
"""


class Backup(Folder):
    def setUp(self):
        super().setUp()
        self.write("worker.yaml", WORKER.format(folder=self.folder))
        self.write("seal.yaml", PIPELINES.format(
            name="seal", source="people.jsonl", sink="sealed.jsonl", transform=ENCRYPT))
        self.write("open.yaml", PIPELINES.format(
            name="open", source="sealed.jsonl", sink="opened.jsonl", transform="decrypt: {}"))
        self.write("people.jsonl", "".join(
            f'{{"id":{i},"email":"p{i}@example.com"}}\n' for i in range(PEOPLE)))
        self.run_lethe("keys", "init")
        self.run_lethe("run", "seal.yaml")

    def run_lethe(self, *arguments, status=0):
        return self.lethe(*arguments, "-c", "worker.yaml", status=status)

    def shred(self, name):
        self.run_lethe("shred", name, "--wait", "L1")

    def copy_store(self, to):
        """As an operator's `cp` would, with nothing running."""
        os.makedirs(self.path(to))
        for file in glob.glob(self.path("keys.db*")):
            shutil.copy(file, self.path(to))

    def drop_store(self):
        for file in glob.glob(self.path("keys.db*")):
            os.remove(file)

    def put_back(self, copy):
        self.drop_store()
        for file in glob.glob(self.path(f"{copy}/*")):
            shutil.copy(file, self.folder)

    def forget_checkpoint(self):
        for file in glob.glob(self.path("data/checkpoint-*")):
            os.remove(file)

    def expect_opened(self, *but):
        """All but these can be read, and these are known to be erased."""
        self.run_lethe("run", "open.yaml")
        opened = [json.loads(row) for row in lines(self.read("opened.jsonl"))]
        self.assertEqual(len(opened), PEOPLE)
        for row in opened:
            self.assertEqual(row["email"] == f"p{row['id']}@example.com", row["id"] not in but)
        rows = [json.loads(row) for row in lines(self.run_lethe("subjects", "--json"))]
        self.assertEqual(sum(row["erasures"] for row in rows), len(but))
        self.assertEqual(json.loads(self.run_lethe("keys", "audit", "--json"))["findings"], [])

    # ---- rollback

    def test_an_old_copy_of_the_store_is_refused_until_it_is_brought_up_to_date(self):
        self.copy_store("old")
        self.shred("user-3")
        self.put_back("old")
        for command in (["run", "open.yaml"], ["subjects"], ["keys", "list"], ["shred", "user-4"],
                        ["keys", "journal"], ["keys", "backup", "no.jsonl"]):
            self.run_lethe(*command, status=2)
            self.assertIn("lethe keys restore", self.said, command)
        self.assertIn(b"does not extend", self.run_lethe("keys", "audit", status=1))
        self.assertIn(b"1 erasures replayed", self.run_lethe("keys", "restore"))
        self.expect_opened(3)

    def test_the_copy_of_the_journal_alone_finds_a_rollback(self):
        self.copy_store("old")
        self.shred("user-3")
        self.put_back("old")
        self.forget_checkpoint()
        self.run_lethe("subjects", status=2)
        self.assertIn("lethe keys restore", self.said)

    def test_a_store_without_the_fence_that_its_journal_tells_of_is_refused(self):
        self.shred("user-3")
        with sqlite3.connect(self.path("keys.db")) as store:
            store.execute("delete from fence")
        store.close()
        self.run_lethe("run", "open.yaml", status=2)
        self.assertIn("lethe keys restore", self.said)
        self.run_lethe("keys", "restore")
        self.expect_opened(3)

    # ---- backup and restore

    def test_a_restored_store_opens_everybody_but_the_erased(self):
        self.shred("user-1")
        said = self.run_lethe("keys", "backup", "backup.jsonl")
        self.assertIn(b"39 edek", said)
        self.assertEqual(os.stat(self.path("backup.jsonl")).st_mode & 0o777, 0o600)
        self.run_lethe("keys", "backup", "backup.jsonl", status=2)
        self.shred("user-2")
        self.drop_store()
        report = json.loads(self.run_lethe("keys", "restore", "backup.jsonl", "--json"))
        self.assertEqual((report["erasures_replayed"], report["keys_restored"],
                          report["keys_left_out"]), (1, 38, 1))
        self.assertTrue(report["journal_end_is_known"])
        self.expect_opened(1, 2)
        self.shred("user-4")
        self.expect_opened(1, 2, 4)

    def test_another_machine_needs_the_copy_of_the_journal(self):
        self.run_lethe("keys", "backup", "backup.jsonl")
        self.shred("user-2")
        os.rename(self.path("journal.copy"), self.path("far.copy"))
        self.forget_checkpoint()
        self.drop_store()
        self.run_lethe("keys", "restore", "backup.jsonl", status=2)
        self.assertIn("--journal", self.said)
        self.run_lethe("subjects", status=2)
        self.run_lethe("keys", "restore", "backup.jsonl", "--journal", "far.copy")
        self.expect_opened(2)

    def test_without_a_journal_what_cannot_be_ruled_out_is_said(self):
        self.run_lethe("keys", "backup", "backup.jsonl")
        self.shred("user-2")
        os.remove(self.path("journal.copy"))
        self.drop_store()
        self.run_lethe("keys", "restore", "backup.jsonl", "--without-journal", status=2)
        self.assertIn("checkpoint", self.said)
        self.forget_checkpoint()
        said = self.run_lethe("keys", "restore", "backup.jsonl", "--without-journal")
        self.assertIn(b"CANNOT BE RULED OUT", said)
        self.expect_opened()

    def test_holds_and_cancelled_erasures_are_as_they_were_last(self):
        self.run_lethe("hold", "user-5")
        self.run_lethe("shred", "user-6", "--at", "2099-01-01T00:00:00Z", "--id", "er-later")
        self.run_lethe("keys", "backup", "backup.jsonl")
        self.run_lethe("hold", "user-5", "--lift")
        self.run_lethe("hold", "user-7")
        self.run_lethe("cancel", "er-later")
        self.drop_store()
        self.run_lethe("keys", "restore", "backup.jsonl")
        self.shred("user-5")
        self.run_lethe("shred", "user-7", status=1)
        self.assertIn("hold", self.said)
        self.shred("user-6")
        self.expect_opened(5, 6)

    def test_a_backup_that_was_cut_short_or_changed_is_refused(self):
        self.run_lethe("keys", "backup", "whole.jsonl")
        whole = self.read("whole.jsonl").decode().splitlines(keepends=True)
        self.drop_store()
        manifest = json.loads(whole[-1])
        manifest["rows"]["edek"] -= 1
        keys = [i for i, row in enumerate(whole) if '"row":"edek"' in row]
        for name, changed in (
                ("no manifest", whole[:-1]), ("half a line", whole[:-1] + [whole[-1][:40]]),
                ("without a key", whole[:keys[0]] + whole[keys[0] + 1:]),
                ("exchanged", [whole[1], whole[0]] + whole[2:]),
                ("edited", [row.replace('"suite":1', '"suite":2') for row in whole]),
                ("counts", whole[:keys[0]] + whole[keys[0] + 1:-1] + [json.dumps(manifest) + "\n"]),
                ("more", whole + whole[:1]), ("empty", []), ("nonsense", ["nonsense\n"])):
            with self.subTest(name):
                self.write("changed.jsonl", "".join(changed))
                self.run_lethe("keys", "restore", "changed.jsonl", status=2)
                self.assertIn("nothing is restored", self.said)
        self.run_lethe("subjects", status=2)
        self.run_lethe("keys", "restore", "whole.jsonl")
        self.expect_opened()

    def test_a_restore_needs_an_empty_store_and_its_own_root(self):
        self.run_lethe("keys", "backup", "backup.jsonl")
        for name in ("root.key", "journal.copy"):
            os.rename(self.path(name), self.path(f"mine.{name}"))
        self.drop_store()
        self.run_lethe("keys", "restore", "backup.jsonl", status=2)
        self.assertFalse(os.path.exists(self.path("root.key")))
        self.run_lethe("keys", "init")
        self.run_lethe("keys", "restore", "backup.jsonl", status=2)
        self.drop_store()
        self.run_lethe("keys", "restore", "backup.jsonl", status=2)
        for name in ("root.key", "journal.copy"):
            os.replace(self.path(f"mine.{name}"), self.path(name))
        self.drop_store()
        self.run_lethe("keys", "restore", "backup.jsonl")
        self.run_lethe("keys", "restore", "backup.jsonl")  # repeated, it changes nothing
        self.expect_opened()

    def test_a_restore_that_was_killed_is_repeated(self):
        self.shred("user-1")
        self.run_lethe("keys", "backup", "backup.jsonl")
        self.shred("user-2")
        interrupted = 0
        for delay in range(0, 60, 4):
            self.drop_store()
            restore = subprocess.Popen([LETHE, "keys", "restore", "backup.jsonl", "-c",
                                        "worker.yaml"], cwd=self.folder, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE)
            time.sleep(delay / 1000)
            restore.send_signal(signal.SIGKILL)
            restore.communicate()
            if os.path.exists(self.path("keys.db")) and restore.returncode != 0:
                interrupted += 1
                done = subprocess.run([LETHE, "subjects", "-c", "worker.yaml"], cwd=self.folder,
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
                self.assertIn(done.returncode, (0, 2), done.stderr)
                if done.returncode == 2:
                    self.assertEqual(done.stdout, b"")
            self.run_lethe("keys", "restore", "backup.jsonl")
            self.expect_opened(1, 2)
        self.assertGreater(interrupted, 0)


if __name__ == "__main__":
    main()
