# SPDX-License-Identifier: Apache-2.0
"""The command line from outside: exit codes, names, stores that are missing, opening by hand, and
dead letters sent through again."""

import json
import os

from harness import Folder, lines, main

PEOPLE = """
pipeline: people
source: {{ file: people.jsonl }}
transforms:
  - encrypt:
      subject: "user-{{{{record.value.id}}}}"
      fields: [email]
      {options}
sink: {{ file: {sink} }}
on_error: {{ bad_record: dead_letter, shredded: dead_letter }}
dead_letter: {{ file: refused.jsonl }}
"""


class CommandLine(Folder):
    def pipeline(self, options="aad: field", sink="sealed.jsonl"):
        self.write("people.yaml", PEOPLE.format(options=options, sink=sink))

    def people(self, *rows):
        self.write("people.jsonl", "".join(f"{row}\n" for row in rows))

    def sealed(self, *ids):
        """Seals a record for each and returns the output lines."""
        self.pipeline()
        self.people(*(f'{{"id":{i},"email":"p{i}@example.com"}}' for i in ids))
        self.lethe("run", "people.yaml")
        return lines(self.read("sealed.jsonl"))

    # ---- exit codes

    def test_usage_is_exit_code_2_and_help_is_0(self):
        for arguments in ([], ["nonsense"], ["run"], ["run", "--no-such-flag", "x.yaml"], ["shred"],
                          ["keys"], ["run", "missing.yaml"], ["lint", "missing.yaml"]):
            with self.subTest(arguments):
                self.lethe(*arguments, status=2)
        for command in ("run", "lint", "shred", "subjects", "keys", "open", "replay", "plugins",
                        "selftest"):
            self.assertIn(b"--help", self.lethe(command, "--help"))
        self.assertIn(b"0.", self.lethe("--version"))

    def test_a_record_that_stops_the_pipeline_is_exit_code_1(self):
        self.write("stop.yaml", PEOPLE.format(options="aad: field", sink="sealed.jsonl").replace(
            "bad_record: dead_letter, ", ""))
        self.people('{"id":null,"email":"x"}')
        self.lethe("run", "stop.yaml", status=1)
        self.assertFalse(os.path.exists(self.path("sealed.jsonl")))

    def test_an_input_that_is_missing_is_exit_code_2(self):
        self.pipeline()
        self.lethe("run", "people.yaml", status=2)
        self.assertIn("people.jsonl", self.said)

    def test_a_check_makes_everything_ready_and_runs_nothing(self):
        self.pipeline()
        self.people('{"id":1,"email":"x"}')
        self.assertIn(b"ready", self.lethe("run", "--check", "people.yaml"))
        self.assertFalse(os.path.exists(self.path("sealed.jsonl")))

    def test_standard_input_and_output_are_named_by_one_word(self):
        self.write("filter.yaml", "pipeline: filter\nsource: stdio\nsink: stdio\n")
        self.assertEqual(self.lethe("run", "filter.yaml", stdin=b'{"a":1.0}\n'), b'{"a":1.0}\n')

    # ---- erasure

    def test_shredding_twice_prints_the_first_erasure(self):
        self.sealed(1)
        first = json.loads(self.lethe("shred", "user-1", "--json", "-f", "people.yaml"))
        again = json.loads(self.lethe("shred", "user-1", "--json", "-f", "people.yaml"))
        self.assertFalse(first["already_done"])
        self.assertTrue(again["already_done"])
        self.assertEqual(first["erasure_id"], again["erasure_id"])
        self.assertEqual(len(first["dek_ids"]), 1)
        self.assertIn(first["erasure_id"].encode(),
                      self.lethe("shred", "user-1", "-f", "people.yaml"))

    def test_names_come_from_standard_input_and_each_is_erased(self):
        self.sealed(1, 2, 3)
        out = self.lethe("shred", "-", "--json", "-f", "people.yaml",
                         stdin=b"user-1\n\ngateway-kms://user-2\n")
        self.assertEqual(len(lines(out)), 2)
        rows = [json.loads(row) for row in lines(self.lethe("subjects", "--json"))]
        self.assertEqual(sorted(row["live_keys"] for row in rows), [0, 0, 1])
        self.assertNotIn("user-1", self.said)

    def test_an_unknown_name_among_others_does_not_keep_them_from_being_erased(self):
        self.sealed(1, 2)
        out = self.lethe("shred", "-", "--json", "-f", "people.yaml", status=1,
                         stdin=b"user-1\nmistyped-name\nuser-2\n")
        self.assertEqual(len(lines(out)), 2)
        self.assertIn("line 2", self.said)
        self.assertNotIn("mistyped", self.said)
        rows = [json.loads(row) for row in lines(self.lethe("subjects", "--json"))]
        self.assertEqual([row["live_keys"] for row in rows], [0, 0])

    def test_no_name_on_standard_input_is_an_error(self):
        self.sealed(1)
        self.lethe("shred", "-", "-f", "people.yaml", stdin=b"", status=2)

    def test_an_unseen_name_is_erased_only_on_request(self):
        self.sealed(1)
        self.lethe("shred", "user-9", "-f", "people.yaml", status=1)
        self.assertNotIn("user-9", self.said)
        self.lethe("shred", "user-9", "--unseen", "-f", "people.yaml")
        self.people('{"id":9,"email":"nine@example.com"}')
        self.lethe("run", "people.yaml")
        self.assertEqual(self.read("sealed.jsonl"), b"")

    def test_the_memory_store_refuses_to_shred(self):
        self.write("worker.yaml", "kms: { store: memory }\n")
        self.lethe("shred", "user-1", "-c", "worker.yaml", status=2)
        self.assertIn("sqlite", self.said)
        self.assertEqual(os.listdir(self.folder), ["worker.yaml"])

    # ---- stores and roots that are named

    def test_a_named_store_or_root_is_made_by_keys_init_only(self):
        self.pipeline()
        self.people('{"id":1,"email":"x"}')
        for name, kms in (("root", "root: file-kms://{}/master"),
                          ("store", "store: {{ sqlite: {}/named.db }}")):
            with self.subTest(name):
                self.write("worker.yaml", f"kms: {{ {kms.format(self.folder)} }}\n")
                before = sorted(os.listdir(self.folder))
                for command in (["run", "-c", "worker.yaml", "people.yaml"],
                                ["subjects", "-c", "worker.yaml"],
                                ["keys", "list", "-c", "worker.yaml"],
                                ["shred", "user-1", "-c", "worker.yaml"],
                                ["open", "enc1.x", "-c", "worker.yaml"]):
                    self.lethe(*command, status=2)
                    self.assertIn("keys init", self.said, command)
                    for folder, _, files in os.walk(self.folder):
                        for file in files:
                            self.assertNotIn(file, ("master", "named.db"), command)
                    self.assertNotIn("lethe-data", before)
                self.lethe("keys", "init", "-c", "worker.yaml")
                self.lethe("run", "-c", "worker.yaml", "people.yaml")
                self.lethe("keys", "init", "-c", "worker.yaml")  # what is there stays
                self.assertEqual(len(lines(self.lethe("keys", "list", "-c", "worker.yaml"))), 1)
                for leftover in ("lethe-data", "master", "named.db"):
                    self.assertIn(os.system(f"rm -rf '{self.path(leftover)}'*"), (0,))

    def test_looking_at_a_store_that_is_not_there_makes_none(self):
        for command in (["subjects"], ["keys", "list"], ["shred", "user-1"]):
            self.lethe(*command, status=2)
            self.assertEqual(os.listdir(self.folder), [])

    # ---- opening by hand

    def test_open_opens_a_value_at_its_place_only(self):
        value = json.loads(self.sealed(1)[0])["email"]
        self.assertEqual(self.lethe("open", value, "--path", "email"), b'"p1@example.com"\n')
        self.assertEqual(self.lethe("open", "-", "--path", "email", stdin=f'"{value}"\n'.encode()),
                         b'"p1@example.com"\n')
        self.lethe("open", value, "--path", "phone", status=1)
        self.assertNotIn("example.com", self.said)
        self.lethe("open", "clear text", "--path", "email", status=1)
        self.assertNotIn("clear text", self.said)
        self.lethe("shred", "user-1")
        self.lethe("open", value, "--path", "email", status=1)
        self.assertIn("erased", self.said)

    def test_open_knows_what_values_may_be_bound_to(self):
        for options, arguments in (
                ("aad: dataset", ["--dataset", "people", "--path", "email"]),
                ("aad: tenant", []),
                ("{ aad: field, as: object }", ["--path", "email"])):
            with self.subTest(options):
                self.pipeline(options.strip("{} ").replace(", ", "\n      "))
                self.people('{"id":1,"email":[1.0, {"a":"é"}]}')
                self.lethe("run", "people.yaml")
                sealed = lines(self.read("sealed.jsonl"))[0]
                value = sealed[sealed.index('"email":') + 8:-1]
                out = self.lethe("open", value, *arguments)
                self.assertEqual(out.decode(), '[1.0, {"a":"é"}]\n')


if __name__ == "__main__":
    main()
