# SPDX-License-Identifier: Apache-2.0
"""The leader of the key partition is cut off, with a worker on its side: reading from it shows the
end of the log and no error, while another leader acknowledges an erasure. The worker must stop
within its lease, and go on by itself when the network is whole again."""

import time

from custody import Custody, Feed, Running, Watch
from harness import main
from islands import require_islands

HER = 7
LEASE = 5
TOPIC = "_lethe_encryption_keys"
# A batch that was begun within the lease reaches the file, and this program's eye, a moment later.
MARGIN = 0.5


class CutOffLeader(Custody):
    @classmethod
    def setUpClass(cls):
        cls.islands = require_islands()
        cls.addClassCleanup(cls.islands.close)

    def test_with_a_worker_on_its_side_opens_nothing_beyond_the_lease(self):
        self.configure(f"{{ kafka: {{ brokers: '{self.islands.address}' }} }}", lease=f"{LEASE}s")
        leader = self.islands.leader(TOPIC)
        seal = Running(self, "seal")
        reader = Running(self, "open", *self.islands.beside(leader))
        with Feed(self.path("in.jsonl"), rate=500) as feed, Watch(self.path("opened.jsonl")) as watch:
            self.wait_until(lambda: len(watch.opened(HER)) > 50, "a steady load")
            cut = time.monotonic()
            self.islands.cut(leader)
            try:
                fenced = self.shred_at_another_leader(leader)
                time.sleep(max(0.0, cut + 3 * LEASE - time.monotonic()))
                last = max(row[0] for row in watch.seen)
            finally:
                self.islands.heal(leader)
            healed, count = time.monotonic(), feed.count
            again = self.assert_goes_on(watch, HER, healed)
            self.wait_until(lambda: watch.seen[-1][1] > count, "both workers go on")
            both = time.monotonic() - healed
            feed.stopped.set()
        print(f"\nfence durable {fenced - cut:.2f} s after the cut; last record {last - cut:.2f} s "
              f"after it with a lease of {LEASE} s; others again {again:.2f} s after healing, "
              f"from both workers {both:.2f} s")
        self.assertGreater(last, cut, "the worker stopped before it was cut off")
        self.assertLessEqual(last - cut, LEASE * 1.01 + MARGIN)
        self.assertEqual(watch.opened(HER, healed), [], "opened after healing")
        for worker in (seal, reader):
            worker.stop()

    def shred_at_another_leader(self, cut_off):
        """The moment at which another leader has acknowledged the fence."""
        for _ in range(10):
            try:
                self.shred(HER, "--id", "er-cut", "--wait", "none")
                break
            except AssertionError:
                time.sleep(0.5)  # no other leader yet
        else:
            self.fail("no leader was elected on the other side")
        fenced = time.monotonic()
        self.assertNotEqual(self.islands.leader(TOPIC), cut_off)
        return fenced


if __name__ == "__main__":
    main()
