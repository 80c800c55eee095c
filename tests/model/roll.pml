// SPDX-License-Identifier: Apache-2.0
//
// An epoch roll: a coordinator re-wraps the survivors under a new root and destroys the old one,
// while it is paused or killed and replaced, while keys are born and while a subject is erased.
// Quoted sentences are those of the custody protocol ("Epochs"). README.md says what is bounded;
// check.py runs the variants.
//
// A coordinator remembers nothing: it reads the log to the end, decides on one step and takes it,
// and any time may pass in between. So a crash is a coordinator that takes no further step, a pause
// is one that takes its step late, and resuming needs no text of its own.

#ifndef ROLLS
#define ROLLS 1      /* epochs 1 .. ROLLS + 1 */
#endif
#ifndef LOG
#define LOG 13       /* records in the log */
#endif
#ifndef KEYS
#define KEYS 3       /* key 0: subject A's, there from the start; others: births of subject B */
#endif
#ifndef WORKERS
#define WORKERS 2
#endif
#ifndef COORDINATORS
#define COORDINATORS 2
#endif
#define LAST (ROLLS + 1)
#define NONE 63

#define ROW 1        /* an EDEK's first record; what: the key */
#define COPY 2       /* a re-wrapped copy of it */
#define TOMB 3       /* its tombstone */
#define FENCE 4      /* subject A is erased */
#define PREPARE 5    /* control records; what: the epoch */
#define BARRIER 6
#define CHECKPOINT 7 /* the first one of REWRAP */
#define RETIRE 8
#define DESTROY 9    /* not a record: the call to the external KMS */
#define REST 10

#define COMMITTED 1
#define OPEN 2       /* in the coordinator's transaction */
#define ABORTED 3    /* still read by workers, which are read_uncommitted */
#define CLEANED 4    /* an aborted record that the cleaner has taken away */

byte kind[LOG], what[LOG], epoch[LOG], state[LOG], end;
byte row_at[KEYS], born = 1;       // the original offset; a copy carries it
byte destroyed;                    // epochs whose root is gone
byte sealed;                       // keys that sealed a value
byte aborted;                      // records for the cleaner
byte owner;                        // the transactional producer that the broker accepts

bool live_keys_survive = true;     // no live subject loses its key, whatever compaction leaves
bool erased_stay_behind = true;    // no key fenced before PREPARE ever gets under the new root
bool dead_rows_removed = true;     // no copy outlives the tombstone of its key
bool void_rows_seal_nothing = true;// nor a row from behind the barrier, under an old generation
bool one_active_key = true;        // everybody agrees on what is void
bool never_happens = true;         // see WITNESS
#define holds(law, condition) law = (condition); assert(law)
#define has(set, i) (((set) >> (i)) & 1)

hidden byte i, k, e;
hidden byte barrier_at[LAST + 2], last[KEYS], tombed, erased;
hidden byte prepared, prepare_at, checked, retired;

// What the log says: to a coordinator by committed records, for the laws likewise.
inline scan(trusting) {
  e = 0;
  do
  :: e <= LAST + 1 -> barrier_at[e] = NONE; e++
  :: else -> break
  od;
  k = 0;
  do
  :: k < KEYS -> last[k] = 0; k++
  :: else -> break
  od;
  tombed = 0; erased = NONE; prepared = 1; checked = 1; retired = 1; prepare_at = 0; i = 0;
  do
  :: i < end ->
     if
     :: state[i] == COMMITTED || (trusting && kind[i] == COPY) ->
        if
        :: kind[i] == ROW || kind[i] == COPY -> last[what[i]] = epoch[i]
        :: kind[i] == TOMB -> last[what[i]] = 0; tombed = tombed | (1 << what[i])
        :: kind[i] == FENCE -> erased = i
        :: kind[i] == PREPARE -> prepared = what[i]; prepare_at = i
        :: kind[i] == BARRIER && barrier_at[what[i]] == NONE -> barrier_at[what[i]] = i
        :: kind[i] == CHECKPOINT -> checked = what[i]
        :: kind[i] == RETIRE -> retired = what[i]
        :: else
        fi
     :: else
     fi;
     i++
  :: else -> break
  od;
  i = 0; k = 0; e = 0
}
#ifndef TRUST_ABORTED
#define TRUST_ABORTED false   /* true is broken: a coordinator that takes aborted copies for good */
#endif

// is_void(key): "first written after it under an older generation". Into `k`.
inline is_void(key) {
  k = false; e = 2;
  do
  :: e <= LAST ->
     k = k | (barrier_at[e] < row_at[key] && row_at[key] < end && epoch[row_at[key]] < e);
     e++
  :: else -> break
  od;
  e = 0
}

