# SPDX-License-Identifier: Apache-2.0
"""A worker is stopped in its tracks (SIGSTOP: a suspended machine, a long page-in) for longer than
its lease, and a person is erased meanwhile. When it wakes it holds her key in memory, and must not
use it. Usage: paused_worker_test.py Sqlite | Kafka"""

import os
import signal
import time

from custody import Custody, Feed, Running, Watch
from harness import main, require_broker

HER = 7
LEASE = 3
ROUNDS = 3


class PausedWorker(Custody):
    def wake_after_an_erasure(self, store):
        self.configure(store, lease=f"{LEASE}s")
        seal, reader = Running(self, "seal"), Running(self, "open")
        with Feed(self.path("in.jsonl")) as feed, Watch(self.path("opened.jsonl")) as watch:
            for her in range(HER, HER + ROUNDS):
                self.wait_until(lambda: len(watch.opened(her)) > 100, "a steady load")
                self.pause_and_erase(reader, watch, her)
            feed.stopped.set()
        for worker in (seal, reader):
            worker.stop()

    def pause_and_erase(self, reader, watch, her):
        reader.send(signal.SIGSTOP)
        time.sleep(0.1)
        written = os.path.getsize(self.path("opened.jsonl"))
        self.shred(her, "--wait", "none")
        time.sleep(LEASE + 1)
        self.assertEqual(os.path.getsize(self.path("opened.jsonl")), written, "it is not paused")
        woken = time.monotonic()
        reader.send(signal.SIGCONT)
        again = self.assert_goes_on(watch, her, woken)
        time.sleep(2)
        print(f"\nasleep for {LEASE + 1} s with a lease of {LEASE} s: others again {again:.3f} s after "
              f"waking, {len(watch.opened(her, woken))} of hers opened")
        self.assertEqual(watch.opened(her, woken), [], "opened after waking, beyond the lease")


class Sqlite(PausedWorker):
    def test_that_wakes_after_its_lease_opens_nothing_of_who_was_erased(self):
        self.wake_after_an_erasure(f"{{ sqlite: {self.path('keys.db')} }}")


class Kafka(PausedWorker):
    @classmethod
    def setUpClass(cls):
        cls.broker = require_broker()
        cls.addClassCleanup(cls.broker.close)

    def test_that_wakes_after_its_lease_opens_nothing_of_who_was_erased(self):
        self.wake_after_an_erasure(f"{{ kafka: {{ brokers: '{self.broker.address}' }} }}")


if __name__ == "__main__":
    main()
