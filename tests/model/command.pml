/* A command and its errand (docs/protocol.md 3): an order at the service, an errand on the node, sessions that end at any
 * moment, restarts on both sides. After standing/command_queue, command_change and node/ra_agent/errand_book. README.md has
 * the list of the flags.
 *
 * Two commands of one kind whose effect cannot be had twice. A newer one replaces an open one, as `reconfigure` does; with
 * UNREGISTER both stay open. `now` is real time; both sides run at one rate and have no common clock. What lies between
 * them delays a frame as long as it likes and cuts a session; it carries no frame into another session, and none twice (TLS).
 */
#ifndef TTL
#define TTL 2
#endif
/* How often a session is cut, and each side restarts. */
#ifndef CUTS
#define CUTS 1
#endif
#ifndef SERVICE
#define SERVICE 1
#endif
#ifndef NODE
#define NODE 1
#endif
#ifndef TMAX
#define TMAX 4
#endif
#define NC 2
#define O_NONE 0
#define O_OPEN 1
#define O_DONE 2
#define O_EXPIRED 3   /* told the operator: it did not run and will not */
#define O_REPLACED 4  /* told the operator: it did not run and will not */
#define O_UNKNOWN 5   /* told the operator: may have run; will not start any more */
#define O_INTERRUPTED 6
byte now;
/* service, stored */
byte st[NC]; byte dl[NC]; bool sent[NC]; bool given[NC];    /* given: with the present session */
#ifdef NO_EPOCH
bool late; byte latecmd, lateval;            /* the word of an older session, which is still being read */
#endif
/* session */
bool up; byte sess;
bool beat; byte beatat;                     /* node -> service, outstanding request; node's send time */
bool rep; byte repcmd; byte reprem;         /* service -> node in the pipe: command + remaining time */
bool res; byte rescmd; byte resval;         /* node -> service in the pipe: an outcome */
/* node, memory */
bool running[NC]; byte until[NC]; bool fin[NC]; byte out[NC]; byte high;  /* the highest started, and 1 */
bool waiting; byte waits_until;              /* the second command, for the first */
/* node, disk */
bool dstart[NC]; bool dfin[NC]; byte dhigh;
/* ghosts */
byte effects[NC]; byte lasteff;
byte ncut, nsrv, nnode, ncmd;

inline drop_session() {
#ifdef NO_EPOCH
  if :: res && !late -> late = 1; latecmd = rescmd; lateval = resval :: else fi;
#endif
  given[0] = 0; given[1] = 0; up = 0; beat = 0; beatat = 0; rep = 0; repcmd = 0; reprem = 0; res = 0; rescmd = 0; resval = 0 }
inline finish(c) {     /* the errand of c has its effect and remembers */
  effects[c]++;
  assert(effects[c] <= 1);                                            /* P1 at most once */
  assert(st[c] != O_EXPIRED && st[c] != O_REPLACED && st[c] != O_INTERRUPTED);  /* P2 never after the operator was told that it did not run */
  assert(now < dl[c]);                                                /* P2b never begins after the service's deadline */
  assert(lasteff <= c);                                               /* P3 an older command has no effect after a newer one of its kind */
  lasteff = c
}

active proctype Clock() { do :: atomic { now < TMAX -> now++ } :: now >= TMAX -> break od }

active proctype Service() { byte c;
  do
  :: atomic { ncmd < NC && now + TTL <= TMAX -> c = ncmd; ncmd++;
       if
#ifndef UNREGISTER
       :: c > 0 && st[c-1] == O_OPEN ->
#ifdef NO_OUT
            st[c-1] = O_REPLACED
#else
            st[c-1] = (sent[c-1] -> O_UNKNOWN : O_REPLACED)
#endif
#endif
       :: else fi;
       st[c] = O_OPEN; dl[c] = (now + TTL); c = 0 }                     /* stored, then acknowledged to the operator */
  :: atomic { up && beat && !rep ->                                     /* the reply; any open command, again in each session */
       if
       :: st[0] == O_OPEN && !given[0] && now < dl[0] -> repcmd = 0; sent[0] = 1; given[0] = 1; reprem = dl[0] - now; rep = 1; beat = 0
       :: st[1] == O_OPEN && !given[1] && now < dl[1] -> repcmd = 1; sent[1] = 1; given[1] = 1; reprem = dl[1] - now; rep = 1; beat = 0
       :: else -> beat = 0
       fi }
  :: atomic { up && res ->                                              /* a late word corrects what was not known, and nothing else */
       assert(resval != O_REPLACED && resval != O_EXPIRED || effects[rescmd] == 0);  /* P4 the node's word is true, too */
       if :: st[rescmd] == O_OPEN || st[rescmd] == O_UNKNOWN -> st[rescmd] = resval :: else fi;
       res = 0; rescmd = 0; resval = 0 }
#ifdef NO_EPOCH
  :: atomic { late ->
       assert(lateval != O_REPLACED && lateval != O_EXPIRED || effects[latecmd] == 0);
       if :: st[latecmd] == O_OPEN || st[latecmd] == O_UNKNOWN -> st[latecmd] = lateval :: else fi;
       late = 0; latecmd = 0; lateval = 0 }
#endif
  :: atomic { nsrv < SERVICE -> nsrv++; drop_session();
#ifdef NO_EPOCH
       late = 0; latecmd = 0; lateval = 0
#endif
     }                      /* restart: only what is stored stays */
  :: now >= TMAX && st[0] != O_OPEN && st[1] != O_OPEN -> break
  od
}

