# SPDX-License-Identifier: Apache-2.0
"""`lethe lint` names the exact line and column of what is wrong. The mark (!) in a case stands right
before the place that the complaint must name."""

import json

from harness import Folder, main

FILES = "source: { file: in.jsonl }\nsink: { file: out.jsonl }\n"
ENCRYPT = "transforms:\n  - encrypt:\n      subject: {subject}\n      fields: {fields}\n"

CASES = {
    "unknown key": ("pipeline: p\n" + FILES + "(!)transfroms: []\n", "transforms"),
    "unknown key inside": ("pipeline: p\nsource: { file: { path: in, (!)folow: true } }\n"
                           "sink: { file: out }\n", "follow"),
    "unknown option of a plugin": ("pipeline: p\n" + FILES + "transforms:\n  - encrypt:\n"
                                   "      subject: s\n      (!)feilds: [a]\n      fields: [b]\n",
                                   "fields"),
    "wrong type": ("pipeline: p\ntasks: (!)many\n" + FILES, "number"),
    "wrong type of an option": ("pipeline: p\n" + FILES + "transforms:\n  - encrypt:\n"
                                "      subject: s\n      fields: [a]\n      encrypt_nulls: (!)[x]\n",
                                "encrypt_nulls"),
    "missing plugin": ("pipeline: p\n" + FILES + "transforms:\n  - (!)encrpt: { fields: [a] }\n",
                       "encrypt"),
    "subject through a sealed field": (
        "pipeline: p\n" + FILES + ENCRYPT.format(subject='(!)"u-{{record.value.a.id}}"',
                                                 fields="[b, a]"), "itself encrypted"),
    "subject through a map that is sealed": (
        "pipeline: p\n" + FILES + ENCRYPT.format(subject='(!)"u-{{record.value.a.id}}"',
                                                 fields='["a.*"]'), "itself encrypted"),
    "a field selected twice": (
        "pipeline: p\n" + FILES + ENCRYPT.format(subject="s", fields="[a.b, (!)a.b]"), "twice"),
    "a field inside another": (
        "pipeline: p\n" + FILES + ENCRYPT.format(subject="s", fields='["a[*].b", (!)a]'),
        "twice"),
    "a field selected twice by decrypt": (
        "pipeline: p\n" + FILES + "transforms:\n  - decrypt: { fields: [a, (!)a] }\n", "twice"),
    "dead letters into the source": (
        "pipeline: p\nsource: { kafka: { brokers: 'b:1', topics: [in, other] } }\n"
        "sink: { kafka: { topic: out } }\ndead_letter:\n  kafka:\n    topic: (!)other\n", "source"),
    "dead letters into a topic that the pattern matches": (
        "pipeline: p\nsource: { kafka: { brokers: 'b:1', topics_pattern: '^in' } }\n"
        "sink: { kafka: { topic: out } }\ndead_letter:\n  kafka:\n    topic: (!)in-dlq\n", "source"),
    "an algorithm that we lack": (
        "pipeline: p\n" + FILES + ENCRYPT.format(subject="s", fields="[a]")
        + "      algorithm: (!)AES256_SIV\n", "AES256_GCM"),
    "an algorithm of a field that nobody has": (
        "pipeline: p\n" + FILES + ENCRYPT.format(
            subject="s", fields="\n        - { path: a, algorithm: (!)ROT13 }"), "AES256_GCM"),
    "exactly once": ("pipeline: p\n" + FILES + "delivery: (!)exactly_once\n", "at_least_once"),
    "a policy without a place": ("pipeline: p\n" + FILES
                                 + "on_error: (!){ bad_record: dead_letter }\n", "dead_letter"),
    "pass at encrypt": ("pipeline: p\n" + FILES + ENCRYPT.format(subject="s", fields="[a]")
                        + "on_error: { bad_record: (!)pass }\n", "clear"),
    "a bad template": ("pipeline: p\n" + FILES + ENCRYPT.format(
        subject='(!)"{{record.vlaue.a}}"', fields="[b]"), "record"),
    "a bad path": ("pipeline: p\n" + FILES + ENCRYPT.format(subject="s", fields='[(!)"a..b"]'), ""),
    "a carrier of a later version": (
        "pipeline: p\n" + FILES + ENCRYPT.format(subject="s", fields="[a]") + "      as: (!)avro\n",
        "avro"),
    "no YAML": ("pipeline: p\nsource: { file: in.jsonl\nsink(!): x: y\n", "closed"),
}


class Lint(Folder):
    def complaints(self, text, status=2):
        self.write("p.yaml", text)
        found = json.loads(self.lethe("lint", "--json", "p.yaml", status=status))
        return found["diagnostics"]

    def test_each_mistake_is_found_at_its_place(self):
        for name, (marked, word) in CASES.items():
            with self.subTest(name):
                before, after = marked.split("(!)")
                line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
                found = self.complaints(before + after)
                self.assertEqual([(one["line"], one["column"]) for one in found], [(line, column)],
                                 found)
                self.assertIn(word, found[0]["message"])
                self.assertEqual(found[0]["severity"], "error")
                self.lethe("lint", "p.yaml", status=2)
                self.assertIn(f"p.yaml:{line}:{column}: error: ", self.said)
                self.lethe("run", "p.yaml", status=2)
                self.assertIn(f"p.yaml:{line}:{column}: error: ", self.said)

    def test_every_mistake_of_a_file_is_told_at_once(self):
        found = self.complaints("pipeline: p\ntasks: many\n" + FILES
                                + ENCRYPT.format(subject="s", fields="[a, a, b..c]")
                                + "      algorithm: ROT13\nwhat: ever\n")
        self.assertGreaterEqual(len({(one["line"], one["column"]) for one in found}), 5, found)

    def test_a_sound_file_is_exit_code_0(self):
        self.assertEqual(self.complaints("pipeline: p\n" + FILES
                                         + ENCRYPT.format(subject="s", fields="[a]"), status=0), [])
        self.assertIn(b"fine", self.lethe("lint", "p.yaml"))

    def test_secrets_are_not_shown(self):
        self.write("secret", "canary-secret")
        self.write("p.yaml", "pipeline: p\nsource:\n  kafka:\n    brokers: 'b:1'\n    topics: [t]\n"
                   "    client: { sasl.password: '${file:" + self.path("secret") + "}' }\n"
                   "sink: { file: out.jsonl }\n")
        self.lethe("lint", "--dump", "p.yaml")
        self.assertNotIn("canary-secret", self.said)
        self.assertIn("sasl.password", self.said)


if __name__ == "__main__":
    main()
