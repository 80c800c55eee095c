# SPDX-License-Identifier: Apache-2.0
"""Another producer holds a transaction open in the key topic. A reader that waited for decided rows
would see no fence behind it for as long as that lasts; a worker must see it within its lease."""

import time

from custody import Custody, Feed, Running, Watch
from foreign_transaction import ForeignTransaction
from harness import lines, main, require_broker

HER = 7
LEASE = 5
TOPIC = "_lethe_encryption_keys"


class OpenForeignTransaction(Custody):
    @classmethod
    def setUpClass(cls):
        cls.broker = require_broker()
        cls.addClassCleanup(cls.broker.close)

    def decided_rows(self):
        """What a reader of decided rows gets to see of the key topic."""
        return self.broker.script(
            "run", "org.apache.kafka.tools.consumer.ConsoleConsumer", "--bootstrap-server",
            self.broker.address, "--topic", TOPIC, "--from-beginning", "--timeout-ms", "4000",
            "--isolation-level", "read_committed", "--property", "print.key=true")

    def test_in_the_key_topic_hides_no_fence(self):
        self.configure(f"{{ kafka: {{ brokers: '{self.broker.address}' }} }}", lease=f"{LEASE}s")
        seal, reader = Running(self, "seal"), Running(self, "open")
        with Feed(self.path("in.jsonl"), rate=500) as feed, Watch(self.path("opened.jsonl")) as watch:
            self.wait_until(lambda: len(watch.opened(HER)) > 50, "a steady load")
            with ForeignTransaction(self.broker.address, TOPIC):
                before = len(lines(self.decided_rows()))
                command = time.monotonic()
                self.shred(HER, "--wait", "none")
                time.sleep(LEASE + 1)
                self.assertEqual(len(lines(self.decided_rows())), before,
                                 "the transaction hides nothing: this test shows nothing")
                last = max(row[0] for row in watch.opened(HER))
                since = time.monotonic()
                self.assert_goes_on(watch, HER, since)
                time.sleep(1)
            self.assert_goes_on(watch, HER, time.monotonic())
            feed.stopped.set()
        for worker in (seal, reader):
            worker.stop()
        print(f"\nlast opened {last - command:.3f} s after the command, behind an open transaction")
        self.assertLessEqual(last - command, LEASE)
        self.assertEqual(watch.opened(HER, command + LEASE), [])


if __name__ == "__main__":
    main()
