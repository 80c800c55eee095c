// SPDX-License-Identifier: Apache-2.0
//
// Birth of a data key on a log: workers race to create the key of one subject, while the subject is
// erased and while workers crash. Quoted sentences are those of the custody protocol ("Birth",
// "Rows", "Death"). README.md says what is bounded; check.py runs this file and its variants.
//
// The log is the partition of the key store: one total order, appended by Broker, read by offset.
// A worker's knowledge is the set of records that it has read, so that a worker which starts after
// a compaction knows less than one that was there before.

#ifndef WORKERS
#define WORKERS 2
#endif
#ifndef LOG          /* records in the log */
#define LOG 8
#endif
#ifndef KEYS         /* births in one run */
#define KEYS 3
#endif
#ifndef RESTARTS     /* crashes in one run */
#define RESTARTS 1
#endif
#ifndef FENCES       /* erasures in one run */
#define FENCES 1
#endif
#define WIRES (WORKERS + RESTARTS)
#define NONE 15

// Kinds of records. ROW and TOMB share a record key (the DEK id's row), LOST and ERASED share one
// (the DEK id's erased row), a FENCE has its version in its key.
#define ROW 1
#define TOMB 2
#define LOST 3
#define ERASED 4
#define FENCE 5

// What a worker is doing.
#define IDLE 0
#define BEARING 1    /* its EDEK is under way */
#define BURYING 2    /* next: the erased row of a key */
#define INTERRING 3  /* next: the tombstone */

byte kind[LOG], what[LOG], end;     // the log; what: a key, or a fence's version
byte cleaned;                       // what a record below this offset superseded is gone
byte version[KEYS], row_at[KEYS];   // the fence version a creator saw; where the row landed
byte born, fences, wires, restarts, first;
byte by_hand;                       // keys whose row somebody tombstoned by hand
byte sealer[FENCES + 1];            // the key that seals, per fence version
chan wire[WIRES] = [1] of { byte, byte };  // a producer each; outlives its worker's crash

// The laws. Each is true until it is broken, so that Spin's message names it.
bool published_before_use = true;   // "no ciphertext may exist whose EDEK was not durable"
bool one_active_key = true;         // "exactly one active key, under any race"
bool readers_accept = true;         // nothing is sealed under a key that is void for a reader
bool race_erases_nobody = true;     // "lost" is never taken for a request to erase
bool only_the_fenced_die = true;    // an erased row `erased` only for what a fence has killed
bool never_happens = true;          // see WITNESS

#define holds(law, condition) law = (condition); assert(law)
#ifndef LOSE_THE_FENCED
#define LOSE_THE_FENCED false   /* true is broken: whatever does not win now is called lost */
#endif
#define has(set, i) (((set) >> (i)) & 1)

// What follows from the records in `seen`; scratch, not part of the state.
hidden byte i, j, k;
hidden byte current, fence_at, winner, request, dying;
hidden byte buried, entombed;

#ifdef KILL_BY_OFFSET_ALONE   /* broken: also what was born under the fence, once it was repeated */
#define killed(key) true
#else
#define killed(key) (version[key] < current)
#endif

inline look(seen) {
  current = 0; fence_at = NONE; buried = 0; entombed = 0;
  i = 0;
  do
  :: i < end ->
     if
     :: has(seen, i) && kind[i] == FENCE && what[i] > current ->
        // "the current version is the highest"
        current = what[i]; fence_at = i
     :: has(seen, i) && (kind[i] == LOST || kind[i] == ERASED) -> buried = buried | (1 << what[i])
     :: has(seen, i) && kind[i] == TOMB -> entombed = entombed | (1 << what[i])
     :: else
     fi;
     i++
  :: else -> break
  od;
  winner = NONE; request = NONE; dying = NONE;
  i = 0;
  do
  :: i < end ->
     if
     :: has(seen, i) && kind[i] == TOMB && !has(buried, what[i]) && version[what[i]] == current ->
        request = what[i]      // "a tombstone is a request iff its DEK id has no erased row"
     :: has(seen, i) && kind[i] == ROW ->
        k = what[i];
        if
        :: version[k] == current && winner == NONE && !has(buried, k) && !has(entombed, k) ->
           winner = k                     // "among valid rows ... the lowest original offset wins"
        :: else
        fi;
        if                     // "its DEK ids are all live rows below the fence's offset"
        :: fence_at != NONE && i < fence_at && dying == NONE && !has(buried, k) && killed(k) ->
           dying = k
        :: else
        fi
     :: else
     fi;
     i++
  :: else -> break
  od;
  if
  :: request != NONE -> winner = NONE     // "blocked, and no other row of the subject wins"
  :: else
  fi;
  i = 0; j = 0; k = 0
}

