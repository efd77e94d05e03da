/* What people see of one node: verdict, lease, news that are not on record (docs/protocol.md 5, docs/checks.md P9).
 *
 * Written after standing/node_runner, attestation_change, decision, session_changes, unstored_news and
 * service/trust_mgr. NO_X takes one sentence out; README.md has the list.
 *
 * Time: `now` is real time and the clock of the service's machine; it counts from `began` on since that machine
 * booted (CLOCK_BOOTTIME). The wall clock is `now + off`. A lease has L ticks.
 * Policy: `inforce` is its version. Even versions forbid files of class 1, odd ones of class 2. A machine's list is a
 * set of these classes, and grows until it reboots. `x` is a finding of kind event, which no claims on record give
 * again; `vf` is one of kind evidence.
 */
#ifndef L
#define L 2
#endif
#ifndef TMAX
#define TMAX 4
#endif
/* How often each thing may happen: none does unless a slice says so. */
#ifndef BADS      /* something bad is loaded */
#define BADS 0
#endif
#ifndef REBOOTS   /* the machine boots */
#define REBOOTS 0
#endif
#ifndef LIES      /* it names another boot id, and its TPM counted nothing: a kexec, or root who says so */
#define LIES 0
#endif
#ifndef SESSIONS
#define SESSIONS 1
#endif
#ifndef ATTESTS
#define ATTESTS 2
#endif
#ifndef FAILED    /* evidence does not verify */
#define FAILED 1
#endif
#ifndef AGAINS    /* evidence does not go on from the record: whole logs are asked for */
#define AGAINS 0
#endif
#ifndef POLICIES  /* another policy comes into force */
#define POLICIES 0
#endif
#ifndef NAMES     /* a person changes something else of the node */
#define NAMES 0
#endif
#ifndef REVOKES
#define REVOKES 0
#endif
#ifndef ENROLS    /* a new generation is admitted */
#define ENROLS 0
#endif
#ifndef STEPS     /* the wall clock jumps */
#define STEPS 0
#endif
#ifndef RESTARTS  /* the service dies and starts, with its machine or without */
#define RESTARTS 0
#endif
#ifndef DISKFAULTS
#define DISKFAULTS 0
#endif

#define NONE 0
#define GOOD 1
#define BAD 2
/* What people see, worst first. `warning` counts as trusted here. */
#define REVOKED 0
#define UNTRUSTED 1
#define STALE 2
#define UNKNOWN 3
#define TRUSTED 4

typedef Record {
  bool known;                /* a boot was verified */
  byte verdict, version;     /* by that policy */
  byte num, gen;
  byte boot, kid, set;       /* resetCount, boot id of the kernel, claims */
  bool x, vf;
  bool ended;                /* lease_ended */
  byte until, host;          /* the lease, and the boot of the service's machine that it is of */
  byte since;                /* wall time of the verdict */
  bool revoked;
  byte issued                /* ghost: when the challenge was, in real time */
}
Record D;                    /* on the disk */
Record W;                    /* the one change on its way */
byte way;                    /* 0: none; 1: sent; 2: on the disk, and the TrustMgr does not know it yet */
#define RENEWAL 1
#define ATTACH 2
byte tag;                    /* of the change on its way */
bool unrenewed;              /* a renewal was not stored: what waits goes on without */
bool job;                    /* somebody looks for records of an older policy */

/* News that are not on record: each item until a record contains it. */
bool told; bool told_bad; bool told_ended; byte told_num, told_gen, told_version, told_since;
#ifndef NO_ITEMS
bool told_claims, told_rest; /* bad by claims: a record of that policy or a newer one contains it; by something else */
#endif

typedef Evidence {
  byte at;                   /* 0: none; 1: with the Verifier; 2: with TrustMgr, waits for its turn */
  byte kind; bool whole;     /* logs */
  byte ep, num, gen, version, boot, kid, set; bool x; byte issued;
  bool ticket                /* shown as untrusted until it had its turn */
}
#define VERIFIED 1
#define FAILS 2
#define AGAIN 3
Evidence R[2];               /* of the newest session and of the one before */

