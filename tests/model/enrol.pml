/* Enrolment, symbolic (docs/protocol.md 2): proof first, admission second. The order of the rules is that of
 * standing/admission.hpp. README.md has the list of the flags.
 *
 * Principals: H, an honest machine with TPM 1; an attacker with TPM 2 and a software EK 3. TPM 2 has a second EK that a
 * vendor certified, 4. EK e and AK a are numbers; AK a lives where EK a does. SPKI: 1 is H's, 2 and 3 are the attacker's.
 * Service key 1 is the service's, 2 that of a fake one. The exporter of a session is its number.
 * The attacker opens sessions with its own keys and claims any EK, AK, certificate and token; it offers any credential to
 * H by a fake service, if H lets itself be led there (NOANCHOR), and repeats everything everywhere.
 * A credential (e, a, s) opens only in the TPM of e, with a in it; who opens it knows the secret of s. H answers only
 * with the HMAC over T of its own session.
 */
#ifndef NS
#define NS 2
#endif
#ifdef BYID
#define FPEQ(s) true
#else
#define FPEQ(s) (c_spki[s] == appr_spki && c_ak[s] == appr_ak)
#endif
#ifdef NO_TSPKI
#define TSPKI(s) true
#else
#define TSPKI(s) (c_spki[s] == 1)
#endif
#ifdef NO_TSRV
#define TSRV true
#else
#define TSRV (h_srv == 1)
#endif
#ifdef NO_TEXP
#define TEXP(s) true
#else
#define TEXP(s) (h_exp == s)
#endif
byte c_spki[NS+1], c_ek[NS+1], c_ak[NS+1], c_cert[NS+1], c_tok[NS+1]; /* what the client of session s claimed to S */
byte state[NS+1];        /* 0 free, 1 challenged, 2 proven, 3 over */
byte used;
/* attacker knowledge */
bool knows[NS+1];        /* secret of session s */
/* H's pending answer to a fake service: HMAC(secret of h_sid, T(spki 1, srv 2, exporter 9, nonce of session h_sid)) */
byte h_sid; byte h_srv; byte h_exp;
/* records, by EK 1..4 */
byte r_ak[5], r_spki[5], r_stand[5], r_how[5];  /* stand 0 none 1 pending 2 enrolled 3 revoked */
byte w_ak[5], w_spki[5];                        /* the candidate that waits */
bool r_revoked[5];                              /* kept apart from the record, which a person may forget */
byte tokuses = 1; byte toktriples; bool tokheld[NS+1];
byte appr_ek, appr_ak, appr_spki; bool approved;
byte certs;              /* ghost */
byte phys_revoked;       /* ghost: TPM number revoked */
#define OWNER(e) ((e == 1) -> 1 : ((e == 3) -> 3 : 2))   /* 1 = TPM of H, 2 = attacker's TPM (EKs 2 and 4), 3 = software */
#define CERTOK(c) (c == 1 || c == 2 || c == 4)           /* vendor-certified EKs */

