// SPDX-License-Identifier: Apache-2.0
//
// The beacon is the lease: one worker uses a key by virtue of beacons that it read back, while the
// subject is erased, the duration of the lease is changed, the worker's side of the cluster is cut
// off, and the worker is paused or killed. Quoted sentences are those of the custody protocol
// ("Use: the beacon is the lease"). README.md says what is bounded; check.py runs the variants.
//
// Workers meet only in the log, and the law is about each of them alone, so one worker is enough.
// Time may advance between any two steps, so every delay and every pause is in the model. It is
// kept as ages, in ticks; an age stops growing where it can change no answer: time has no end.

#ifndef L
#define L 2          /* the lease, in ticks */
#endif
#ifndef SECOND
#define SECOND 1     /* the lease after the control row was written anew; may also be longer */
#endif
#ifndef LOG
#define LOG 5        /* records in the log: beacons, the fence, the second control row */
#endif
#ifndef RESTARTS
#define RESTARTS 1
#endif
#define NEVER 200

#define FENCE 100    /* what the log holds; anything below is a beacon */
#define CONTROL 101
#define OLD 99       /* a beacon that nobody waits for: its number never comes again */

byte log[LOG], end;
byte fenced = NEVER, changed = NEVER;   // ages, since each became durable
bool change_first;                      // the control row precedes the fence

// What the worker sees of the cluster. A cut-off leader goes on answering, with an old end of log.
bool cut;
byte visible;
chan wire = [RESTARTS + 1] of { byte }; // beacons under way, also those of an earlier life

// The worker. Its beacon thread and its task share this.
byte at;                                // the next offset to read
byte restarts;
byte flying, handed;                    // the beacon in flight (0: none), and its age
bool landed, acknowledged, read_back;
byte fresh = NEVER;                     // the age of last_fresh
byte length = L;
bool knows_fence;                       // has read the fence
bool batch;                             // holds values sealed or opened, not yet produced
byte produced = NEVER;                  // the age of an output on its way to its broker

bool in_time = true;                    // the law: no use later than L after the fence was durable
bool landed_in_time = true;             // and no output lands later than 2 L after it
bool never_happens = true;              // see WITNESS
#define holds(law, condition) law = (condition); assert(law)

#define lease (fresh <= length)          // "now - last_fresh <= L"
#define longest (L > SECOND -> L : SECOND)
// May the key be used, `more` ticks allowed? "After L was lowered the old L counts once more".
#ifdef CHANGED_AT_ONCE    /* broken: the new duration is claimed as soon as it is durable */
#define old_counts(more) false
#else
#define old_counts(more) (changed <= L + (more))
#endif
#define allowed(more) (fenced == NEVER || \
  (change_first -> fenced <= SECOND + (more) || old_counts(more) : fenced <= L + (more)))
#ifdef LANDS_WITHIN_L     /* wrong claim: what is handed over in time also lands in time */
#define flight 0
#else
#define flight L
#endif
#define end_of_log (cut -> visible : end)

inline grow(age, most) {
  if
  :: age < most -> age++
  :: else
  fi
}

active proctype Clock() {
end_clock:
  do
  :: d_step { true ->
       grow(handed, longest + 1);
       grow(fenced, longest + L + 1);
       grow(changed, longest + L + 1);
       if
       :: fresh <= longest -> fresh++
       :: else -> fresh = NEVER
       fi;
       if                                // `message.timeout.ms` <= L: then the client gives up
       :: produced < L -> produced++
       :: else -> produced = NEVER
       fi
     }
  od
}

active proctype Eraser() {
  d_step { end < LOG -> log[end] = FENCE; end++; fenced = 0; change_first = (changed != NEVER) }
}

active proctype Operator() {
end_operator:
  d_step { end < LOG -> log[end] = CONTROL; end++; changed = 0 }
}