// dead_on_arrival(key): its row landed above a fence that its creator had not seen.
hidden byte late;
inline dead_on_arrival(key) {
  late = 0; j = 0;
  do
  :: j < end && j < row_at[key] -> late = late | (kind[j] == FENCE && what[j] > version[key]); j++
  :: else -> break
  od;
  j = 0
}

inline seal_with(key) {
  holds(published_before_use, row_at[key] != NONE);
  dead_on_arrival(key);
  holds(readers_accept, !late);
  j = 0;
  do
  :: j < end -> holds(readers_accept, !(kind[j] == LOST && what[j] == key)); j++
  :: else -> break
  od;
  j = 0;
  holds(one_active_key, sealer[version[key]] == NONE || sealer[version[key]] == key);
  sealer[version[key]] = key
}

inline append(a_kind, a_what) {
  kind[end] = a_kind; what[end] = a_what;
  if
  :: a_kind == ROW && row_at[a_what] == NONE -> row_at[a_what] = end
  :: a_kind == LOST -> holds(readers_accept, sealer[version[a_what]] != a_what)
  :: a_kind == ERASED -> holds(only_the_fenced_die, version[a_what] < fences)
  :: a_kind == FENCE && a_what > fences -> fences = a_what
  :: else
  fi;
  end++
}

// The partition: whatever a producer handed over lands in some order, however late, also after its
// worker crashed; or never, since nothing obliges Broker to take it.
active proctype Broker() {
  byte a, b;
end_broker:
  do
  :: atomic { end < LOG && wire[0]?[a, b] -> wire[0]?a, b; d_step { append(a, b); a = 0; b = 0 } }
  :: atomic { end < LOG && wire[1]?[a, b] -> wire[1]?a, b; d_step { append(a, b); a = 0; b = 0 } }
#if WIRES > 2
  :: atomic { end < LOG && wire[2]?[a, b] -> wire[2]?a, b; d_step { append(a, b); a = 0; b = 0 } }
#endif
#if WIRES > 3
  :: atomic { end < LOG && wire[3]?[a, b] -> wire[3]?a, b; d_step { append(a, b); a = 0; b = 0 } }
#endif
#ifdef NOT_IDEMPOTENT   /* a retry that lands twice, as with enable.idempotence=false */
  :: atomic { end < LOG && wire[0]?[a, b] -> wire[0]?<a, b>; d_step { append(a, b); a = 0; b = 0 } }
#endif
  od
}

// "Compaction keeps the last record of a key": any earlier one may vanish, as soon as no lease is
// older than the record that supersedes it (min.compaction.lag.ms >= L). Hence whoever has not read
// that record holds no lease, and does nothing but read.
#ifdef NO_COMPACTION_LAG      /* broken: who lags sees the gap, but not yet why it is there */
#define leased true
#define reach (at + 1)
#else
#define reach end
#define leased (at >= cleaned)
#endif

#define row_key(n) ((kind[n] == ROW || kind[n] == TOMB) -> what[n] : \
                    ((kind[n] == FENCE) -> 16 + what[n] : 32 + what[n]))

// supersedes(n): an earlier record has the key of record n.
hidden byte first_of;
inline supersedes(n) {
  first_of = 0;
  do
  :: row_key(first_of) != row_key(n) -> first_of++
  :: else -> break
  od
}

// One run of the cleaner, at any time: below `cleaned`, only the last record of each key is left.
active proctype Cleaner() {
  byte n;
end_cleaner:
  atomic { end > 1 ->
    do
    :: n < end - 1 -> n++
    :: break
    od;
    skip;
    d_step {
      supersedes(n);
      if
      :: first_of < n -> cleaned = n + 1
      :: else
      fi;
      n = 0
    }
    if
    :: cleaned == 0 -> goto end_cleaner
    :: else
    fi
  }
}

#ifdef BY_HAND
// "... or a hand-made tombstone for an EDEK in the key topic"
active proctype Operator() {
  byte n;
  do
  :: n < born - 1 -> n++
  :: d_step { born > 0 && row_at[n] != NONE && end < LOG ->
       append(TOMB, n); by_hand = by_hand | (1 << n); n = 0 }
     break
  od
}
#else
// "fence appended and read back"; all that follows, any worker completes.
active proctype Eraser() {
  do
  :: d_step { fences < FENCES && end < LOG -> append(FENCE, fences + 1) }
  :: fences == FENCES -> break
  od
}
#endif

// read_on(seen, at): every record up to the end, but for what compaction has removed.
hidden byte goal;
inline read_on(seen, at) {
  goal = reach;
  do
  :: at < goal ->
     j = at + 1;
     do
     :: j < cleaned && row_key(j) != row_key(at) -> j++
     :: else -> break
     od;
     if
     :: j < cleaned
     :: else -> seen = seen | (1 << at)
     fi;
     at++
  :: else -> break
  od;
  j = 0
}

