@0x93c1e5d2ab47f60d;
# The evidence of one node as a file (docs/evidence.md). It is a sequence of parts, framed as on the wire: 4 bytes
# length (little-endian), 4 bytes zero, one flat message. Their order: header, policy, reference (in pieces),
# bootLog (in pieces, none if the machine has no boot log), imaLog (in pieces, from entry 0), result, end.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("muster::bundle");
using Records = import "records.capnp";

const version :UInt16 = 2;

struct Part {
  union {
    header @0 :Header;
    policy @1 :Data;             # canonical records::Policy
    reference @2 :Piece;         # canonical records::ReferenceSet
    bootLog @3 :Data;            # binary_bios_measurements
    imaLog @4 :Data;             # binary_runtime_measurements
    result @5 :Data;             # canonical records::Result
    end @6 :Data;                # 32 bytes: chain over all parts before, c(0) = zeros, c(n) = SHA-256(c(n-1) || message n)
  }
}

struct Piece {
  set @0 :UInt8;                 # index into the header's references
  body @1 :Data;
}

struct Header {
  format @0 :Text;               # "muster evidence"
  version @1 :UInt16;
  software @2 :Text;             # the program that wrote it, for people

  # Identity and attestation.
  node @3 :Data;                 # SHA-256 of ekPublic
  ekPublic @4 :Data;             # TPMT_PUBLIC
  generation @5 :UInt64;
  epoch @6 :UInt64;
  number @7 :UInt64;             # of the attestation
  decidedMs @8 :UInt64;          # wall time of the verification
  evidence @9 :Records.Evidence;
  policyDigest @10 :Data;        # of the policy part
  referenceDigests @11 :List(Data); # of the reference parts; empty: the group had none

  # Stated by the service; nothing in this file proves it.
  endorsement @12 :UInt8;        # who vouched for the EK
  admittedBy @13 :Text;
  name @14 :Text;
  group @15 :Text;
  kept @16 :List(Records.Finding); # earlier findings of kind evidence, event and identity that the service keeps
  recordedVerdict @17 :UInt8;    # the verdict on record
  exportedMs @18 :UInt64;        # wall time

  # Proven by an anchor (version 2).
  akCertificate @19 :Data;       # DER; names node id and generation; empty: none is kept
  akChain @20 :List(Data);       # DER, its issuer first, without the anchor; at most 8
  log @21 :LogProof;             # null: none of the records about it is in the log
}

struct LogProof {
  # Proves that records are in the service's log (docs/log.md) under one signed head.
  head @0 :Data;                 # layout: crypto/log_head.hpp
  records @1 :List(Record);      # at most 4

  struct Record {
    leaf @0 :UInt64;
    entry @1 :Data;              # canonical records::AuditEntry
    path @2 :List(Data);         # RFC 9162, 2.1.3.1
  }
}