inline issue(s) {
  /* P1: a certificate for id X goes only to an SPKI whose holder controls the TPM of X (in this session) */
  assert(OWNER(c_ek[s]) != 1 || c_spki[s] == 1);
  assert(c_spki[s] != 1 || c_ek[s] == 1);
  /* vendor level means a real TPM of that vendor */
  assert(!(r_how[c_ek[s]] == 1 && c_ek[s] == 3));
#ifdef P_REVOKE
  assert(OWNER(c_ek[s]) != phys_revoked);                /* a revoked machine does not come back: it does, with its second EK */
#endif
  assert(c_ek[s] != 2 || phys_revoked != 2);             /* P6: a revoked EK stays out, forgotten or not */
  certs++; state[s] = 3
}
inline take(s, how) {
  assert(r_stand[c_ek[s]] != 2 || how == 4);              /* P5: another AK of an admitted EK is let in by an approval only */
  r_stand[c_ek[s]] = 2; r_how[c_ek[s]] = how; r_ak[c_ek[s]] = c_ak[s]; r_spki[c_ek[s]] = c_spki[s];
  w_ak[c_ek[s]] = 0; w_spki[c_ek[s]] = 0; issue(s)
}
#ifdef NO_WAIT
#define NEVER_SEEN(s) true
#else
#define NEVER_SEEN(s) (r_stand[c_ek[s]] != 2)
#endif
#ifdef NO_CERTEQ
#define VOUCHED(s) CERTOK(c_cert[s])
#else
#define VOUCHED(s) (CERTOK(c_cert[s]) && c_cert[s] == c_ek[s])
#endif
inline admit(s) {        /* after the proof, in the order of standing/admission.hpp: one change of the node */
  if
  :: r_revoked[c_ek[s]] || r_stand[c_ek[s]] == 3 -> state[s] = 3
  :: else ->
     if
     :: r_stand[c_ek[s]] == 2 && r_ak[c_ek[s]] == c_ak[s] -> r_spki[c_ek[s]] = c_spki[s]; issue(s)       /* re-issue, also for a new node key */
     :: else ->
        if
        :: approved && c_ek[s] == appr_ek && FPEQ(s) ->
             assert(c_spki[s] == appr_spki && c_ak[s] == appr_ak);         /* P2: an approval covers that triple only */
             approved = 0; appr_ek = 0; appr_ak = 0; appr_spki = 0; take(s, 4)
        :: else ->
           if
           :: VOUCHED(s) && NEVER_SEEN(s) -> take(s, 1)
           :: else ->
              if
              :: c_tok[s] && NEVER_SEEN(s) && tokuses > 0 ->
#ifdef TWOTX
                   tokheld[s] = 1                                          /* checked now, used in a second transaction */
#else
                   tokuses--; toktriples++; assert(toktriples <= 1); take(s, 3)
#endif
              :: else -> w_ak[c_ek[s]] = c_ak[s]; w_spki[c_ek[s]] = c_spki[s];     /* it waits, and what is admitted stays */
                   if :: r_stand[c_ek[s]] == 0 -> r_stand[c_ek[s]] = 1 :: else fi; state[s] = 3
              fi
           fi
        fi
     fi
  fi
}
inline prove(s) { state[s] = 2; admit(s) }
inline opened(s) {
  state[s] = 1
#ifdef STOREFIRST
  ; if :: r_stand[c_ek[s]] == 0 -> r_stand[c_ek[s]] = 1; assert(false) :: else fi   /* P4: no record before the proof */
#endif
}
/* H: in its own session with S it answers for itself; TLS keeps others out of it. AK number = EK number for genuine AKs. */
active proctype Honest() { byte s;
  do
  :: atomic { used < NS -> used++; s = used; c_spki[s] = 1; c_ek[s] = 1; c_ak[s] = 1; if :: c_cert[s] = 1 :: c_cert[s] = 0 fi; if :: c_tok[s] = 1 :: c_tok[s] = 0 fi; opened(s) }
     if :: atomic { state[s] == 1 -> prove(s) } :: state[s] = 3 fi
  :: break
  od
}
active proctype Attacker() { byte s; byte i;
  do
  :: atomic { used < NS -> used++; s = used;
       if :: c_spki[s] = 2 :: c_spki[s] = 3 fi;
       select(i : 1 .. 4); c_ek[s] = i; if :: c_ak[s] = c_ek[s] :: c_ak[s] = 1 :: c_ak[s] = 2 fi; if :: c_cert[s] = 0 :: c_cert[s] = c_ek[s] :: c_cert[s] = 1 :: c_cert[s] = 4 fi; if :: c_tok[s] = 1 :: c_tok[s] = 0 fi; i = 0;
       opened(s) }
  /* opens the credential itself: needs the TPM of that EK with that AK in it; a software EK opens for any AK name */
  :: atomic { s > 0 && state[s] == 1 && !knows[s] && ((OWNER(c_ek[s]) == 2 && OWNER(c_ak[s]) == 2) || OWNER(c_ek[s]) == 3) -> knows[s] = 1 }
  /* leads the blob to H through a fake service: H's TPM opens it if it is for EK 1 and AK 1; H answers for its own session with the fake */
#ifdef NOANCHOR
  :: atomic { s > 0 && state[s] == 1 && c_ek[s] == 1 && c_ak[s] == 1 && h_sid == 0 -> h_sid = s; h_srv = 2; h_exp = 9 }
#endif
  /* answers S: HMAC by a known secret and a quote by the AK (attacker must hold it) */
  :: atomic { s > 0 && state[s] == 1 && knows[s] && (OWNER(c_ak[s]) == 2 || OWNER(c_ak[s]) == 3) -> prove(s) }
  /* answers S with what H made: accepted only if every part of T that is in the transcript is equal */
  :: atomic { s > 0 && state[s] == 1 && h_sid == s && TSPKI(s) && TSRV && TEXP(s) -> prove(s) }
  :: break
  od
}
active proctype Rest() { byte e;
  do
  :: atomic { !approved && w_ak[1] -> approved = 1; appr_ek = 1; appr_ak = w_ak[1]; appr_spki = w_spki[1] }   /* the operator saw the fingerprint on the screen */
  :: atomic { !approved && w_ak[3] -> approved = 1; appr_ek = 3; appr_ak = w_ak[3]; appr_spki = w_spki[3] }
  :: atomic { phys_revoked == 0 && r_stand[2] == 2 -> phys_revoked = 2; r_stand[2] = 3; r_revoked[2] = 1 }
  :: atomic { r_stand[2] == 3 -> r_stand[2] = 0; r_how[2] = 0; r_ak[2] = 0; r_spki[2] = 0;                      /* forgotten */
#ifdef NO_OUTLIVES
       r_revoked[2] = 0;
#endif
       skip }
#ifdef TWOTX
  :: atomic { tokheld[1] -> tokheld[1] = 0; tokuses = (tokuses > 0 -> tokuses - 1 : 0); toktriples++; assert(toktriples <= 1); issue(1) }
  :: atomic { tokheld[2] -> tokheld[2] = 0; tokuses = (tokuses > 0 -> tokuses - 1 : 0); toktriples++; assert(toktriples <= 1); issue(2) }
#endif
  :: break
  od
}