byte now, off = 2, began, host;
byte inforce;
byte inc, ep, num; bool live, asked, asked_whole; byte asked_at, asked_version, skid;
byte hello_kid; bool hello_dead;
byte m_boot, m_kid, m_set; bool m_x;      /* the machine */
byte c_bad, c_lie, c_ses, c_att, c_fail, c_again, c_name, c_enrol, c_step, c_start, c_disk; bool c_rev;
/* Ghosts */
byte was, is = UNKNOWN;
bool gx; byte gx_boot;       /* a finding of kind event is on record, of that boot */
bool gv;                     /* evidence failed: decided, and no later attestation has ended it */
bool ge;                     /* the lease ended: decided, and no later attestation has begun another */
byte gk;                     /* the boot that the newest session names */
bool grev;
#ifdef READER
byte reading, read_seen, read_news, best; /* people look at news first, then at the record */
#endif

#define CLOCK (now - began)
#define WALL (now + off)
#define SINCE(r) (2 * WALL + (r.verdict == BAD -> 1 : 0))     /* within a tick the bad news are the later ones */
#define FORBIDS(v, s) (((s) & (1 << ((v) % 2))) != 0)
#define JUDGED(r) ((FORBIDS(r.version, r.set) || r.x || r.vf) -> BAD : GOOD)
#ifdef NO_CLOCK
#define FRESH(r) (!r.ended && r.until != 0 && WALL < r.until)
#else
#ifdef NO_HOST
#define FRESH(r) (!r.ended && r.until != 0 && CLOCK < r.until)
#else
#define FRESH(r) (!r.ended && r.until != 0 && CLOCK < r.until && r.host == host)
#endif
#endif
#define WORD(r) (r.revoked -> REVOKED : (r.verdict == BAD -> UNTRUSTED : (r.verdict == NONE -> UNKNOWN : (FRESH(r) -> TRUSTED : STALE))))
#define WAITS(i) (R[i].at == 2 && R[i].ticket)
#define NEWS ((told && told_bad) || WAITS(0) || WAITS(1) -> UNTRUSTED : (told -> STALE : TRUSTED))
#ifdef NO_ITEMS
#define SEEN(news) (D.revoked -> REVOKED : (news == TRUSTED -> WORD(D) : news))
#else
#define SEEN(news) (news < WORD(D) -> news : WORD(D))
#endif
#define TOLD_BAD(i) (R[i].kind == FAILS || (R[i].kind == VERIFIED && (R[i].x || FORBIDS(R[i].version, R[i].set))))
#define OVERTAKEN(i) (R[i].gen != D.gen || (D.num > R[i].num && D.known && D.kid != R[i].kid))
#define DUE (D.known && !D.revoked && D.version != inforce && !unrenewed)
#define FREE (way == 0 && !DUE)

inline copy(a, b) {
  a.known = b.known; a.verdict = b.verdict; a.version = b.version; a.num = b.num; a.gen = b.gen; a.boot = b.boot; a.kid = b.kid; a.set = b.set;
  a.x = b.x; a.vf = b.vf; a.ended = b.ended; a.until = b.until; a.host = b.host; a.since = b.since; a.revoked = b.revoked; a.issued = b.issued
}
inline clear(a) {
  a.known = 0; a.verdict = 0; a.version = 0; a.num = 0; a.gen = 0; a.boot = 0; a.kid = 0; a.set = 0; a.x = 0; a.vf = 0; a.ended = 0; a.until = 0;
  a.host = 0; a.since = 0; a.revoked = 0; a.issued = 0
}
inline drop(i) {
  R[i].at = 0; R[i].kind = 0; R[i].whole = 0; R[i].ep = 0; R[i].num = 0; R[i].gen = 0; R[i].version = 0; R[i].boot = 0; R[i].kid = 0; R[i].set = 0;
  R[i].x = 0; R[i].issued = 0; R[i].ticket = 0
}
inline forget_news() { told = 0; told_bad = 0; told_ended = 0; told_num = 0; told_gen = 0; told_version = 0; told_since = 0;
#ifndef NO_ITEMS
  told_claims = 0; told_rest = 0
#endif
}

