# SPDX-License-Identifier: Apache-2.0
"""Nothing personal leaves by a side door. Canaries stand in field values, in subject names and in
what is not even JSON; with the bytes of root, wrapped and data keys they are looked for, in several
spellings, in all that was said and written beside the one output that may hold them."""

import base64
import json
import os
import shutil
import sqlite3

from harness import LETHE, Folder, lines, main

VALUE = "canary-value-7f3a"
NAME = "canary-name-91bc"
THROWN = "canary-4111111111111111"  # in the text that the fixture plugin throws
FIXTURES = os.path.join(os.path.dirname(LETHE), "..", "lib", "lethe", "fixtures")

PIPELINE = """
pipeline: {name}
dataset: people
source: {{ file: {{ path: {source}, envelope: true }} }}
transforms:
  - {transform}
sink: {{ file: {{ path: {name}.out, envelope: true }} }}
{errors}
"""
LETTERS = """on_error: { bad_record: dead_letter, unknown_key: dead_letter, shredded: dead_letter, blocked: dead_letter }
dead_letter: { file: %s.dead }"""
ENCRYPT = 'encrypt: { subject: "{{record.value.who}}", fields: [email, { path: tax.id, required: true }] }'


def envelope(value):
    text = value if isinstance(value, str) else json.dumps(value)
    return '{"envelope":1,"key":"k","value":' + text + "}\n"


def person(number, **more):
    return {"who": f"{NAME}-{number}", "email": f"{VALUE}@{number}", "tax": {"id": VALUE}, **more}


def spellings(secret):
    """The secret as it is, in hex, and inside base64 whatever stands before it."""
    raw = secret.encode() if isinstance(secret, str) else secret
    found = [raw, raw.hex().encode(), raw.hex().upper().encode()]
    for shift in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            text = encode(b"\0" * shift + raw)
            found.append(text[4 if shift else 0:len(text) - 4])
    return found