// Checked whenever a root goes or a record takes another's place.
inline check_survivors() {
  scan(false);
  holds(live_keys_survive, erased != NONE || (last[0] != 0 && !has(destroyed, last[0])));
  i = 1;
  do
  :: i < KEYS ->
     holds(live_keys_survive, !has(sealed, i) || (last[i] != 0 && !has(destroyed, last[i])));
     i++
  :: else -> break
  od;
  i = 0
}

inline append(a_kind, a_what, an_epoch, a_state) {
  kind[end] = a_kind; what[end] = a_what; epoch[end] = an_epoch; state[end] = a_state; end++
}

#ifdef NO_FENCING             /* broken: the broker lets the predecessor go on */
#define accepted true
#else
#define accepted (owner == me)
#endif
#ifdef NO_BARRIER             /* broken: old rows go on being born while the roll goes on */
#define barrier_of(n) end
#define barrier_done true
#else
#define barrier_of(n) barrier_at[n]
#define barrier_done (barrier_at[prepared] != NONE && checked == prepared)
#endif
#ifdef SCAN_BEFORE_PREPARE    /* broken: who is erased was read before PREPARE was read back */
#define known_dead (knew == true)
#else
#define known_dead (erased != NONE)
#endif
#ifndef NO_VERIFY
#define NO_VERIFY false       /* true is broken: RETIRE as soon as everything was copied */
#endif

inline decide(step, on) {
  scan(TRUST_ABORTED);
  on = prepared;
  if
  :: retired == prepared && (prepared == 1 || has(destroyed, prepared - 1)) ->
     if
     :: prepared == LAST -> step = REST
     :: else -> step = PREPARE; on = prepared + 1; knew = (erased != NONE)
     fi
  :: retired == prepared && prepared > 1 && !has(destroyed, prepared - 1) -> step = DESTROY
  :: retired != prepared && !barrier_done ->
     step = (barrier_at[prepared] == NONE -> BARRIER : CHECKPOINT)
  :: else ->                              // REWRAP, then VERIFY, then RETIRE
     step = RETIRE; i = 0;
     do
     :: i < KEYS && step == RETIRE ->
        is_void(i);
        if
        :: row_at[i] < barrier_of(prepared) && row_at[i] < end && !k && !has(tombed, i) &&
           last[i] != prepared && !(i == 0 && known_dead) ->
           step = COPY; on = i
        :: has(tombed, i) && last[i] != 0 && !NO_VERIFY ->
           step = TOMB; on = i            // "late copies of dead rows removed"
        :: else
        fi;
        i++
     :: else -> break
     od
  fi;
  at_epoch = prepared;
  i = 0; k = 0
}

// Control rows and copies "are written only by a producer with transactional.id = lethe-<store id>,
// which reads to the end after init_transactions".
proctype Coordinator(byte me) {
  byte step, on, at_epoch, mine = NONE;
  bool knew;
end_not_started:
  // init_transactions: fences the predecessor and aborts its work
  d_step { owner == me - 1 ->
    owner = me; i = 0;
    do
    :: i < end ->
       if
       :: state[i] == OPEN -> state[i] = ABORTED; aborted++
       :: else
       fi;
       i++
    :: else -> break
    od;
    i = 0
  }
end_coordinator:
  do
  :: d_step { step == 0 -> decide(step, on) }
  :: d_step { step == DESTROY ->          // the KMS knows no fencing: it must be safe by then
       destroyed = destroyed | (1 << (on - 1)); check_survivors(); step = 0; on = 0; at_epoch = 0 }
  :: d_step { step != 0 && step < DESTROY && mine == NONE && accepted && end < LOG ->
       scan(false);
       if
       :: step == COPY ->
          holds(erased_stay_behind, on != 0 || erased == NONE || erased > prepare_at)
       :: step == RETIRE -> holds(dead_rows_removed, !has(tombed, 0) || last[0] == 0)
       :: else
       fi;
       mine = end;
       append(step, on, at_epoch, OPEN) }
  :: d_step { mine != NONE && state[mine] == OPEN ->
       state[mine] = COMMITTED; check_survivors(); mine = NONE; step = 0; on = 0; at_epoch = 0 }
  :: d_step { step == REST || (!accepted && step != DESTROY && step != 0) ->
       step = 0; on = 0; at_epoch = 0; mine = NONE; knew = false }
     break
  od
}

// Workers are read_uncommitted, so what they read of a coordinator may be aborted and cleaned away
// later. But its next record proves that the one before it was committed, and is proof enough even
// if it is aborted itself. So: BARRIER proves PREPARE, and CHECKPOINT proves the last BARRIER. A
// key is born under the epoch of the last BARRIER read, which is valid whatever becomes of that
// record; a row under an older one, behind a BARRIER not yet proven, is undecided and blocks its
// subject.
hidden byte seen_epoch, seen_at, winner, undecided;
byte sealer = NONE;                // the key that seals for subject B

