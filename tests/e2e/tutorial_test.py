# SPDX-License-Identifier: Apache-2.0
"""The crypto-shredding tutorial of a Kafka gateway, on Lethe and a real broker: two customers, one
master key, password and visa sealed under a key per user, one of them shredded. The interceptor
blocks are what an operator would paste."""

import json

from harness import Folder, Worker, main, require_broker

LAURA = '{"name":"laura","userId":"laura","password":"kitty","visa":"#888999XZ","address":"Dubai, UAE"}'
FLORENT = '{"name":"florent","userId":"florent","password":"s3cret","visa":5500005555555559,"address":"Paris"}'
KMS = """
      kmsConfig:
        gateway:
          masterKeyId: file-kms://master-key"""
ENCRYPT = f"""
  - pluginClass: io.conduktor.gateway.interceptor.EncryptPlugin
    config:
      topic: customers{KMS}
      fields:
        - fieldName: password
          keySecretId: gateway-kms://secret-for-{{{{record.value.userId}}}}
          algorithm: AES128_GCM
        - fieldName: visa
          keySecretId: gateway-kms://secret-for-{{{{record.value.userId}}}}
          algorithm: AES128_GCM"""
DECRYPT = f"""
  - pluginClass: io.conduktor.gateway.interceptor.DecryptPlugin
    config:
      topic: customers{KMS}
      errorPolicy: return_encrypted"""


class Tutorial(Folder):
    @classmethod
    def setUpClass(cls):
        cls.broker = require_broker()
        cls.addClassCleanup(cls.broker.close)

    def pipeline(self, name, source, transforms, sink):
        self.write(f"{name}.yaml", f"""
pipeline: {name}
dataset: customers
source:
  kafka: {{ brokers: {self.broker.address}, topics: [{source}] }}
transforms:{transforms}
sink:
  kafka: {{ topic: {sink} }}
""")

    def run_once(self, name, sink, count):
        with Worker(self, f"{name}.yaml"):
            return {key: (headers, value) for headers, key, value in self.broker.consume(sink, count)}

    def test_one_of_two_customers_is_shredded(self):
        self.broker.create("customers", "sealed", "opened", "opened-again")
        self.broker.produce("customers", [("laura", LAURA), ("florent", FLORENT)])
        self.pipeline("seal", "customers", ENCRYPT, "sealed")
        self.pipeline("open", "sealed", DECRYPT, "opened")
        self.pipeline("open-again", "sealed", DECRYPT, "opened-again")
        self.lethe("keys", "init", "-f", "seal.yaml")

        sealed = self.run_once("seal", "sealed", 2)
        for key, clear in (("laura", LAURA), ("florent", FLORENT)):
            record, before = json.loads(sealed[key][1]), json.loads(clear)
            self.assertTrue(record["password"].startswith("enc1."))
            self.assertTrue(record["visa"].startswith("enc1."))
            self.assertEqual((record["name"], record["address"]), (before["name"], before["address"]))

        opened = self.run_once("open", "opened", 2)
        self.assertEqual((opened["laura"][1], opened["florent"][1]), (LAURA, FLORENT))
        self.assertNotIn("lethe.shredded", opened["laura"][0])

        self.lethe("shred", "-", "-f", "seal.yaml", stdin=b"gateway-kms://secret-for-laura\n")
        again = self.run_once("open-again", "opened-again", 2)
        self.assertEqual(again["laura"][1], sealed["laura"][1])
        self.assertIn("lethe.shredded", again["laura"][0])
        for path in ("password", "visa"):
            self.assertIn(path, again["laura"][0])
        self.assertEqual(again["florent"][1], FLORENT)
        self.assertEqual(json.loads(again["florent"][1])["visa"], 5500005555555559)
        self.assertNotIn("lethe.shredded", again["florent"][0])


if __name__ == "__main__":
    main()