class Canary(Folder):
    def setUp(self):
        super().setUp()
        self.everything_said = b""

    def pipeline(self, name, source, transform=ENCRYPT, errors=None):
        errors = LETTERS % name if errors is None else errors
        self.write(f"{name}.yaml", PIPELINE.format(name=name, source=source, transform=transform,
                                                   errors=errors))

    def run_it(self, name, *arguments, status=0):
        self.lethe("run", f"{name}.yaml", "--log-level", "debug", "--log-format", "json",
                   "--metrics-file", f"{name}.prom", *arguments, status=status)
        self.everything_said += self.said.encode()

    def key_bytes(self):
        """What the embedded root and store hold: the root key, and every blob of some length."""
        root = self.read("lethe-data/root.key")
        secrets = [root[i:i + 16] for i in range(0, len(root) - 15, 16)]
        with sqlite3.connect(self.path("lethe-data/keys.db")) as store:
            for (table,) in store.execute("select name from sqlite_master where type='table'"):
                for row in store.execute(f'select * from "{table}"'):
                    for cell in row:
                        if isinstance(cell, bytes) and len(cell) >= 40:
                            secrets.append(cell[-32:-16])  # inside a wrapped key
        self.assertGreaterEqual(len(secrets), 3)
        return secrets

    def assert_no_leak(self, *files, opener=False):
        """In none of the files, and in nothing that was said. The dead letters of a pipeline that
        opens are its input as it was: what was in clear there, such as a name, is so in them."""
        places = {"what was said": self.everything_said}
        places.update((name, self.read(name)) for name in files)
        secrets = {VALUE: spellings(VALUE), NAME: spellings(NAME), THROWN: spellings(THROWN)}
        if opener:
            del secrets[NAME]
        secrets.update((f"key bytes {i}", spellings(k)) for i, k in enumerate(self.key_bytes()))
        for place, content in places.items():
            for name, words in secrets.items():
                for word in words:
                    self.assertNotIn(word, content, f"{name} leaked into {place}")
        self.assertGreater(len(self.everything_said), 100)

    def test_the_search_finds_what_is_hidden_in_base64(self):
        for shift in range(4):
            for encode in (base64.b64encode, base64.urlsafe_b64encode):
                text = encode(b"x" * shift + VALUE.encode() + b"tail")
                self.assertTrue(any(word in text for word in spellings(VALUE)), shift)

    def test_sealing_and_each_way_of_failing_to(self):
        self.pipeline("seal", "in")
        bad = [
            envelope('{"who":"' + NAME + '","email":"' + VALUE + '"'),          # torn line
            VALUE + " is not even JSON\n",
            envelope({"who": None, "email": VALUE, "tax": {"id": VALUE}}),     # null subject
            envelope({"email": VALUE, "tax": {"id": VALUE}}),                  # no subject
            envelope({"who": {"a": NAME}, "email": VALUE, "tax": {"id": 1}}),  # no scalar
            envelope({"who": NAME * 100, "email": VALUE, "tax": {"id": 1}}),   # too long
            envelope({"who": NAME, "email": VALUE}),                           # a required field
            envelope({"who": NAME, "email": VALUE, "tax": [VALUE]}),           # unexpected shape
            envelope('{"who":"' + NAME + '","email":"' + VALUE + '","email":1,"tax":{"id":1}}'),
            envelope({"who": f"enc1.{NAME}", "email": VALUE, "tax": {"id": 1}}),
        ]
        self.write("in", envelope(person(1)) + "".join(bad) + envelope(person(2)))
        self.run_it("seal")
        self.assertEqual(len(lines(self.read("seal.dead"))), len(bad))
        self.assertEqual(len(lines(self.read("seal.out"))), 2)
        self.assertNotIn(VALUE.encode(), self.read("seal.out"))
        self.assert_no_leak("seal.dead", "seal.prom")
        self.assertIn(b"lethe_records_total", self.read("seal.prom"))
        # The letters hold it all the same: sealed whole, for those who have the keys.
        self.pipeline("seal", "in", 'encrypt: { subject: fixed, fields: ["**.nowhere"] }')
        self.lethe("replay", "seal.yaml")
        self.everything_said += self.said.encode()
        restored = self.read("seal.out").decode()
        for value in (json.loads(bad[i])["value"] for i in (2, 3, 4, 5, 6, 7, 9)):
            self.assertIn(json.dumps(value), restored)
        self.assert_no_leak("seal.prom")

    def test_a_pipeline_that_stops_at_a_bad_record_or_cannot_start(self):
        self.pipeline("stop", "in", errors="")
        self.write("in", envelope(person(1)) + envelope({"who": [NAME], "email": VALUE}))
        self.run_it("stop", status=1)
        self.write("in", VALUE + "\n")
        self.run_it("stop", status=1)
        self.assertFalse(os.path.exists(self.path("stop.out")))
        self.assert_no_leak("stop.prom")

    def test_an_erased_person(self):
        self.pipeline("seal", "in")
        self.write("in", envelope(person(1)) + envelope(person(2)))
        self.run_it("seal")
        shutil.copy(self.path("seal.out"), self.path("sealed"))
        self.lethe("shred", "-", "-f", "seal.yaml", stdin=f"{NAME}-1\n".encode())
        self.everything_said += self.said.encode()
        self.lethe("shred", "-", "-f", "seal.yaml", stdin=f"{NAME}-unknown\n".encode(), status=1)
        self.everything_said += self.said.encode()
        for command in (["subjects", "--json"], ["keys", "list", "--json"], ["subjects"]):
            self.lethe(*command)
            self.everything_said += self.said.encode()
        self.run_it("seal")
        self.assertEqual(len(lines(self.read("seal.dead"))), 1)
        for policy in ("fail", "dead_letter", "ciphertext", "drop_field"):
            self.pipeline("open", "sealed", f"decrypt: {{ on_shredded: {policy} }}")
            self.run_it("open", status=1 if policy == "fail" else 0)
            if os.path.exists(self.path("open.dead")):
                self.assert_no_leak("open.dead", opener=True)
            if policy != "fail":
                self.assertIn(f"{VALUE}@2".encode(), self.read("open.out"))
                self.assertNotIn(f"{VALUE}@1".encode(), self.read("open.out"))
        self.assert_no_leak("seal.dead", "seal.prom", "open.prom")

    def test_values_and_key_rows_that_were_tampered_with(self):
        self.pipeline("seal", "in")
        self.write("in", envelope(person(1)) + envelope(person(2)))
        self.run_it("seal")
        first, second = lines(self.read("seal.out"))
        a, b = json.loads(first), json.loads(second)
        a["value"]["tax"]["id"], b["value"]["tax"]["id"] = b["value"]["tax"]["id"], "enc1." + "A" * 99
        a["value"]["email"], b["value"]["email"] = b["value"]["email"], a["value"]["email"][:-6] + "AAAAAA"
        self.write("sealed", first + "\n" + json.dumps(a) + "\n" + json.dumps(b) + "\n")
        self.pipeline("open", "sealed", "decrypt: { fields: [email, tax.id] }")
        self.run_it("open")
        # Two values that changed places still open: they stand where they stood, in another record.
        self.assertGreaterEqual(len(lines(self.read("open.dead"))), 1)
        self.assert_no_leak("open.dead", opener=True)
        self.assert_no_leak("open.prom")
        with sqlite3.connect(self.path("lethe-data/keys.db")) as store:
            for number, record in store.execute("select id, record from edek").fetchall():
                at = 74 + len("default") + 20  # in the wrapped key
                broken = record[:at] + bytes([record[at] ^ 1]) + record[at + 1:]
                store.execute("update edek set record = ? where id = ?", (broken, number))
        self.run_it("open")
        self.run_it("seal")
        for name in ("open", "seal"):
            self.assertIn("changed outside Lethe", self.read(f"{name}.dead").decode())
        self.assert_no_leak("open.dead", opener=True)
        self.assert_no_leak("open.prom", "seal.dead", "seal.prom")

    def test_a_plugin_that_throws_what_it_read(self):
        library = os.path.join(FIXTURES, "lethe-throwing.so")
        if not os.path.exists(library):
            self.skipTest("the fixture plugin was not built")
        os.mkdir(self.path("plugins"), 0o755)
        shutil.copy(library, self.path("plugins"))
        os.chmod(self.path("plugins/lethe-throwing.so"), 0o755)
        self.write("worker.yaml", f"worker: {{ plugin_path: ['{self.path('plugins')}'] }}\n")
        self.write("in", envelope(person(1)))
        for plugin in ("throws_in_apply", "throws_in_batch", "undeclared_text", "throws_in_make"):
            with self.subTest(plugin):
                self.pipeline("throw", "in", f"{plugin}: {{}}\n  - " + ENCRYPT)
                before = len(self.everything_said)
                self.lethe("run", "-c", "worker.yaml", "throw.yaml", "--log-level", "debug",
                           "--metrics-file", "throw.prom",
                           status=1 if plugin == "throws_in_make" else None)
                self.everything_said += self.said.encode()
                self.assertGreater(len(self.everything_said), before)
                for name in ("throw.dead", "throw.out"):
                    if os.path.exists(self.path(name)):
                        self.assert_no_leak(name)
        self.assert_no_leak()


if __name__ == "__main__":
    main()