inline look() {
  was = is; is = SEEN(NEWS);
  if :: is == REVOKED -> grev = 1 :: else fi;
  assert(is != TRUSTED || now < D.issued + L);                    /* a lease counts from the challenge, in real time */
  assert(is != TRUSTED || (D.num > 0 && D.known));                /* of a complete attestation */
  assert(is != TRUSTED || (!D.vf && !D.x && !FORBIDS(D.version, D.set)));
  assert(is != TRUSTED || !(gx && gx_boot == D.boot));            /* an event holds until the TPM is reset */
  assert(is != TRUSTED || D.kid == gk);                           /* of the boot that the machine names */
  assert(is != TRUSTED || !ge);
  assert(is <= UNTRUSTED || !gv);                                 /* failed evidence holds until a later attestation */
  assert(is <= UNTRUSTED || way == 0 || W.verdict != BAD);        /* what is decided is shown */
  assert(is <= STALE || way == 0 || !W.ended || W.verdict == NONE);
  assert(!grev || is == REVOKED);
  /* What was told is shown, whatever it waits for. */
  assert(is <= UNTRUSTED || R[0].at != 2 || !TOLD_BAD(0) || OVERTAKEN(0));
  assert(is <= UNTRUSTED || R[1].at != 2 || !TOLD_BAD(1) || OVERTAKEN(1));
#ifdef READER
  /* What is told while somebody reads is in what he reads next. */
  if :: reading == 1 && NEWS < read_seen -> reading = 2 :: reading == 1 && NEWS >= read_seen && is > best -> best = is :: else fi
#endif
}

/* ---- one change of a node after the other: standing/node_runner ---- */

/* `decided` of standing/unstored_news, and the batch goes to the store. */
inline send(what) {
  assert(W.version >= D.version);                                 /* nobody is judged by what is not in force any more */
  way = 1; tag = what;
#ifndef NO_NEWS
#ifdef NO_ITEMS
  failed = (W.verdict == BAD && D.verdict != BAD); closed = (W.ended && !D.ended);
  if
  :: (failed || closed) && !(told && told_bad && !failed) ->
       told = 1; told_bad = (W.verdict == BAD); told_ended = W.ended; told_num = W.num; told_gen = W.gen; told_version = W.version; told_since = W.since
  :: else
  fi;
#else
  /* News are added to those that no record contains yet; each ends with a record that has it. */
  failed = (W.verdict == BAD && D.verdict != BAD) || (W.vf && !D.vf); closed = (W.ended && !D.ended);
  if
  :: failed || closed ->
       told = 1; told_num = W.num; told_gen = W.gen; told_ended = told_ended || closed; told_bad = told_bad || failed;
       if :: W.vf && !D.vf -> told_rest = 1 :: else fi;
       if :: failed && (!W.vf || D.vf) -> told_claims = 1; told_version = W.version :: else fi
  :: else
  fi;
#endif
  failed = 0; closed = 0;
#endif
  skip
}
/* `settle` of it: D is on record. */
inline settle_news() {
#ifdef NO_ITEMS
  if
  :: told && (D.gen != told_gen || (D.num > told_num && (D.verdict == BAD || !D.ended))
              || (D.num == told_num && D.version >= told_version && D.since >= told_since && (D.ended || !told_ended))) -> forget_news()
  :: else
  fi
#else
  if
  :: told && (D.gen != told_gen || (D.num > told_num && (D.verdict == BAD || !D.ended))) -> forget_news()
  :: told && D.gen == told_gen && !(D.num > told_num && (D.verdict == BAD || !D.ended)) ->
       if :: D.ended -> told_ended = 0 :: else fi;
       if :: D.vf -> told_rest = 0 :: else fi;
       if :: D.version >= told_version -> told_claims = 0 :: else fi;
       told_bad = told_rest || told_claims;
       if :: !told_bad && !told_ended -> forget_news() :: else fi
  :: else
  fi
#endif
}
inline open_session() {
  ep++; live = !hello_dead; asked = 0; asked_whole = 0; asked_at = 0; asked_version = 0; skid = hello_kid; hello_dead = 0; hello_kid = 0;
  if :: !live -> skid = 0 :: else fi;
#ifdef NO_NUM
  skip
#else
  num = (D.num > inc * 4 -> D.num : inc * 4)
#endif
}
inline lose_session() { live = 0; asked = 0; asked_whole = 0; asked_at = 0; asked_version = 0; skid = 0; num = 0 }