// Lands beacons, however late; reports delivery, however late; cuts the worker off and heals.
active proctype Network() {
  byte number;
end_network:
  do
  :: atomic { !cut && end < LOG && nempty(wire) ->
       if                                // two lives, two connections: no order between them
       :: wire?number
       :: len(wire) > 1 -> wire?number; wire!number; wire?number
       fi;
       d_step {
         log[end] = number; end++;
         landed = landed || number == flying;
         number = 0
       }
     }
  // "set only when that beacon was acknowledged": acks=all, which a cut-off leader cannot give.
  :: d_step { !cut && landed && !acknowledged ->
       acknowledged = true;
#ifdef FRESH_AT_ACKNOWLEDGEMENT          /* broken */
       handed = 0
#endif
     }
  :: d_step { !cut -> cut = true; visible = end }
  :: d_step { cut -> cut = false; visible = 0 }
  // What was handed over lands within L, or not at all.
  :: d_step { produced != NEVER -> holds(landed_in_time, allowed(flight)); produced = NEVER }
  od
}

#ifdef NO_READ_BACK                      /* broken: the acknowledgement alone */
#define proven acknowledged
#else
#define proven (acknowledged && read_back)
#endif

// A beacon's number matters while it is awaited; within one life that is one number at a time.
#ifdef NUMBERS_REPEAT                /* broken: an earlier life's beacon passes for this one's */
#define life 1
#define renumbered false
#else
#define life (1 + restarts)
#define renumbered true
#endif
hidden byte i;
inline forget_beacon() {
  flying = 0; handed = 0; landed = false; acknowledged = false; read_back = false;
  i = 0;
  do
  :: i < end && (log[i] == life && renumbered) -> log[i] = OLD; i++
  :: i < end && !(log[i] == life && renumbered) -> i++
  :: else -> break
  od;
  i = 0
}

active proctype Beacons() {
end_beacons:
  do
  // "last_fresh is the time just before a worker handed its own beacon to the store"; "one beacon
  // in flight".
  :: atomic { flying == 0 && nfull(wire) && end < LOG -> flying = life; handed = 0; wire!flying }
  :: d_step { flying != 0 && proven ->   // "... acknowledged and read back"
       fresh = handed; forget_beacon() }
  :: d_step { at < end_of_log ->         // read on
       if
       :: log[at] == FENCE -> knows_fence = true
       :: log[at] == CONTROL -> length = SECOND
       :: else -> read_back = read_back || (flying != 0 && log[at] == flying)
       fi;
       at++
     }
#ifdef TRUST_READS                       /* broken: "reads alone prove nothing" */
  :: d_step { at == end_of_log -> fresh = 0 }
#endif
  // kill -9 and start: knows nothing, has no lease; its beacon may still land.
  :: d_step { restarts < RESTARTS ->
       forget_beacon();
       restarts++; at = 0; fresh = NEVER; length = L; knows_fence = false; batch = false }
  od
}

// A use counts when its result leaves the worker: what is thrown away has never been.
active proctype Task() {
end_task:
  do
  // "It is checked per batch ..."
  :: d_step { !batch && lease && !knows_fence ->
       holds(in_time, allowed(0)); batch = true }
  // "... and right before produce or commit"; "a batch that touched a DEK fenced since it began is
  // redone".
  :: d_step { batch && produced == NEVER ->
       if
#ifdef CHECK_AT_START_ONLY               /* broken */
       :: true ->
#else
#ifdef NO_REDO                           /* broken */
       :: lease ->
#else
       :: lease && !knows_fence ->
#endif
#endif
          holds(in_time, allowed(0));
          produced = 0
       :: else
       fi;
       batch = false
     }
  od
}

#ifdef WITNESS
// Not a law: reachable. The key is in use on the last tick that is allowed, on the strength of a
// beacon older than the fence, after the lease was changed.
active proctype Witness() {
  atomic { fenced != NEVER && change_first && changed > L && fenced == SECOND && batch && lease ->
           holds(never_happens, false) }
}
#endif
