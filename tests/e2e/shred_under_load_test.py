# SPDX-License-Identifier: Apache-2.0
"""A person is erased while two workers seal and open her records: the last opened value of hers
comes within a lease of the command, and nobody else's records are disturbed.
Usage: shred_under_load_test.py Sqlite | Kafka"""

import time

from custody import Custody, Feed, Running, Watch
from harness import main, require_broker

HER = 7
LEASE = 30
LONGEST_PAUSE = 1.0


class ShredUnderLoad(Custody):
    def shred_in_the_middle(self, store):
        self.configure(store)
        seal, reader = Running(self, "seal"), Running(self, "open")
        with Feed(self.path("in.jsonl")) as feed, Watch(self.path("opened.jsonl")) as watch:
            self.wait_until(lambda: len(watch.opened(HER)) > 100, "a steady load")
            steady = time.monotonic()
            time.sleep(3)
            command = time.monotonic()
            self.shred(HER, "--wait", "L0")
            effective = time.monotonic()
            time.sleep(5)
            end = time.monotonic()
            pause = watch.longest_pause(HER, steady, end)
            feed.stopped.set()
            self.wait_until(lambda: len(watch.of_others(HER)) >= feed.count * 19 // 20 - 1,
                            "everybody else's records")
        for worker in (seal, reader):
            worker.stop()
        last = max(row[0] for row in watch.opened(HER))
        print(f"\n{store.split(':')[0].strip('{ ')}: last opened {last - command:.3f} s after the "
              f"command, L0 after {effective - command:.3f} s, {feed.count} records, longest pause "
              f"of others {pause:.3f} s (of the feed {feed.longest_pause:.3f} s)")
        self.assertGreater(last, steady, "nothing of hers was opened before the erasure")
        self.assertLessEqual(last - command, LEASE)
        self.assertEqual(watch.opened(HER, effective), [], "opened after L0 was reported")
        self.assertLessEqual(pause, LONGEST_PAUSE + feed.longest_pause)
        self.assert_others_are_whole(watch, feed)

    def assert_others_are_whole(self, watch, feed):
        others = watch.of_others(HER)
        self.assertTrue(all(is_open for _, _, _, is_open in others), "somebody else's is sealed")
        expected = [n for n in range(feed.count) if n % 20 != HER]
        self.assertEqual([n for _, n, _, _ in others], expected, "lost, repeated or out of order")


class Sqlite(ShredUnderLoad):
    def test_of_a_person_in_mid_stream_disturbs_nobody_else(self):
        self.shred_in_the_middle(f"{{ sqlite: {self.path('keys.db')} }}")


class Kafka(ShredUnderLoad):
    @classmethod
    def setUpClass(cls):
        cls.broker = require_broker()
        cls.addClassCleanup(cls.broker.close)

    def test_of_a_person_in_mid_stream_disturbs_nobody_else(self):
        self.shred_in_the_middle(f"{{ kafka: {{ brokers: '{self.broker.address}' }} }}")


if __name__ == "__main__":
    main()
