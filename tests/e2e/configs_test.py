# SPDX-License-Identifier: Apache-2.0
"""Runs every example of configs/, as its comments say. Usage: configs_test.py Files | Kafka"""

import json
import os

from harness import CONFIGS, Folder, Worker, lines, main, require_broker

CLEAR = ["@example.com", "4111111111111111", "5500005555555559", "340000000000009", "Rue des Lilas",
         "Harbour Road", "Am Markt"]
BEA = "bea@example.com"


class Files(Folder):
    def assert_sealed(self, data, fields):
        """None of the clear texts is left, each field is a sealed value, the rest is as it was."""
        for word in CLEAR:
            self.assertNotIn(word.encode(), data)
        for line in lines(data):
            record = json.loads(line)
            for field in fields:
                value = record
                for name in field.split("."):
                    value = value[name]
                self.assertRegex(value, r"^enc1\.[A-Za-z0-9_-]{60,}$", field)
            self.assertIn(record["name"], ("Ann", "Bea", "Carl", "Dora"))

    def encrypt(self):
        self.sample("customers.jsonl")
        self.config("file-encrypt.yaml")
        self.config("file-decrypt.yaml")
        self.lethe("run", "file-encrypt.yaml")

    def test_every_example_has_a_case_here(self):
        with open(__file__, encoding="utf-8") as file:
            cases = file.read()
        for name in os.listdir(CONFIGS):
            if name.endswith(".yaml"):
                self.assertIn(f'"{name}"', cases)

    def test_every_example_passes_lint(self):
        self.sample("customers.jsonl", "tomorrow.jsonl")
        for name in sorted(os.listdir(CONFIGS)):
            if name.endswith(".yaml"):
                self.config(name)
                with self.subTest(name):
                    self.lethe("lint", name)

    def test_files_come_back_byte_for_byte(self):
        self.encrypt()
        self.assert_sealed(self.read("customers.sealed.jsonl"), ["email", "visa", "address.street"])
        self.lethe("run", "file-decrypt.yaml")
        self.assertEqual(self.read("customers.opened.jsonl"), self.read("customers.jsonl"))

    def test_a_shredded_customer_stays_sealed_and_the_others_read_on(self):
        self.encrypt()
        self.lethe("shred", "user-102", "-f", "file-encrypt.yaml")
        self.lethe("run", "file-decrypt.yaml")
        clear = lines(self.read("customers.jsonl"))
        opened = lines(self.read("customers.opened.jsonl"))
        self.assertEqual([opened[0], opened[2]], [clear[0], clear[2]])
        self.assertEqual(opened[1], lines(self.read("customers.sealed.jsonl"))[1])
        self.assertNotIn(BEA, opened[1])

    def test_a_record_that_cannot_be_sealed_is_kept_sealed_whole(self):
        self.encrypt()
        self.write("customers.jsonl", '{"userId":101,"email":"ann@example.com"}\n'
                   '{"userId":null,"email":"nobody@example.com"}\nnot json, canary@example.com\n')
        self.lethe("run", "file-encrypt.yaml")
        self.assertEqual(len(lines(self.read("customers.sealed.jsonl"))), 1)
        refused = self.read("customers.refused.jsonl")
        self.assertEqual(len(lines(refused)), 2)
        self.assertNotIn(b"@example.com", refused)
        self.assertNotIn("@example.com", self.said)

    def test_the_filter_refuses_new_records_of_a_shredded_customer(self):
        self.encrypt()
        self.lethe("shred", "-", "-f", "file-encrypt.yaml", stdin=b"user-102\n")
        self.config("stdio-encrypt.yaml")
        self.sample("tomorrow.jsonl")
        out = self.lethe("run", "stdio-encrypt.yaml", stdin=self.read("tomorrow.jsonl"))
        self.assert_sealed(out, ["email", "visa", "address.street"])
        self.assertEqual([json.loads(line)["userId"] for line in lines(out)], [104])
        refused = self.read("tomorrow.refused.jsonl")
        self.assertEqual(len(lines(refused)), 1)
        self.assertNotIn(BEA.encode(), refused)

    def test_interceptor_blocks_work_as_pasted(self):
        self.sample("customers.jsonl")
        self.config("interceptor-encrypt.yaml")
        self.config("interceptor-decrypt.yaml")
        # A named root is never made by accident.
        self.lethe("run", "interceptor-encrypt.yaml", status=2)
        self.lethe("keys", "init", "-f", "interceptor-encrypt.yaml")
        self.lethe("run", "interceptor-encrypt.yaml")
        sealed = self.read("interceptor.sealed.jsonl")
        for line, clear in zip(lines(sealed), lines(self.read("customers.jsonl"))):
            record, before = json.loads(line), json.loads(clear)
            self.assertTrue(record["email"].startswith("enc1."))
            self.assertTrue(record["visa"].startswith("enc1."))
            self.assertEqual(record["address"], before["address"])
        self.lethe("run", "interceptor-decrypt.yaml")
        self.assertEqual(self.read("interceptor.opened.jsonl"), self.read("customers.jsonl"))
        self.lethe("shred", "gateway-kms://user-102", "-f", "interceptor-encrypt.yaml")
        self.lethe("run", "interceptor-decrypt.yaml")
        opened = lines(self.read("interceptor.opened.jsonl"))
        clear = lines(self.read("customers.jsonl"))
        self.assertEqual([opened[0], opened[2]], [clear[0], clear[2]])
        self.assertEqual(opened[1], lines(sealed)[1])


