# SPDX-License-Identifier: Apache-2.0
"""Evidence from outside: certificates that verify with files alone and that no change survives, the
journal that they come from, and audits of stores that are sound or are not."""

import json
import os
import shutil
import sqlite3

from harness import Folder, lines, main

PEOPLE = """
pipeline: people
source: { file: people.jsonl }
transforms:
  - encrypt:
      subject: "user-{{record.value.id}}"
      fields: [email]
sink: { file: sealed.jsonl }
"""


class Evidence(Folder):
    def setUp(self):
        super().setUp()
        self.write("people.yaml", PEOPLE)
        self.write("people.jsonl", "".join(
            f'{{"id":{i},"email":"p{i}@example.com"}}\n' for i in range(3)))
        self.lethe("run", "people.yaml")
        self.lethe("shred", "user-1", "--wait", "L1", "--certificate", "cert.json", "--receipt",
                   "receipt.json")
        self.key = self.lethe("keys", "journal", "--verifier-key").decode().strip()
        self.lethe("keys", "journal", "--export", "journal.jsonl")

    def offline(self):
        """Away from the store, with the files alone."""
        away = self.path("away")
        os.mkdir(away)
        for name in ("cert.json", "receipt.json", "journal.jsonl"):
            shutil.copy(self.path(name), away)
        shutil.rmtree(self.path("lethe-data"))
        self.folder_of_store, self.folder = self.folder, away
        self.addCleanup(setattr, self, "folder", self.folder_of_store)

    def verify(self, *arguments, status=0, stdin=b""):
        return self.lethe("verify", "cert.json", *arguments, status=status, stdin=stdin).decode()

    # ---- certificates

    def test_a_certificate_verifies_offline_and_says_what_it_does_not_cover(self):
        self.offline()
        said = self.verify("--verifier-key", self.key, "--journal", "journal.jsonl", "--subject",
                           "-", "--receipt", "receipt.json", stdin=b"user-1\n")
        for words in ("VERIFIED: level L1", "no wrapped key is left", "is the one named",
                      "fenced_at", "removed_at", "1 key", "lethe/default/", "not covered",
                      "input topics"):
            self.assertIn(words, said)
        self.assertNotIn("user-1", self.said)
        self.assertEqual(sorted(os.listdir(self.folder)),
                         ["cert.json", "journal.jsonl", "receipt.json"])
        read = json.loads(self.verify("--verifier-key", self.key, "--json"))
        self.assertEqual((read["verified"], read["level"], len(read["dek_ids"])), (True, "L1", 1))
        self.assertFalse(read["subject_checked"] or read["journal_checked"])

    def test_the_verifier_key_may_be_in_a_file(self):
        self.write("signer.vkey", self.key + "\n")
        self.verify("--verifier-key", "signer.vkey")
        self.verify("--verifier-key", "cert.json", status=2)

    def test_a_key_from_the_receipt_is_only_as_trustworthy_as_that_file(self):
        self.assertIn("only as trustworthy", self.verify("--receipt", "receipt.json"))

    def test_without_a_key_nothing_is_verified(self):
        self.verify(status=1)
        self.assertIn("NO_VERIFIER_KEY", self.said)
        self.assertIn("only as trustworthy", self.said)

    def test_another_key_another_person_and_another_receipt_are_found(self):
        os.rename(self.path("lethe-data"), self.path("mine"))
        self.lethe("keys", "init")
        other = self.lethe("keys", "journal", "--verifier-key").decode().strip()
        self.verify("--verifier-key", other, status=1)
        self.assertIn("BAD_SIGNATURE", self.said)
        self.verify("--verifier-key", self.key, "--subject", "user-2", "--receipt", "receipt.json",
                    status=1)
        self.assertIn("BAD_CERTIFICATE", self.said)
        self.assertNotIn("user-2", self.said)
        receipt = json.loads(self.read("receipt.json"))
        self.write("receipt.json", json.dumps({**receipt, "erasure_id": "er-other"}))
        self.verify("--receipt", "receipt.json", status=1)
        self.assertIn("another erasure", self.said)

    def test_every_change_of_a_certificate_is_found(self):
        text = self.read("cert.json").decode().strip()
        whole = json.loads(text)
        for name, value in whole.items():
            with self.subTest(name):
                changed = dict(whole)
                changed[name] = value + 1 if isinstance(value, int) else value[:-1]
                self.write("cert.json", json.dumps(changed))
                read = json.loads(self.verify("--verifier-key", self.key, "--json", status=1))
                self.assertFalse(read["verified"])
                self.assertTrue(read["meaning"])
        for name, old, new in (("level", '"L1"', '"L2"'), ("entry", "EFFECTIVE", "FINAL"),
                               ("cover", '"not_covered":[', '"not_covered":["x",')):
            with self.subTest(name):
                self.assertIn(old, text)
                self.write("cert.json", text.replace(old, new))
                self.verify("--verifier-key", self.key, status=1)
        self.write("cert.json", json.dumps({k: v for k, v in whole.items() if k != "not_covered"}))
        self.verify("--verifier-key", self.key, status=1)
        self.assertIn("MALFORMED", self.said)

    def test_a_journal_that_was_edited_or_shortened_does_not_agree(self):
        rows = self.read("journal.jsonl").decode().splitlines(keepends=True)
        for name, changed in (("edited", [rows[0], rows[1].replace("user:", "svc_:")] + rows[2:]),
                              ("shortened", rows[:-1]), ("without one", rows[:1] + rows[2:])):
            with self.subTest(name):
                self.write("journal.jsonl", "".join(changed))
                self.verify("--verifier-key", self.key, "--journal", "journal.jsonl", status=1)
                self.assertRegex(self.said, "CHAIN_BROKEN|BAD_CHECKPOINT|MALFORMED")

    def test_usage_is_exit_code_2(self):
        for arguments in (["--verifier-key", "nonsense"], ["--subject", "user-1"],
                          ["--verifier-key", self.key, "--subject", "user-1", "--salt", "00"],
                          ["--verifier-key", self.key, "--receipt", "people.yaml"],
                          ["--verifier-key", self.key, "--journal", "missing"]):
            with self.subTest(arguments):
                self.verify(*arguments, status=2)

    # ---- records

    def records(self, name, *arguments, status=0):
        out = self.lethe("verify", "--subject", "-", "--json", "-f", "people.yaml", *arguments,
                         stdin=f"{name}\n".encode(), status=status)
        self.assertNotIn("example.com", self.said)
        self.assertNotIn("user-", self.said)
        return json.loads(out)

    def test_no_record_of_an_erased_person_opens_and_those_of_others_do(self):
        read = self.records("user-1")
        self.assertEqual((read["records"], read["opens"]), (3, False))
        self.assertEqual(read["of_subject"], {"values": 1, "opened": 0, "key_at_hand": 0,
                                              "erased": 1, "blocked": 0, "unknown": 0})
        self.assertEqual((read["of_others"]["values"], read["of_others"]["opened"]), (2, 2))

    def test_a_person_who_can_still_be_read_is_exit_code_1(self):
        read = self.records("user-2", "--file", "sealed.jsonl", status=1)
        self.assertEqual((read["opens"], read["of_subject"]["opened"]), (True, 1))
        self.assertEqual(read["of_others"]["erased"], 1)
        self.lethe("verify", "--subject", "user-2", "-f", "people.yaml", status=1)
        self.assertIn("READABLE", self.said)

    def test_a_value_whose_key_is_there_counts_although_it_was_moved(self):
        self.write("moved.jsonl", self.read("sealed.jsonl").decode().replace("email", "phone"))
        read = self.records("user-2", "--file", "moved.jsonl", status=1)
        self.assertEqual((read["of_subject"]["opened"], read["of_subject"]["key_at_hand"]), (0, 1))

    def test_an_unknown_person_and_nothing_to_read_are_told(self):
        self.lethe("verify", "--subject", "user-9", "-f", "people.yaml", status=1)
        self.assertIn("no key of that name", self.said)
        self.lethe("verify", "--subject", "user-1", status=2)
        self.assertIn("--file", self.said)
        self.lethe("verify", status=2)

    # ---- journal

    def test_the_journal_tells_of_the_erasure_in_order(self):
        events = [row.split()[2] for row in lines(self.lethe("keys", "journal"))]
        self.assertEqual(events, ["CREATED", "REQUESTED", "FENCED", "EFFECTIVE", "EDEKS_REMOVED"])
        self.assertEqual(self.lethe("keys", "journal", "--json"), self.read("journal.jsonl"))
        self.assertEqual(os.stat(self.path("journal.jsonl")).st_mode & 0o777, 0o600)
        self.lethe("keys", "journal", "--export", "journal.jsonl", status=2)

    # ---- audit

    def audit(self, status):
        return json.loads(self.lethe("keys", "audit", "--json", status=status))

    def change(self, statement):
        with sqlite3.connect(self.path("lethe-data/keys.db")) as store:
            store.execute(statement)
        store.close()

    def test_an_audit_of_a_sound_store_finds_nothing(self):
        report = self.audit(0)
        self.assertEqual(report["findings"], [])
        self.assertEqual((report["live_keys"], report["fences"], report["erased_keys"]), (2, 1, 1))
        self.assertEqual(report["events"]["FENCED"], 1)
        self.assertIn(b"all is well", self.lethe("keys", "audit"))

    def test_an_audit_finds_what_was_changed_by_hand(self):
        shutil.copytree(self.path("lethe-data"), self.path("sound"))
        for name, statement, finding in (
                ("fence", "delete from fence", "without a fence"),
                ("entry", "delete from journal where seq = 5", "does not extend the checkpoint"),
                ("edit", "update journal set value = replace(value, 'user:', 'svc_:') where seq = 2",
                 "broken at entry 2"),
                ("mac", "update erased set value = replace(value, 'erased', 'lost')", "failed"),
                ("key", "update edek set suite = 9", "wrapped key")):
            with self.subTest(name):
                shutil.rmtree(self.path("lethe-data"))
                shutil.copytree(self.path("sound"), self.path("lethe-data"))
                self.change(statement)
                findings = self.audit(1)["findings"]
                self.assertTrue(any(finding in text for text in findings), findings)

    def test_a_fence_that_the_journal_does_not_tell_of_is_found(self):
        for name in os.listdir(self.path("lethe-data")):
            if name.startswith("checkpoint-"):
                os.remove(self.path(f"lethe-data/{name}"))
        self.change("delete from journal where seq > 2")
        findings = self.audit(1)["findings"]
        self.assertEqual(len(findings), 1, findings)
        self.assertIn("half done", findings[0])
        self.lethe("erasure", json.loads(self.read("receipt.json"))["erasure_id"])
        self.assertEqual(self.audit(0)["events"]["FENCED"], 1)


if __name__ == "__main__":
    main()