#ifdef BARRIER_AT_ONCE        /* broken: a barrier counts as soon as it is read */
#define proves_barrier(n) (kind[n] == BARRIER || kind[n] == CHECKPOINT)
#else
#define proves_barrier(n) (kind[n] == CHECKPOINT)
#endif
#ifdef NO_BARRIER
#define opens_epoch(n) (kind[n] == PREPARE)
#else
#define opens_epoch(n) (kind[n] == BARRIER)
#endif

#ifdef NO_BARRIER
#define is_proven true
#else
#define is_proven (seen_at == NONE || barrier_at[seen_epoch] == seen_at)
#endif

inline look(seen, at) {
  e = 0;
  do
  :: e <= LAST + 1 -> barrier_at[e] = NONE; e++
  :: else -> break
  od;
  seen_epoch = 1; seen_at = NONE; i = 0;
  do
  :: i < at ->
     if
     :: has(seen, i) && opens_epoch(i) -> seen_epoch = what[i]; seen_at = i
     :: else
     fi;
     if
     :: has(seen, i) && proves_barrier(i) && seen_at != NONE -> barrier_at[seen_epoch] = seen_at
     :: else
     fi;
     i++
  :: else -> break
  od;
  winner = 0; undecided = false; i = 1;
  do
  :: i < born ->
     is_void(i);
     if
     :: row_at[i] < at && !k && (winner == 0 || row_at[i] < row_at[winner]) -> winner = i
     :: else
     fi;
     i++
  :: else -> break
  od;
  if
  :: winner != 0 && !is_proven && row_at[winner] > seen_at && epoch[row_at[winner]] < seen_epoch ->
     winner = 0; undecided = true
  :: else
  fi;
  i = 0; k = 0
}

inline seal() {
  scan(false);
  is_void(winner);
  holds(void_rows_seal_nothing, !k);
  k = 0;
  holds(one_active_key, sealer == NONE || sealer == winner);
  sealer = winner; sealed = sealed | (1 << winner);
  check_survivors()
}

proctype Worker() {
  byte at, mine, under;
  int seen;
end_worker:
  do
  :: d_step { at < end ->                 // read to the end, use the key that won
       do
       :: at < end && state[at] != CLEANED -> seen = seen | (1 << at); at++
       :: at < end && state[at] == CLEANED -> at++
       :: else -> break
       od;
       look(seen, at);
       if
       :: winner != 0 -> seal()
       :: else
       fi
     }
  :: d_step { at > 0 && under == 0 && born < KEYS && end < LOG ->
       look(seen, at);
       if
       :: winner == 0 && !undecided -> mine = born; born++; under = seen_epoch
       :: else
       fi
     }
  :: d_step { under != 0 && end < LOG ->  // lands, however late
       row_at[mine] = end; append(ROW, mine, under, COMMITTED); under = 0; mine = 0 }
  od
}

#ifndef NO_ERASURE
active proctype Eraser() {
  d_step { end > 0 && end < LOG -> append(FENCE, 0, 0, COMMITTED) }
  d_step { end < LOG -> append(TOMB, 0, 0, COMMITTED) }
}
#endif

// The cleaner may take aborted records away: who read it before knows what others will never see.
active proctype Cleaner() {
end_cleaner:
  do
  :: d_step { aborted > 0 ->
       aborted = 0; i = 0;
       do
       :: i < end && state[i] == ABORTED -> state[i] = CLEANED; i++
       :: i < end && state[i] != ABORTED -> i++
       :: else -> break
       od;
       i = 0
     }
  od
}

#ifdef WITNESS
// Not a law: reachable. The last root but one is destroyed after a takeover that aborted a copy,
// with subject A erased meanwhile and subject B's second birth in use, its first being void.
active proctype Witness() {
  atomic { has(destroyed, LAST - 1) && owner == 2 && kind[end - 1] == RETIRE && sealer == 2 &&
           row_at[1] < row_at[2] -> holds(never_happens, false) }
}
#endif

init {
  byte n;
  atomic {
    do
    :: n < KEYS -> row_at[n] = NONE; n++
    :: else -> break
    od;
    row_at[0] = 0;
    append(ROW, 0, 1, COMMITTED);
    n = 0;
    do
    :: n < WORKERS -> run Worker(); n++
    :: else -> break
    od;
    n = 1;
    do
    :: n <= COORDINATORS -> run Coordinator(n); n++
    :: else -> break
    od;
    n = 0
  }
}
