@0xd7894c3640859418;
# The messages between an agent and the service, inside TLS 1.3 (docs/protocol.md 1 to 4).
# Each direction of each channel has its own root, so a message that its sender may not send does not parse.
# A frame is 4 bytes length (little-endian), 4 bytes zero, one flat message of one segment.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("muster::wire");

const major :UInt16 = 1;
const minor :UInt16 = 0;

struct Hello {
  # The first frame each way.
  major @0 :UInt16;
  minor @1 :UInt16;        # the smaller of the two applies
  features @2 :UInt64;     # none yet
  maxFrame @3 :UInt32;     # largest payload that the sender takes
  bootId @4 :Data;         # 16 bytes; agents on muster/1 only
  logHead @5 :Data;        # signed heads of the service's log that the agent keeps, concatenated; may be empty
  software @6 :Text;       # program and version, for people
  timeMs @7 :UInt64;       # Unix time of the service. On muster/1, agents judge by it the age of what it issued
  trust @8 :UInt64;        # muster-enrol/1 only: the agent's trust list; the service's newest. 0: none
}

struct Fault {
  # Ends the session; no frame follows it.
  code @0 :Code;
  text @1 :Text;           # one sentence for the operator of the other side
  retryAfterMs @2 :UInt32; # 0: no advice, retry as usual

  enum Code {
    internal @0;
    malformed @1;
    version @2;            # the major version differs
    busy @3;
    denied @4;             # by policy, or the proof failed
    revoked @5;
    superseded @6;         # a newer session of the same machine took over
    limit @7;
    unknown @8;            # the service does not know the machine, which has to enrol
    timeout @9;
  }
}

# ------------------------------------------------------------------------------------------ muster-enrol/1

struct StrangerFrame {
  # From an agent that has no certificate yet.
  union {
    hello @0 :Hello;
    request @1 :EnrolRequest;
    proof @2 :EnrolProof;
  }
}

struct EnrolmentFrame {
  # To that agent.
  union {
    hello @0 :Hello;
    challenge @1 :EnrolChallenge;
    admitted @2 :Admitted;
    pending @3 :Pending;
    fault @4 :Fault;
    trust @5 :List(Data);        # signed trust lists newer than the agent's, the oldest first; follows the hello
  }
}

struct EnrolRequest {
  ekCertificates @0 :List(Data); # DER, the EK's own first; empty if the TPM has none
  ekPublic @1 :Data;             # TPMT_PUBLIC
  akPublic @2 :Data;             # TPMT_PUBLIC
  facts @3 :Data;                # flat message MachineFacts, hashed as sent
  token @4 :Data;                # empty, or 32 bytes
}

struct MachineFacts {
  # The machine's own claims: shown, never believed.
  hostname @0 :Text;
  operatingSystem @1 :Text;
  kernel @2 :Text;
  architecture @3 :Text;
  product @4 :Text;
  firmware @5 :Text;
  nodeKeyHome @6 :Text;          # "file" or "tpm"
  measuredBoot @7 :MeasuredBoot;
}

struct MeasuredBoot {
  # The findings of TBProvisioner.
  tpm @0 :Text;                  # manufacturer and firmware; empty if none
  banks @1 :List(UInt16);        # TPM_ALG_ID of the active PCR banks
  eventLog @2 :Bool;
  imaPolicy @3 :Text;            # as named on the kernel's command line; empty if none
  secureBoot @4 :Text;           # "on", "off", "unknown"
  advice @5 :List(Text);         # what to do about each thing that is missing, in plain words
}

struct EnrolChallenge {
  credentialBlob @0 :Data;       # TPM2B_ID_OBJECT contents
  encryptedSecret @1 :Data;      # TPM2B_ENCRYPTED_SECRET contents
  nonce @2 :Data;                # 32 bytes
}

struct EnrolProof {
  hmac @0 :Data;                 # HMAC-SHA-256(secret, T)
  attest @1 :Data;               # TPMS_ATTEST of a quote over sha256:0 with extraData = T
  signature @2 :Data;            # TPMT_SIGNATURE
}

struct Admitted {
  nodeCertificate @0 :Data;      # DER, for the SPKI of this session
  nodeChain @1 :List(Data);      # DER of the issuers, the leaf's issuer first, without the anchor
  akCertificate @2 :Data;
}

struct Pending {
  fingerprint @0 :Data;          # SHA-256(EK TPMT_PUBLIC || AK TPMT_PUBLIC || node SPKI)
  retryAfterMs @1 :UInt32;
  token @2 :UInt8;               # why its token did not count: 0: none came; 1: not accepted; 2: the machine is known
}

