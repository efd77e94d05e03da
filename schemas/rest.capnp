@0xcc0eebb50dcceda0;
# What the REST interface says and takes. Digests and ids are lower-case hex; times are RFC 3339 in UTC.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("muster::rest");

struct Finding {
  check @0 :Text;
  kind @1 :Text;                 # claim, evidence, event
  level @2 :Text;                # note, warning, failure
  subject @3 :Text;
  expected @4 :Text;
  found @5 :Text;
  sentence @6 :Text;
  remedy @7 :Text;
}

struct Node {
  id @0 :Text;
  name @1 :Text;
  group @2 :Text;
  shown @3 :Text;                # revoked, pending, untrusted, stale, warning, trusted, unknown
  verdict @4 :Text;              # none, affirming, warning, contraindicated
  freshness @5 :Text;            # fresh, stale
  standing @6 :Text;             # pending, enrolled, revoked
  since @7 :Text;                # of the verdict
  attested @8 :Text;             # newest complete verified attestation; empty if there was none
  validUntil @9 :Text;           # empty if there is no lease
  connected @10 :Bool;
  findings @11 :UInt32;          # failures and warnings
  endorsement @12 :Text;
  admittedBy @13 :Text;
  hostname @14 :Text;            # the machine's own claim
  fingerprint @15 :Text;         # of the candidate that waits for approval; empty if none
}

struct NodeList {
  nodes @0 :List(Node);
  next @1 :Text;                 # pass as ?after= for the next page; empty on the last
}

struct NodeDetail {
  node @0 :Node;
  findings @1 :List(Finding);
  findingsTotal @2 :UInt32;
  generation @3 :UInt64;
  attestation @4 :UInt64;
  bootId @5 :Text;
  resetCount @6 :UInt32;
  restartCount @7 :UInt32;
  imaEntries @8 :UInt64;
  imaDistinct @9 :UInt64;
  passedOver @10 :UInt64;
  pcrs @11 :List(Pcr);
  reference @12 :Text;
  operatingSystem @13 :Text;
  kernel @14 :Text;
  product @15 :Text;
  firmware @16 :Text;
  advice @17 :List(Text);
  sequence @18 :UInt64;
  policy @19 :Text;              # digest of the policy that the verdict was computed with

  struct Pcr {
    bank @0 :Text;
    index @1 :UInt8;
    value @2 :Text;
  }
}

struct ApproveRequest {
  fingerprint @0 :Text;
  group @1 :Text;                # empty: unassigned
  name @2 :Text;                 # empty: none
}

struct NameRequest { name @0 :Text; }

struct AttestRequest { timeoutSeconds @0 :UInt32; }   # 0: the default

struct ReferenceRequest {
  group @0 :Text;
  from @1 :Text;                 # node id or name
}

struct ReferenceAnswer {
  group @0 :Text;
  digest @1 :Text;
  files @2 :UInt64;
  events @3 :UInt64;
  pcrs @4 :UInt64;
}

struct CommandAnswer {
  command @0 :UInt64;
  outcome @1 :Text;              # done, failed, expired, replaced, unknown
  text @2 :Text;
  node @3 :Node;
}

struct Done { sequence @0 :UInt64; }                  # of the record that made it durable

struct Problem {
  # RFC 9457
  type @0 :Text;
  title @1 :Text;
  status @2 :UInt16;
  detail @3 :Text;
  field @4 :Text;
}