/* What is on record, judged by what is in force. */
inline judge_again() {
  if :: W.known && W.version != inforce -> W.version = inforce;
#ifdef NO_FINDINGS
        W.vf = 0;
#endif
        if :: W.verdict != JUDGED(W) -> W.verdict = JUDGED(W); W.since = SINCE(W) :: else fi
     :: else fi
}
inline renew_record() { copy(W, D); judge_again(); send(RENEWAL) }

/* ---- the end of an attestation: standing/attestation_change, standing/decision ---- */
inline fail_it() { W.vf = 1; if :: W.verdict != BAD -> W.verdict = BAD; W.since = SINCE(W) :: else fi; W.until = 0; W.issued = 0; W.version = inforce; gv = 1 }
inline end_it() { W.ended = 1; W.until = 0; W.issued = 0; ge = 1 }
inline decide_it(i) {
  newest = live && R[i].ep == ep && R[i].num > D.num;
  /* The newest of the open session is never an older one. */
  assert(!(live && R[i].ep == ep) || newest || D.revoked);
  judged = 1;
#ifdef NO_JUDGE
  skip;
#else
  if :: R[i].version != inforce -> if :: judged = 0 :: skip fi :: else fi;
#endif
  copy(W, D); judge_again();
  if
  :: D.revoked -> clear(W)
  :: !D.revoked && (!newest || !judged) ->
       /* Of an older session or number, or by what cannot be judged any more: only what is bad counts. */
       if
#ifdef NO_LATE
       :: !newest -> clear(W); if :: R[i].kind == FAILS && !OVERTAKEN(i) -> gv = 1 :: else fi
#endif
       :: R[i].kind == AGAIN && R[i].gen == D.gen && D.known && !D.ended && R[i].boot > D.boot -> end_it()
       :: R[i].kind != AGAIN && !OVERTAKEN(i) && (R[i].kind == FAILS || R[i].x || FORBIDS(inforce, R[i].set)) -> fail_it()
       :: else -> clear(W)
       fi
  :: else ->
       if
       :: R[i].kind == AGAIN -> W.num = R[i].num; end_it()
       :: R[i].kind == FAILS -> W.num = R[i].num; fail_it()
       :: else ->
            assert(R[i].gen == D.gen);
            if
#ifdef NO_RESET
            :: !W.known || W.kid != R[i].kid -> W.set = R[i].set; W.x = R[i].x; W.vf = 0
#else
            :: (W.known && W.kid != R[i].kid && R[i].boot == W.boot) || (!W.known && R[i].boot <= W.boot) -> W.set = R[i].set; W.x = W.x || R[i].x; W.vf = 0
            :: (W.known && W.kid != R[i].kid && R[i].boot != W.boot) || (!W.known && R[i].boot > W.boot) -> W.set = R[i].set; W.x = R[i].x; W.vf = 0
#endif
            :: W.known && W.kid == R[i].kid -> W.set = W.set | R[i].set; W.x = W.x || R[i].x; if :: R[i].whole -> W.vf = 0 :: else fi
            fi;
            W.known = 1; W.num = R[i].num; W.boot = R[i].boot; W.kid = R[i].kid;
#ifdef NO_JUDGE
            W.version = R[i].version;
#else
            W.version = inforce;
#endif
            if :: W.verdict != JUDGED(W) -> W.verdict = JUDGED(W); W.since = SINCE(W) :: else fi;
            W.ended = 0; W.host = host; W.issued = R[i].issued;
#ifdef NO_CLOCK
            W.until = R[i].issued + off + L;
#else
            W.until = R[i].issued + L - began;
#endif
            ge = 0; gk = R[i].kid; if :: R[i].whole || !D.vf -> gv = 0 :: else fi
       fi
  fi;
  newest = 0; judged = 0; drop(i); unrenewed = 0;
  if :: W.num != 0 || W.known || W.vf || W.ended -> send(0) :: else -> clear(W) fi
}
/* It comes to TrustMgr. Nothing that came before waits, or else it waits, too. */
inline arrive(i) {
  R[i].at = 2;
#ifndef NO_TURN
#ifdef NO_TICKET
  if :: way != 0 -> R[i].ticket = TOLD_BAD(i) :: else fi;
#else
  R[i].ticket = TOLD_BAD(i);
#endif
#endif
  if
  :: way == 0 && !DUE -> decide_it(i)
  :: way == 0 && DUE -> renew_record()
  :: else
  fi
}