# ------------------------------------------------------------------------------------------------- muster/1

struct AgentFrame {
  # From an agent.
  union {
    hello @0 :Hello;
    beat @1 :Beat;
    evidence @2 :Evidence;
    logPart @3 :LogPart;
    report @4 :Report;
    renew @5 :Renew;
    unable @6 :Unable;
  }
}

struct ServiceFrame {
  # To an agent.
  union {
    hello @0 :Hello;
    beatReply @1 :BeatReply;
    evidenceTaken @2 :EvidenceTaken;
    renewed @3 :Renewed;
    fault @4 :Fault;
  }
}

struct Beat {
  sequence @0 :UInt64;           # rises within the session; the reply repeats it
  trust @1 :UInt64;              # number of the trust list on the agent's disk; 0: none
}

struct BeatReply {
  sequence @0 :UInt64;
  intervalMs @1 :UInt32;         # time to the next beat: as set for this machine, else the service's beat
  challenge @2 :Challenge;       # null unless an attestation is wanted
  commands @3 :List(Command);
  logHead @4 :Data;              # newest signed head of the service's log; may be empty
  reconnectSpreadMs @5 :UInt32;  # if this session is lost, reconnect after a random part of this time; 0: not given
  tuning @6 :Tuning;             # null: nothing is set for this machine, and its own configuration applies
  trust @7 :List(Data);          # signed trust lists that are newer than the beat's, the oldest first
}

struct Tuning {
  # The settings made for this machine. Every reply has them, so the agent need not store them. 0 or empty: not set.
  jitterMs @0 :UInt32;
  logLevel @1 :Text;
}

struct PcrSelection {
  algorithm @0 :UInt16;          # TPM_ALG_ID
  mask @1 :UInt32;               # bit i: PCR i
}

struct Challenge {
  number @0 :UInt64;             # of the attestation
  nonce @1 :Data;                # 32 bytes
  selection @2 :List(PcrSelection);
  wantBootLog @3 :Bool;
  imaFirst @4 :UInt64;           # first entry of the IMA log that is wanted
  deadlineMs @5 :UInt32;         # for the whole evidence, counted from when the beat was sent
}

struct Evidence {
  # Part 0 of the evidence. The log parts follow, in order.
  number @0 :UInt64;
  manifest @1 :Data;             # flat message Manifest, hashed as sent
  attest @2 :Data;               # TPMS_ATTEST
  signature @3 :Data;            # TPMT_SIGNATURE
  pcrs @4 :List(PcrValue);       # hints, read before the quote
  last @5 :Bool;                 # true if no log part follows
}

struct PcrValue {
  algorithm @0 :UInt16;
  index @1 :UInt8;
  value @2 :Data;
}

struct LogPart {
  number @0 :UInt64;             # of the attestation
  part @1 :UInt32;               # 1, 2, 3, ...
  log @2 :Log;
  body @3 :Data;                 # at most 256 KiB; parts may be cut at any byte
  last @4 :Bool;                 # true for the last part of the whole evidence

  enum Log { boot @0; ima @1; }  # all boot parts come before the first ima part
}

struct Unable {
  # Replaces the evidence, or the rest of it. It ends the attestation and improves nothing.
  number @0 :UInt64;             # of the attestation
  why @1 :Text;                  # at most 200 characters, for people; claimed by the machine
}

struct EvidenceTaken {
  number @0 :UInt64;             # of an attestation that is durable or refused for good; the agent must not resend it
}

struct Command {
  id @0 :UInt64;
  deadlineMs @1 :UInt32;         # the time left, counted from when the beat was sent that this reply answers
  union {
    attest @2 :Void;             # the challenge comes in this reply or a later one
    renew @3 :Void;
    reconfigure @4 :Void;        # the agent reports that it follows the beat and tuning of the reply that brought this
    unregister @5 :Void;
  }
}

struct Report {
  # Outcome of a command. The agent repeats it until a later beat is answered.
  id @0 :UInt64;
  outcome @1 :Outcome;
  text @2 :Text;

  enum Outcome {
    accepted @0;                 # unregister: will be carried out once the service has received this
    done @1;
    failed @2;
    expired @3;                  # not run
    replaced @4;                 # not run
    interrupted @5;              # was started before a restart, and will not run again
    unsupported @6;              # not run
  }
}

struct Renew {}                  # asks for a certificate for the SPKI of this session

struct Renewed {
  nodeCertificate @0 :Data;
  nodeChain @1 :List(Data);
  retryAfterMs @2 :UInt32;         # not 0: there is no certificate now, and the agent may ask again after this time
}
