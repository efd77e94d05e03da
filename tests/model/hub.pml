/* Streams over two hops (docs/protocol.md 6): H1, the hub beside the agents; H2 above it; S, the service. The hub is not
 * built: this is the model of its design. W is the window, POOL what H2 keeps for all. README.md has the list of the flags.
 *
 * A datum has the tag of the stream that it was sent on; the number of a stream is what travels. A link is a queue that
 * can be lost once (LOSS). With STUCK the agent of the first stream reads nothing.
 */
#ifndef LITERAL
#define ALL
#endif
#ifdef ALL
#ifndef NO_POOL
#define FIX_POOL   /* windows are granted out of the pool; a link is never left unread */
#endif
#ifndef NO_CLOSE
#define FIX_CLOSE  /* numbers rise; a frame for a number that was open once is dropped silently */
#endif
#ifndef NO_INST
#define FIX_INST   /* the map is keyed by link instance and emptied when it is lost */
#endif
#ifndef NO_MARK
#define FIX_MARK   /* window and close wait as marks of the stream (coalesced): reading a link never waits for writing one */
#endif
#endif
#ifdef FIX_MARK
#define G2 true
#define GS true
#else
#define G2 (nfull(dn1) && nfull(up2))
#define GS nfull(dn2)
#endif
#ifndef POOL
#define POOL 2
#endif
#ifndef K
#define K 2
#endif
#ifndef STREAMS
#define STREAMS 2
#endif
#define W 1
#ifndef VIOL
#define VIOL 1
#endif
#define N 4
mtype = { open, data, win, close };
chan up1 = [2] of { mtype, byte, byte };  /* H1 -> H2 */
chan dn1 = [2] of { mtype, byte, byte };  /* H2 -> H1 */
chan up2 = [2] of { mtype, byte, byte };  /* H2 -> S */
chan dn2 = [2] of { mtype, byte, byte };  /* S -> H2 */
byte next1 = 1, next2 = 1, nexttag = 1;
/* H1, by number d */ byte atag[N]; byte acred[N]; byte arx[N]; byte asent[N];
/* by tag */ byte agot[N+1]; byte sgot[N+1]; bool gone[N+1];
/* H2 */ byte d2u[N]; byte u2d[N]; byte ub[N], ubt[N], db[N], dbt[N]; byte ucred[N]; byte dcred[N]; byte pool; byte hi1; byte viol;
bool uc[N], dc[N]; byte uo[N]; byte wd[N], wu[N]; byte ws[N]; byte wa[N];
/* S, by number u */ byte stag[N]; byte scred[N]; byte ssent[N]; byte hi2;
byte nclose, nloss, nopen;
#ifdef STUCK
#define READS(t) (t != 1)
#else
#define READS(t) true
#endif
inline bad() { viol++; assert(viol < VIOL) }   /* repeated = the link ends, with all its agents; W=1 has one datum in flight per closed stream */