active proctype World() {
  bool failed, closed, newest, judged; byte t;
  do
  :: atomic { now < TMAX -> now++; look() }
  /* ---- the machine ---- */
  :: atomic { c_bad < BADS && (m_set & 1) == 0 -> c_bad++; m_set = m_set | 1 }
  :: atomic { c_bad < BADS && (m_set & 2) == 0 -> c_bad++; m_set = m_set | 2 }
  :: atomic { c_bad < BADS && !m_x -> c_bad++; m_x = 1 }
  :: atomic { m_boot < REBOOTS -> m_boot++; m_kid++; m_set = 0; m_x = 0; lose_session(); if :: tag == ATTACH -> hello_dead = 1 :: else fi; look() }
  :: atomic { c_lie < LIES -> c_lie++; m_kid++; m_x = 0; lose_session(); if :: tag == ATTACH -> hello_dead = 1 :: else fi; look() }
  /* ---- sessions ---- */
  :: atomic { c_ses < SESSIONS && FREE && !D.revoked ->
       c_ses++; hello_kid = m_kid; gk = m_kid; unrenewed = 0;
#ifdef NO_HELLO
       open_session();
#else
       if :: D.known && D.kid != m_kid && !D.ended -> copy(W, D); end_it(); send(ATTACH)
          :: else -> open_session()
       fi;
#endif
       look() }
  :: atomic { live && !asked && c_att < ATTESTS && now + L < TMAX && R[ep % 2].at == 0 ->
       c_att++; asked = 1; num++; asked_at = now; asked_version = inforce;
       if :: !D.known || D.kid != skid -> asked_whole = 1 :: else -> if :: asked_whole = 1 :: asked_whole = 0 fi fi }
  :: atomic { live && asked ->
       t = ep % 2; R[t].at = 1; R[t].whole = asked_whole; R[t].ep = ep; R[t].num = num; R[t].gen = D.gen; R[t].version = asked_version; R[t].boot = m_boot;
       R[t].kid = skid; R[t].set = m_set; R[t].x = m_x; R[t].issued = asked_at; asked = 0; asked_whole = 0; asked_at = 0; asked_version = 0;
       if
       :: R[t].kind = VERIFIED
       :: c_fail < FAILED -> c_fail++; R[t].kind = FAILS
       :: c_again < AGAINS -> c_again++; R[t].kind = AGAIN
       fi; t = 0 }
  :: atomic { R[0].at == 1 && (way != 0 || R[1].at != 2) -> arrive(0); look() }
  :: atomic { R[1].at == 1 && (way != 0 || R[0].at != 2) -> arrive(1); look() }
  /* ---- the next change of the node ---- */
  :: atomic { R[0].at == 2 && FREE -> decide_it(0); look() }
  :: atomic { R[1].at == 2 && FREE -> decide_it(1); look() }
  :: atomic { way == 0 && D.known && !D.revoked && D.version != inforce && (job || DUE && (R[0].at == 2 || R[1].at == 2)) -> renew_record(); look() }
  :: atomic { c_name < NAMES && FREE && D.num > 0 -> c_name++; unrenewed = 0; copy(W, D); send(0); look() }
  :: atomic { c_enrol < ENROLS && FREE && D.known && !D.revoked ->
       c_enrol++; unrenewed = 0; copy(W, D); W.gen = D.gen + 1; W.known = 0; W.kid = 0; W.set = 0; W.until = 0; W.issued = 0;
       if :: W.verdict == GOOD -> W.verdict = NONE; W.since = SINCE(W) :: else fi;
       lose_session(); send(0); look() }
  :: atomic { c_rev < REVOKES && D.num > 0 && !D.revoked &&
#ifdef NO_ONE
              true ->
#else
              FREE ->
#endif
       c_rev = 1; unrenewed = 0;
#ifdef NO_ONE
       D.revoked = 1; lose_session();                             /* beside the change on its way */
#else
       copy(W, D); W.revoked = 1; lose_session(); send(0);
#endif
       look() }
  /* ---- the disk ---- */
  :: atomic { way == 1 -> copy(D, W); way = 2;
       if :: D.x && !gx -> gx = 1; gx_boot = D.boot :: gx && D.boot > gx_boot && !D.x -> gx = 0; gx_boot = 0 :: else fi;
       clear(W); look() }
  :: atomic { way == 2 -> way = 0; settle_news();
       if :: tag == ATTACH -> open_session() :: else fi; tag = 0; look() }
  :: atomic { way == 1 && c_disk < DISKFAULTS -> c_disk++; way = 0;
       if :: tag == RENEWAL -> unrenewed = 1 :: tag == ATTACH -> hello_dead = 0; hello_kid = 0 :: else fi;
       tag = 0; clear(W); look() }
  /* ---- people, clocks, and the end of the process ---- */
  :: atomic { inforce < POLICIES && D.known -> inforce++; job = 1; unrenewed = 0; look() }
  :: atomic { c_step < STEPS && off >= 2 -> c_step++; off = off - 2; look(); assert(is == was) }
  :: atomic { c_step < STEPS && off < 4 -> c_step++; off = off + 2; look(); assert(is == was) }
  :: atomic { c_start < RESTARTS && (c_rev == 0 || D.revoked) -> c_start++;
       t = told || WAITS(0) || WAITS(1);
       way = 0; tag = 0; clear(W); drop(0); drop(1); forget_news(); lose_session(); hello_kid = 0; hello_dead = 0; ep = 0; unrenewed = 0; inc++;
       gv = gv && D.vf; ge = ge && D.ended; if :: !D.ended -> gk = D.kid :: else fi;
#ifdef NO_FOUND
       job = 0;
#else
       job = 1;
#endif
       if :: began = now; host++ :: skip fi;
       look(); assert(is <= was || t); t = 0 }                    /* better only by news that no disk had */
#ifdef READER
  :: atomic { reading == 0 -> reading = 1; best = is; read_seen = NEWS;
#ifdef NO_ORDER
       read_news = WORD(D)                                        /* the record first */
#else
       read_news = NEWS
#endif
     }
  :: atomic { reading > 0 ->
#ifdef NO_ORDER
       t = (NEWS == TRUSTED -> read_news : NEWS);
#else
       t = SEEN(read_news);
#endif
       assert(reading == 2 || t <= best); reading = 0; t = 0; best = 0; read_news = 0; read_seen = 0 }
#endif
  :: timeout ->
       /* Nothing happens any more: no lease is left, and nobody was forgotten. */
       assert(is != TRUSTED);
       assert(!D.known || D.revoked || D.version == inforce);
       assert(R[0].at == 0 && R[1].at == 0);
       break
  od
}