// Verdict on the EDEK of one's own that was read back: what to do next with it.
inline judge(seen, mine, doing, why) {
  dead_on_arrival(mine);
  if
  :: !has(seen, row_at[mine]) || winner == mine || has(buried, mine) -> doing = IDLE; mine = NONE
  :: else ->
     if
     :: request != NONE                   // blocked: ask again later
     // A creator buries what never won. What a fence killed after it had won is not lost but
     // erased: others may have sealed with it.
     :: request == NONE && (current == version[mine] || late || LOSE_THE_FENCED) ->
        why = LOST; doing = BURYING
     :: else -> doing = IDLE; mine = NONE
     fi
  fi;
  late = 0
}

// Nothing is begun that could not land any more.
#define ready (empty(wire[out]) && end < LOG)
#define idle (doing == IDLE && ready && leased)

proctype Worker(byte out) {
  byte at, mine = NONE, doing = IDLE, why;
  short seen;
end_worker:
  do
  // Read to the end as it is now, use the key that won, judge one's own. Lagging is not reading.
  // (Using at once loses nothing: a use later, with the same knowledge, breaks no other law.)
  :: d_step { at < end ->
       read_on(seen, at);
       if
       :: leased ->
          look(seen);
          if
          :: winner != NONE -> seal_with(winner)
          :: else
          fi;
          if                              // "wait for the delivery report *and* read it back"
          :: doing == BEARING && row_at[mine] != NONE && at > row_at[mine] ->
             judge(seen, mine, doing, why)
          :: else
          fi
       :: else
       fi
     }

  // "Produce the EDEK with the fence version seen"
  :: atomic { idle && born < KEYS ->
       d_step { look(seen) }
       if
       :: winner == NONE && request == NONE ->
          d_step { mine = born; version[mine] = current; born++; doing = BEARING }
          wire[out]!ROW, mine
       :: else
       fi
     }
#ifdef SEAL_BEFORE_DURABLE   /* broken: use, then publish */
  :: d_step { doing == BEARING -> seal_with(mine) }
#endif
#ifdef NO_READ_BACK          /* broken: the delivery report is taken for the victory */
  :: d_step { doing == BEARING && empty(wire[out]) -> seal_with(mine); doing = IDLE; mine = NONE }
#endif
  // "writes the loser's erased row (`lost`), then its tombstone"
#ifdef TOMBSTONE_FIRST       /* broken: the other way round */
  :: atomic { doing == BURYING && ready -> wire[out]!TOMB, mine; doing = INTERRING }
  :: atomic { doing == INTERRING && ready ->
       wire[out]!why, mine; doing = IDLE; mine = NONE; why = 0 }
#else
  :: atomic { doing == BURYING && ready -> wire[out]!why, mine; doing = INTERRING }
  :: atomic { doing == INTERRING && ready ->
       wire[out]!TOMB, mine; doing = IDLE; mine = NONE; why = 0 }
#endif

  // "Any worker completes what another left half done": erased rows, then tombstones.
  :: atomic { idle && fences > 0 ->
       d_step {
         look(seen);
         if
         :: dying != NONE -> mine = dying; why = ERASED; doing = BURYING
         :: else
         fi
       }
     }
  // A tombstone without an erased row is a request: "version current + 1, so that every worker
  // writes the same fence".
  :: atomic { idle && end > 0 ->
       d_step { look(seen) }
       if
       :: request != NONE ->
          holds(race_erases_nobody, has(by_hand, request));
          if
          :: current < FENCES -> wire[out]!FENCE, current + 1
          :: else
          fi
       :: else
       fi
     }
  // kill -9, then a start that reads from offset 0. The old producer's last record may still land.
  // (All workers are alike: it is enough that the first one crashes.)
  :: d_step { restarts < RESTARTS && end < LOG && _pid == first && (at > 0 || doing != IDLE) ->
       restarts++; at = 0; seen = 0; mine = NONE; doing = IDLE; why = 0; out = wires; wires++ }
  od
}

#ifdef WITNESS
// Not a law: reachable, else the laws above would hold for lack of events. A race was lost, the
// loser buried, the subject erased, and a new key seals under the new fence.
active proctype Witness() {
  atomic { sealer[0] != NONE && sealer[FENCES] != NONE && (kind[2] == LOST || kind[3] == LOST) ->
           holds(never_happens, false) }
}
#endif

init {
  byte n;
  atomic {
    do
    :: n < KEYS -> row_at[n] = NONE; n++
    :: else -> break
    od;
    n = 0;
    do
    :: n <= FENCES -> sealer[n] = NONE; n++
    :: else -> break
    od;
    n = 0;
    do
    :: n == 0 -> first = run Worker(n); n++
    :: n > 0 && n < WORKERS -> run Worker(n); n++
    :: else -> break
    od;
    wires = WORKERS; n = 0
  }
}