class Kafka(Folder):
    @classmethod
    def setUpClass(cls):
        cls.broker = require_broker()
        cls.addClassCleanup(cls.broker.close)

    def kafka_config(self, name, **words):
        self.config(name, words={"localhost:9092": self.broker.address, **words})

    def customers(self):
        with open(os.path.join(CONFIGS, "customers.jsonl"), encoding="utf-8") as file:
            return [(str(json.loads(line)["userId"]), line.rstrip("\n")) for line in file]

    def test_topics_come_back_byte_for_byte_with_keys_and_tombstones(self):
        self.broker.create("customers", "customers.encrypted", "customers.opened", "customers.dlq",
                           partitions=3)
        sent = self.customers() + [("104", None)]
        self.broker.produce("customers", sent)
        self.kafka_config("kafka-encrypt.yaml")
        self.kafka_config("kafka-decrypt.yaml")
        with Worker(self, "kafka-encrypt.yaml"):
            sealed = self.broker.consume("customers.encrypted", len(sent))
        self.assertEqual(sorted(key for _, key, _ in sealed), sorted(key for key, _ in sent))
        for _, key, value in sealed:
            if key == "104":
                self.assertIsNone(value)
                continue
            record = json.loads(value)
            for field in (record["email"], record["visa"], record["address"]["street"]):
                self.assertTrue(field.startswith("enc1."), key)
            for word in CLEAR:
                self.assertNotIn(word, value)
        with Worker(self, "kafka-decrypt.yaml"):
            opened = self.broker.consume("customers.opened", len(sent))
        self.assertEqual(sorted((k, v or "") for _, k, v in opened),
                         sorted((k, v or "") for k, v in sent))
        self.assertEqual(self.broker.offsets("customers.dlq"), 0)

    def test_debezium_envelopes_are_sealed_in_both_images(self):
        row = '{"id":1001,"email":"%s@example.com","phone":"+49 30 5550%s","city":"Berlin"}'
        first, second = row % ("erin", "17"), row % ("erin2", "18")
        event = '{"before":%s,"after":%s,"op":"%s","source":{"table":"customers"},"ts_ms":1.0e3}'
        key = '{"id":1001}'
        sent = [(key, event % ("null", first, "c")), (key, event % (first, second, "u")),
                (key, event % (second, "null", "d")), (key, None)]
        topic = "crm.public.customers"
        self.broker.create(topic, f"{topic}.encrypted", "crm.opened", "crm.dlq")
        self.broker.produce(topic, sent)
        self.kafka_config("debezium.yaml")
        with Worker(self, "debezium.yaml"):
            sealed = self.broker.consume(f"{topic}.encrypted", len(sent))
        self.assertEqual(len(sealed), len(sent))
        self.assertEqual(self.broker.offsets("crm.dlq"), 0)
        for (_, got_key, value), (_, clear) in zip(sealed, sent):
            self.assertEqual(got_key, key)
            if clear is None:
                self.assertIsNone(value)
                continue
            self.assertNotIn("@example.com", value)
            self.assertNotIn("5550", value)
            record, before = json.loads(value), json.loads(clear)
            for image in ("before", "after"):
                self.assertEqual(record[image] is None, before[image] is None)
                if record[image] is not None:
                    self.assertTrue(record[image]["email"].startswith("enc1."))
                    self.assertTrue(record[image]["phone"].startswith("enc1."))
                    self.assertEqual(record[image]["city"], "Berlin")
        # Back again: the reader of customers.encrypted, told other names and no list of fields.
        self.kafka_config("kafka-decrypt.yaml", **{
            "customers-decrypt": "crm-decrypt", "dataset: customers": "dataset: crm-customers",
            "[customers.encrypted]": f"[{topic}.encrypted]", "customers.opened": "crm.opened",
            "customers.dlq": "crm.dlq",
            "fields: [email, visa, address.street]": "fields: [before.email, before.phone, "
                                                     "after.email, after.phone]"})
        with Worker(self, "kafka-decrypt.yaml"):
            opened = self.broker.consume("crm.opened", len(sent))
        self.assertEqual([(k, v) for _, k, v in opened], sent)


if __name__ == "__main__":
    main()