/* the order's deadline, a process of its own so that fairness applies to it */
active proctype Deadlines() {
  do
  :: atomic { st[0] == O_OPEN && now >= dl[0] ->
#ifdef NO_OUT
       st[0] = O_EXPIRED
#else
       st[0] = (sent[0] -> O_UNKNOWN : O_EXPIRED)
#endif
     }
  :: atomic { st[1] == O_OPEN && now >= dl[1] ->
#ifdef NO_OUT
       st[1] = O_EXPIRED
#else
       st[1] = (sent[1] -> O_UNKNOWN : O_EXPIRED)
#endif
     }
  :: now >= TMAX && st[0] != O_OPEN && st[1] != O_OPEN -> break
  od
}

active proctype Hub() {
  do :: atomic { up && ncut < CUTS -> ncut++; drop_session() } :: now >= TMAX -> break od
}

inline answer(o) { if :: !res -> res = 1; rescmd = c; resval = o :: else fi }   /* lost if there is no room: it comes again with the command */
/* `started` is on the disk before the first effect. */
inline start(id, limit) {
  running[id] = 1; until[id] = limit; high = id + 1;
#ifndef NO_WAL
  dstart[id] = 1; dhigh = high;
#endif
  skip
}
#ifdef NO_SEQ
#define LATER(c) false
#define STARTED(c) false
#else
#define LATER(c) (c + 1 < high)
#define STARTED(c) (c + 1 == high)
#endif
#ifdef NO_RUN
#define RUNS(c) false
#else
#define RUNS(c) running[c]
#endif
#ifdef NO_TTL
#define LIMIT (now + reprem)                                            /* from receipt */
#else
#define LIMIT (beatat + reprem)
#endif
/* The end of an errand: with NO_MEM nothing is remembered of it but that it was the highest. */
inline ended(id, how) {
  running[id] = 0; out[id] = how;
#ifndef NO_MEM
  fin[id] = 1; dfin[id] = 1;
#else
  dstart[id] = 0;
#endif
  if :: id == 0 && waiting -> waiting = 0; if :: now < waits_until -> start(1, waits_until) :: else fi; waits_until = 0 :: else fi
}

active proctype Node() { byte c;
  do
  :: atomic { !up -> up = 1 }
  :: atomic { up && !beat && !rep -> beat = 1; beatat = now }
  :: atomic { up && rep -> c = repcmd; rep = 0;
       if
       :: RUNS(c) -> skip                                               /* its outcome comes when there is one */
       :: !RUNS(c) && fin[c] -> answer(out[c])
       :: !RUNS(c) && !fin[c] && STARTED(c) -> answer(O_INTERRUPTED)
       :: !RUNS(c) && !fin[c] && LATER(c) -> answer(O_REPLACED)
       :: !RUNS(c) && !fin[c] && !STARTED(c) && !LATER(c) && now >= LIMIT ->
#ifdef NO_QUIET
            answer(O_EXPIRED)
#else
            if :: c == 1 && waiting -> skip :: else -> answer(O_EXPIRED) fi     /* it waits, by the time that it came with first */
#endif
       :: !RUNS(c) && !fin[c] && !STARTED(c) && !LATER(c) && now < LIMIT ->
            if
#ifndef NO_SEQ
            :: c == 1 && running[0] -> waiting = 1; waits_until = LIMIT
#endif
            :: else -> start(c, LIMIT)
            fi
       fi; repcmd = 0; reprem = 0; c = 0 }
  /* An errand ends without its effect, or has it and may be cut off before it is noted. */
  :: atomic { running[0] && now >= until[0] -> ended(0, O_EXPIRED) }
  :: atomic { running[1] && now >= until[1] -> ended(1, O_EXPIRED) }
  :: atomic { running[0] && now < until[0] -> c = 0; finish(c); if :: ended(0, O_DONE) :: nnode < NODE -> goto crash fi }
  :: atomic { running[1] && now < until[1] -> c = 1; finish(c); if :: ended(1, O_DONE) :: nnode < NODE -> goto crash fi; c = 0 }
  :: atomic { up && !res && fin[0] && (st[0] == O_OPEN || st[0] == O_UNKNOWN) -> res = 1; rescmd = 0; resval = out[0] }
  :: atomic { up && !res && fin[1] && (st[1] == O_OPEN || st[1] == O_UNKNOWN) -> res = 1; rescmd = 1; resval = out[1] }
#ifndef UNREGISTER
  /* Forgotten when its time is up; those of unregister never are. */
  :: atomic { fin[0] && now >= until[0] -> fin[0] = 0; dfin[0] = 0; out[0] = 0; dstart[0] = 0 }
  :: atomic { fin[1] && now >= until[1] -> fin[1] = 0; dfin[1] = 0; out[1] = 0; dstart[1] = 0 }
#endif
  :: atomic { nnode < NODE ->
crash: nnode++; drop_session(); c = 0;
       /* Memory goes. What the disk has as started and not ended is interrupted. */
       running[0] = 0; running[1] = 0; waiting = 0; waits_until = 0; high = dhigh;
       fin[0] = dfin[0] || dstart[0]; fin[1] = dfin[1] || dstart[1];
       if :: dstart[0] && !dfin[0] -> out[0] = O_INTERRUPTED; dfin[0] = 1 :: !dstart[0] && !dfin[0] -> out[0] = 0 :: else fi;
       if :: dstart[1] && !dfin[1] -> out[1] = O_INTERRUPTED; dfin[1] = 1 :: !dstart[1] && !dfin[1] -> out[1] = 0 :: else fi }
  :: now >= TMAX && st[0] != O_OPEN && st[1] != O_OPEN -> break
  od
}
