# SPDX-License-Identifier: Apache-2.0
"""Dead letters: sealed whole, opened by `lethe replay`, sent through again, and never lost by a
replay that is stopped or fails."""

import json
import os
import signal
import subprocess

from harness import LETHE, TIMEOUT, Folder, lines, main

PIPELINE = """
pipeline: people
source: {{ file: {{ path: people.jsonl, envelope: {envelope} }} }}
transforms:
  - encrypt: {{ subject: "user-{{{{record.value.id}}}}", fields: [email], {more} }}
sink: {{ file: {{ path: {sink}, envelope: {envelope} }} }}
on_error: {{ bad_record: dead_letter, shredded: dead_letter }}
dead_letter: {{ file: refused.jsonl }}
"""


class Replay(Folder):
    def pipeline(self, envelope="false", sink="sealed.jsonl", more=""):
        self.write("people.yaml", PIPELINE.format(envelope=envelope, sink=sink, more=more))

    def refused(self, count=1):
        """A run that dead-letters `count` records for want of a required field."""
        self.pipeline(more="on_missing: fail")
        self.write("people.jsonl", "".join(f'{{"id":{i},"note":"clear-{i}"}}\n'
                                           for i in range(count)))
        self.lethe("run", "people.yaml")
        self.assertEqual(len(lines(self.read("refused.jsonl"))), count)
        self.assertNotIn(b"clear-", self.read("refused.jsonl"))

    def test_what_was_refused_goes_through_once_the_pipeline_is_mended(self):
        self.refused()
        self.assertEqual(self.read("sealed.jsonl"), b"")
        self.pipeline()
        self.lethe("replay", "people.yaml")
        self.assertEqual(self.read("sealed.jsonl"), b'{"id":0,"note":"clear-0"}\n')
        self.assertFalse(os.path.exists(self.path("refused.jsonl.replaying")))
        self.lethe("replay", "people.yaml")
        self.assertEqual(self.read("sealed.jsonl").count(b"clear-0"), 1)
        os.remove(self.path("refused.jsonl"))
        self.lethe("replay", "people.yaml", status=2)

    def test_key_headers_and_bytes_come_back(self):
        self.pipeline("true", more="on_missing: fail")
        record = ('{"envelope":1,"timestamp":1700000000000,"key":"k","headers":'
                  '[{"name":"h","value":"v"}],"value":{ "id" : 1e0 , "x":1.0 }}\n')
        self.write("people.jsonl", record)
        self.lethe("run", "people.yaml")
        self.write("people.yaml", PIPELINE.format(envelope="true", sink="sealed.jsonl", more="").replace(
            "user-{{record.value.id}}", "user-{{record.key}}"))
        self.lethe("replay", "people.yaml")
        again = json.loads(self.read("sealed.jsonl"))
        self.assertEqual((again["key"], again["timestamp"], again["topic"]),
                         ("k", 1700000000000, "people.jsonl"))
        self.assertEqual([h for h in again["headers"] if h["name"] != "lethe.replay"],
                         [{"name": "h", "value": "v"}])
        self.assertIn(b'"value":{ "id" : 1e0 , "x":1.0 }', self.read("sealed.jsonl"))

    def test_what_fails_again_is_a_dead_letter_again(self):
        self.refused(3)
        self.lethe("replay", "people.yaml")
        self.assertEqual(len(lines(self.read("refused.jsonl"))), 3)
        self.assertNotIn(b"clear-", self.read("refused.jsonl"))
        self.pipeline()
        self.lethe("replay", "people.yaml")
        self.assertEqual(len(lines(self.read("sealed.jsonl"))), 3)

    def test_what_a_broken_line_said_comes_back(self):
        self.pipeline()
        self.write("people.jsonl", 'not json\n{"id":1,"email":"x"}\n')
        self.lethe("run", "people.yaml")
        self.write("people.yaml", "pipeline: people\nsource: { file: people.jsonl }\n"
                   "sink: { file: sealed.jsonl }\ndead_letter: { file: refused.jsonl }\n")
        # Without a transform there are no keys, and so nothing to open the letters with.
        self.lethe("replay", "people.yaml", status=2)
        self.pipeline()
        self.lethe("replay", "people.yaml")
        self.assertEqual(len(lines(self.read("refused.jsonl"))), 1)

    def test_a_replay_that_is_stopped_loses_no_letter(self):
        count = 8000  # more than a pipe takes
        self.refused(count)
        self.pipeline()
        text = self.path("people.yaml")
        with open(text, encoding="utf-8") as file:
            config = file.read().replace("sink: { file: { path: sealed.jsonl, envelope: false } }",
                                         "sink: stdio\nmax_in_flight: 4KiB")
        self.write("people.yaml", config)
        process = subprocess.Popen([LETHE, "replay", "people.yaml"], cwd=self.folder,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)
        first = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        out, errors = process.communicate(timeout=TIMEOUT)
        self.assertEqual(process.returncode, 0, errors)
        passed = lines(first + out)
        left = [name for name in ("refused.jsonl", "refused.jsonl.replaying")
                if os.path.exists(self.path(name))]
        self.assertLess(len(passed), count, "the replay was quicker than the signal")
        self.assertTrue(left, f"only {len(passed)} letters went through, the others are gone")
        rest = lines(self.lethe("replay", "people.yaml"))
        self.assertEqual({*passed, *rest}, {f'{{"id":{i},"note":"clear-{i}"}}' for i in range(count)})

    def test_a_letter_of_another_store_stays_where_it_is(self):
        self.refused(2)
        os.rename(self.path("lethe-data"), self.path("moved-away"))
        self.write("other.jsonl", "")
        self.pipeline()
        self.lethe("replay", "people.yaml", status=1)
        self.assertNotIn("clear-", self.said)
        os.system(f"rm -rf '{self.path('lethe-data')}'")
        os.rename(self.path("moved-away"), self.path("lethe-data"))
        self.lethe("replay", "people.yaml")
        self.assertEqual(len(lines(self.read("sealed.jsonl"))), 2)

    def test_nothing_of_an_erased_person_is_in_her_letter_nor_comes_back(self):
        self.pipeline("true")
        self.write("people.jsonl", '{"envelope":1,"key":"k","value":{"id":1,"email":"x"}}\n')
        self.lethe("run", "people.yaml")
        self.lethe("shred", "user-1")
        self.write("people.jsonl", '{"envelope":1,"key":"personal-key","headers":[{"name":"personal",'
                   '"value":"personal"}],"value":{"id":1,"email":"new"}}\n')
        self.lethe("run", "people.yaml")
        letter = json.loads(self.read("refused.jsonl"))
        self.assertIsNone(letter["value"])
        self.assertIsNone(letter["key"])
        self.assertEqual((letter["topic"], letter["offset"]), ("people.jsonl", 1))
        self.assertNotIn("personal", json.dumps(letter))
        os.remove(self.path("sealed.jsonl"))
        self.lethe("replay", "people.yaml")
        self.assertEqual(self.read("sealed.jsonl"), b"")


if __name__ == "__main__":
    main()