active proctype H1() { byte n, t; mtype m; byte i;
  do
  :: atomic { nopen < STREAMS && nfull(up1) && next1 < N -> nopen++; atag[next1] = nexttag; acred[next1] = W; up1!open,next1,nexttag; nexttag++; next1++ }
  :: atomic { nfull(up1) && atag[1] && acred[1] && asent[1] < K -> acred[1]--; asent[1]++; up1!data,1,atag[1] }
  :: atomic { nfull(up1) && atag[2] && acred[2] && asent[2] < K -> acred[2]--; asent[2]++; up1!data,2,atag[2] }
  :: atomic { atag[1] && arx[1] && READS(atag[1]) -> agot[atag[1]]++; arx[1]--; wa[1]++ }
  :: atomic { nfull(up1) && wa[1] && atag[1] -> wa[1]--; up1!win,1,0 }
  :: atomic { nfull(up1) && wa[2] && atag[2] -> wa[2]--; up1!win,2,0 }
  :: atomic { atag[2] && arx[2] && READS(atag[2]) -> agot[atag[2]]++; arx[2]--; wa[2]++ }
  :: atomic { dn1?m,n,t ->
       if
       :: m == data && atag[n] -> assert(t == atag[n]); arx[n]++; assert(arx[n] <= W)      /* no data of another stream; credit kept */
       :: m == win && atag[n] -> acred[n]++
       :: m == close && atag[n] -> gone[atag[n]] = 1; atag[n] = 0; wa[n] = 0; arx[n] = 0; acred[n] = 0; asent[n] = 0
       :: else -> skip
       fi; m = 0; n = 0; t = 0 }
#ifdef CLOSES
  :: atomic { nfull(up1) && nclose < 1 && atag[1] -> nclose++; gone[atag[1]] = 1; up1!close,1,0; atag[1] = 0; wa[1] = 0; arx[1] = 0; acred[1] = 0; asent[1] = 0 }
#endif
#ifdef LOSS
  :: atomic { nloss < 1 && next1 > 1 -> nloss++;                     /* link H1-H2 lost: agents come back on a new link, numbers start again */
       do :: nempty(up1) -> up1?m,n,t :: empty(up1) -> break od; do :: nempty(dn1) -> dn1?m,n,t :: empty(dn1) -> break od;
       i = 1; do :: i < N -> if :: atag[i] -> gone[atag[i]] = 1 :: else fi; atag[i] = 0; wa[i] = 0; arx[i] = 0; acred[i] = 0; asent[i] = 0;
#ifdef FIX_INST
         if :: d2u[i] -> pool = pool - ub[d2u[i]] - db[d2u[i]]; ub[d2u[i]] = 0; ubt[d2u[i]] = 0; db[d2u[i]] = 0; dbt[d2u[i]] = 0; uc[d2u[i]] = 1; u2d[d2u[i]] = 0 :: else fi; d2u[i] = 0; dcred[i] = 0; wd[i] = 0; dc[i] = 0;
#endif
         i++ :: else -> break od;
       hi1 = 0; next1 = 1; nopen--; m = 0; n = 0; t = 0; i = 0 }
#endif
  od
}
active proctype H2() { byte n, t, u; mtype m;
  do
#ifdef FIX_POOL
  :: atomic { nempty(up1) && G2 -> up1?m,n,t;
#else
  :: atomic { nempty(up1) && G2 && pool < POOL -> up1?m,n,t;        /* 'then the hub stops reading downstream' */
#endif
       if
       :: m == open && next2 < N ->
            hi1 = n;
#ifdef FIX_POOL
            if :: (next2 - 1) * 2 * W + 2 * W > POOL * 2 * W -> dc[n] = 1 :: else ->
#else
            if :: true ->
#endif
              d2u[n] = next2; u2d[next2] = n; ucred[next2] = W; dcred[n] = W; uo[next2] = t; next2++ fi
       :: m == data && d2u[n] -> u = d2u[n]; ub[u]++; ubt[u] = t; pool++; assert(ub[u] <= W)
       :: m == win && d2u[n] -> dcred[n]++
       :: m == close && d2u[n] -> u = d2u[n]; uc[u] = 1; pool = pool - ub[u] - db[u]; ub[u] = 0; ubt[u] = 0; db[u] = 0; dbt[u] = 0; u2d[u] = 0; d2u[n] = 0; dcred[n] = 0
       :: else ->
#ifdef FIX_CLOSE
            skip
#else
            if :: m == data -> bad() :: else fi
#endif
       fi; m = 0; n = 0; t = 0; u = 0 }
  :: atomic { nempty(dn2) && G2 -> dn2?m,n,t;
       if
       :: m == data && u2d[n] -> db[n]++; dbt[n] = t; pool++; assert(db[n] <= W)
       :: m == win && u2d[n] -> ucred[n]++
       :: m == close && u2d[n] -> dc[u2d[n]] = 1; wd[u2d[n]] = 0; pool = pool - ub[n] - db[n]; ub[n] = 0; ubt[n] = 0; db[n] = 0; dbt[n] = 0; dcred[u2d[n]] = 0; d2u[u2d[n]] = 0; u2d[n] = 0
       :: else -> 
#ifdef FIX_CLOSE
            skip
#else
            if :: m == data -> bad() :: else fi
#endif
       fi; m = 0; n = 0; t = 0 }
  :: atomic { uo[1] && nfull(up2) -> up2!open,1,uo[1]; uo[1] = 0 }
  :: atomic { uo[2] && !uo[1] && nfull(up2) -> up2!open,2,uo[2]; uo[2] = 0 }
  :: atomic { dc[1] && nfull(dn1) -> dc[1] = 0; dn1!close,1,0 }
  :: atomic { dc[2] && nfull(dn1) -> dc[2] = 0; dn1!close,2,0 }
  :: atomic { wd[1] && nfull(dn1) -> wd[1]--; dn1!win,1,0 }
  :: atomic { wd[2] && nfull(dn1) -> wd[2]--; dn1!win,2,0 }
  :: atomic { wu[1] && !uo[1] && nfull(up2) -> wu[1]--; up2!win,1,0 }
  :: atomic { wu[2] && !uo[2] && nfull(up2) -> wu[2]--; up2!win,2,0 }
  :: atomic { uc[1] && !uo[1] && nfull(up2) -> uc[1] = 0; wu[1] = 0; up2!close,1,0 }
  :: atomic { uc[2] && !uo[2] && nfull(up2) -> uc[2] = 0; wu[2] = 0; up2!close,2,0 }
  :: atomic { ub[1] && !uo[1] && ucred[1] && nfull(up2) -> ub[1]--; ucred[1]--; pool--; up2!data,1,ubt[1]; wd[u2d[1]]++ }
  :: atomic { ub[2] && !uo[2] && ucred[2] && nfull(up2) -> ub[2]--; ucred[2]--; pool--; up2!data,2,ubt[2]; wd[u2d[2]]++ }
  :: atomic { db[1] && u2d[1] && dcred[u2d[1]] && nfull(dn1) -> db[1]--; dcred[u2d[1]]--; pool--; dn1!data,u2d[1],dbt[1]; wu[1]++ }
  :: atomic { db[2] && u2d[2] && dcred[u2d[2]] && nfull(dn1) -> db[2]--; dcred[u2d[2]]--; pool--; dn1!data,u2d[2],dbt[2]; wu[2]++ }
  od
}
active proctype S() { byte n, t; mtype m;
  do
  :: atomic { nempty(up2) && GS -> up2?m,n,t;
       if
       :: m == open -> stag[n] = t; scred[n] = W; hi2 = n
       :: m == data && stag[n] -> assert(t == stag[n]); sgot[t]++; ws[n]++
       :: m == win && stag[n] -> scred[n]++
       :: m == close && stag[n] -> stag[n] = 0; scred[n] = 0; ssent[n] = 0
       :: else -> skip
       fi; m = 0; n = 0; t = 0 }
  :: atomic { nfull(dn2) && stag[1] && ws[1] -> ws[1]--; dn2!win,1,0 }
  :: atomic { nfull(dn2) && stag[2] && ws[2] -> ws[2]--; dn2!win,2,0 }
  :: atomic { nfull(dn2) && stag[1] && scred[1] && ssent[1] < K + 1 -> scred[1]--; ssent[1]++; dn2!data,1,stag[1] }
  :: atomic { nfull(dn2) && stag[2] && scred[2] && ssent[2] < K + 1 -> scred[2]--; ssent[2]++; dn2!data,2,stag[2] }
#ifdef SCLOSES
  :: atomic { nfull(dn2) && nclose < 1 && stag[1] -> nclose++; dn2!close,1,0; gone[stag[1]] = 1; stag[1] = 0; scred[1] = 0; ssent[1] = 0 }
#endif
  od
}
active proctype Monitor() { byte t;
  timeout -> d_step { t = 1;                                        /* nothing moves any more: every stream that lives must have had all its data */
    do :: t < nexttag -> assert(gone[t] || !READS(t) || (agot[t] == K + 1 && sgot[t] == K)); t++ :: else -> break od }
}
