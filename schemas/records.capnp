@0xec323f7be9d3c808;
# The records of the store (docs/protocol.md 8). The service builds them itself, in canonical form, but reads them under
# the limits for foreign bytes. REST never shows one of them.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("muster::records");

struct Finding {
  kind @0 :UInt8;                # finding_kind
  level @1 :UInt8;               # severity
  check @2 :Text;
  subject @3 :Text;
  expected @4 :Text;
  found @5 :Text;
  sentence @6 :Text;
  remedy @7 :Text;
}

struct Candidate {
  # A proven identity that has not been admitted yet.
  ekPublic @0 :Data;
  akPublic @1 :Data;
  nodeSpki @2 :Data;
  facts @3 :Data;
  endorsement @4 :UInt8;         # of the EK itself
  source @5 :Text;               # "address:port", "unix:uid=1000" or "vsock:3:1025" of the peer, for people and for limits
  sinceMs @6 :UInt64;            # wall time
  expiresMs @7 :UInt64;          # wall time
  approvedFingerprint @8 :Data;  # empty until an operator approved
  approvedBy @9 :Text;
  group @10 :Text;               # given by the approval
  name @11 :Text;
  ekChain @12 :List(Data);       # as in Node
}

struct Node {
  # Identity of a machine; key: node id. Written at enrolment, approval, naming and revocation, among others.
  version @0 :UInt16;
  standing @1 :UInt8;
  generation @2 :UInt64;
  ekPublic @3 :Data;
  akPublic @4 :Data;
  nodeSpki @5 :Data;
  endorsement @6 :UInt8;
  admittedBy @7 :Text;           # how it was admitted: "vendor", "operator uid=0", ...
  admittedMs @8 :UInt64;
  group @9 :Text;
  name @10 :Text;
  facts @11 :Data;
  certificateSerial @12 :Data;   # of the certificate that its newest session presented; empty: no session yet
  certificateNotAfterMs @13 :UInt64;
  candidate @14 :Candidate;      # null unless a (new) generation waits for admission
  revokedMs @15 :UInt64;
  revokedBy @16 :Text;
  revokedReason @17 :Text;       # in the operator's words; empty: none was given
  ekChain @18 :List(Data);       # certificates from all proofs (standing/vouching.hpp), DER; empty: none was sent
  admissionLevel @19 :UInt8;     # endorsement that the admission alone gives, apart from who vouches for the EK
  doubt @20 :Text;               # why nobody vouches for the EK, or why it is denied; empty: neither
  denied @21 :Bool;              # by admission.deny
  tuning @22 :Tuning;            # null: nothing is set for it
}

struct Tuning {
  # The settings made for one machine. 0 or empty: not set.
  beatMs @0 :UInt32;
  jitterMs @1 :UInt32;
  logLevel @2 :Text;
}

struct AkCertificate {
  # The newest certificate of a machine's AK; key: node id.
  generation @0 :UInt64;         # as named in it
  certificate @1 :Data;          # DER
  chain @2 :List(Data);          # DER, its issuer first, without the anchor
  issuedMs @3 :UInt64;           # wall time; equal to that of the log record that names it
}

struct PcrValue {
  algorithm @0 :UInt16;
  index @1 :UInt8;
  value @2 :Data;
}

struct AfterLog {
  # What a PCR was extended with after the boot log ended.
  pcr @0 :UInt8;
  unexplained @1 :Bool;          # nothing known explains the value
  phases @2 :List(UInt8);        # os_phase, in their order; empty if unexplained
}

struct State {
  # State of a machine's attestations; key: node id. Written with every attestation.
  version @0 :UInt16;
  generation @1 :UInt64;
  epoch @2 :UInt64;
  number @3 :UInt64;             # of the newest attestation that was decided
  verdict @4 :UInt8;
  sinceMs @5 :UInt64;            # wall time from which people see this verdict
  attestedMs @6 :UInt64;         # wall time of the newest complete verified attestation
  leaseBootId @7 :Data;          # of the service's kernel
  leaseUntilMs @8 :UInt64;       # CLOCK_BOOTTIME under that boot id; 0: no lease
  validUntilMs @9 :UInt64;       # wall time, for display
  resultSequence @10 :UInt64;
  # The boot that was verified.
  bootId @11 :Data;
  resetCount @12 :UInt32;
  restartCount @13 :UInt32;
  clock @14 :UInt64;
  imaCount @15 :UInt64;
  pcrs @16 :List(PcrValue);      # verified values of all quoted PCRs, after imaCount entries
  imaMask @17 :UInt32;           # bit i: IMA extends PCR i
  bootLogDigest @18 :Data;       # SHA-256 of the verified boot log; empty if there is none
  paddedBanks @19 :List(UInt16); # banks that IMA extends with zero-padded SHA-1
  findings @20 :List(Finding);   # at most 256
  findingsTotal @21 :UInt32;     # number of all findings, also those not kept
  passedOver @22 :UInt64;        # IMA entries under an excluded prefix
  referenceDigest @23 :Data;     # set that the findings were computed with; empty if none
  appraisalVersion @24 :UInt64;
  evidenceKept @25 :Bool;        # whether the evidence of resultSequence is to be kept
  fullLogAskedMs @26 :UInt64;    # wall time of the last request for the full log after a mismatch
  owesWholeLogs @27 :Bool;       # no lease until the whole logs verify
  mustEnrol @28 :Bool;           # its TPM counters went backwards: nothing counts until it has enrolled again
  bootClaims @29 :Data;          # content address of the BootClaims of this boot; empty if there are none
  aggregateBank @30 :UInt16;     # bank of this boot's boot_aggregate if not SHA-256: quote its PCRs 0-9 as well; else 0
  clockSafe @31 :Bool;           # of the quote that gave clock
  alarm @32 :Finding;            # two hosts use this identity; null unless that alarm is raised
  bootsSeen @33 :List(Data);     # kernel boot ids that attested under these counters, newest last, at most 8
  keysSeen @34 :List(Data);      # SHA-256 of this generation's node keys before the present one, at most 8
  policyDigest @35 :Data;        # policy that the verdict was computed with; empty before the first verdict
  stagedDigest @36 :Data;        # set of a staged upgrade that passed next to referenceDigest; empty if there was none
  pins @37 :Data;                # keys that verified the signatures of this boot's files; empty: none
  log @38 :UInt32;               # number of the raw log of this boot (LogPart); 0: none is kept
  lastLog @39 :UInt32;           # number of the raw log of the previous boot; 0: none is kept
  provenResult @40 :UInt64;      # newest result whose evidence verified, if that of resultSequence did not; else 0
  afterLogKnown @41 :Bool;       # a boot log was compared with the PCRs of this boot; false in old records
  afterLog @42 :List(AfterLog);  # PCRs that were extended after the boot log; pcrs has their values
  leaseAfterLoss @43 :UInt64;    # wholeSize of the newest loss acknowledged before the lease was given; 0: none was
}

struct Result {
  # One attestation that was decided; key: sequence.
  version @0 :UInt16;
  node @1 :Data;
  generation @2 :UInt64;
  epoch @3 :UInt64;
  number @4 :UInt64;
  verdict @5 :UInt8;
  decidedMs @6 :UInt64;
  findings @7 :List(Finding);
  evidence @8 :Evidence;         # null in results that were made without evidence
  referenceDigest @9 :Data;      # set that it was compared with; empty if none
  policyDigest @10 :Data;        # policy that it was judged by
  stagedDigest @11 :Data;        # set of a staged upgrade that passed next to referenceDigest; empty if there was none
  endorsement @12 :UInt8;        # who vouched for the EK at that time
  log @13 :UInt32;               # number of the raw log that its quote covers; 0: its evidence did not verify
}

struct Evidence {
  # Part 0 as received, and the data needed to verify it again.
  manifest @0 :Data;
  attest @1 :Data;
  signature @2 :Data;
  pcrs @3 :List(PcrValue);
  nonce @4 :Data;
  exporter @5 :Data;
  nodeSpki @6 :Data;
  akPublic @7 :Data;
}

struct FileEntry {
  # One distinct IMA measurement, stored once for the fleet; key: its number.
  algorithm @0 :UInt16;
  digest @1 :Data;               # of kind unknown_hash: name of the algorithm, NUL, digest
  path @2 :Data;                 # foreign text, any bytes; for a violation only a hint, empty if it is not kept
  package @3 :UInt32;            # in a reference set: index into its packages, plus one; else 0
  kind @4 :UInt8;                # file_kind; a violation has a digest of zeros, because no other digest is covered
  signature @5 :UInt8;           # file_signature, as it was when the entry was verified
  signer @6 :Data;               # SHA-256 of the signer's public key; empty unless the signature holds
}

struct Claims {
  # One page of the distinct measurements of one boot of one machine; key: node id, page (claim_table.cpp).
  files @0 :List(UInt32);        # numbers of FileEntry
}

struct BootClaims {
  # What was verified about a boot: appraisal's boot_content. Content-addressed, so machines that boot alike share one.
  version @0 :UInt16;
  pcrs @1 :List(PcrValue);
  hasLog @2 :Bool;
  bank @3 :UInt16;
  events @4 :List(Event);
  oddities @5 :List(Oddity);
  secureBoot @6 :UInt8;
  commandLine @7 :Data;          # foreign text, any bytes
  commandLineKnown @8 :Bool;
  aggregate @9 :UInt8;
  imaBanks @10 :List(Bank);
  variables @11 :List(Variable); # of Secure Boot, covered by a digest
  unusedLog @12 :UInt8;          # unused_log
  afterLog @13 :List(AfterLog);  # PCRs that were extended after the log; pcrs has the values at the end of the log
  imaPolicyFile @14 :UInt8;      # policy_file
  imaPolicyAlgorithm @15 :UInt16;
  imaPolicyDigest @16 :Data;     # empty if the list has no such file
  imaEntries @17 :UInt8;         # of the list; 2 means two or more
  imaPcrs @18 :UInt32;           # bit i: IMA log entries that name PCR i lead to its value
  imaInitAlgorithm @19 :UInt16;
  imaInitDigest @20 :Data;       # of the file that ran first under the name of init; empty if nothing did in its place
  byValue @21 :UInt32;           # bit i: PCR i has a value to which the events of the log do not lead

  struct Event {
    pcr @0 :UInt8;
    type @1 :UInt32;
    number @2 :UInt32;
    digest @3 :Data;
    text @4 :Data;
    label @5 :Text;
    hint @6 :Data;
  }
  struct Oddity {
    kind @0 :UInt8;
    pcr @1 :UInt8;
    detail @2 :Data;
  }
  struct Bank {
    algorithm @0 :UInt16;
    paddedSha1 @1 :Bool;
  }
  struct Variable {
    name @0 :Text;
    digest @1 :Data;             # in the bank of the events
    size @2 :UInt64;
    entries @3 :UInt64;          # signatures in it
    mode @4 :UInt8;              # its value, if it is one byte
  }
}

struct ReferenceSet {
  # Content-addressed; key: SHA-256 of the canonical record.
  version @0 :UInt16;
  pcrs @1 :List(PcrValue);       # PCRs that must be equal
  events @2 :List(PcrEvents);    # ordered event digests of each PCR that is compared by event
  files @3 :List(FileEntry);
  origin @4 :Text;               # "node <id>", for people
  leftOut @5 :List(EventRule);   # events that are in no list and are not compared; sorted
  packages @6 :List(Package);    # packages that files of the set belong to; sorted

  struct PcrEvents {
    index @0 :UInt8;
    algorithm @1 :UInt16;
    events @2 :List(Event);
  }
  struct Event {
    digest @0 :Data;
    type @1 :UInt32;
    text @2 :Data;               # only if the digest covers it; foreign text, any bytes
  }
}

struct Policy {
  # How findings weigh, what is skipped, and what must be proven. Its canonical bytes are its identity: their SHA-256
  # is the digest that results carry. Lists whose order has no meaning are sorted.
  version @0 :UInt16;
  fileMode @1 :UInt8;            # file_mode
  violations @2 :UInt8;          # violation_rule
  exclude @3 :List(Data);        # prefixes of paths
  excludeMatching @4 :List(Data); # patterns of paths
  levels @5 :List(Level);        # one for each check that a policy may weigh
  best @6 :List(UInt8);          # verdict, by endorsement
  requireSecureBoot @7 :Bool;
  requireBootAggregate @8 :Bool;
  requireImaPolicy @9 :Bool;     # that the initial RAM disk loads it
  dbxEntries @10 :UInt64;        # 0: any number
  dbxDigests @11 :List(Digest);  # empty: any
  commandLineMatches @12 :List(Data);
  commandLineExcludes @13 :List(Data);
  firmwareAtLeast @14 :Text;     # empty: any
  signatureMode @15 :UInt8;      # signature_mode
  pinnedKeys @16 :List(PinnedKey);
  signaturesRequired @17 :List(Data); # patterns of paths
  keyrings @18 :List(BufferRule);
  criticalData @19 :List(BufferRule);
  kexecCommandLines @20 :List(Data); # patterns
  pkDigests @21 :List(Digest);   # empty: any; likewise the next three
  kekDigests @22 :List(Digest);
  dbDigests @23 :List(Digest);
  mokDigests @24 :List(Digest);  # every event of PCR 14 must be one of these
  requireNoOptionRoms @25 :Bool;
  requireUnifiedKernel @26 :Bool;
  denied @27 :List(DeniedDigest);
  requireImaPolicyNamed @28 :Bool; # only that the command line names it
  imaPolicyCloses @29 :Bool;     # stated by the operator
  imaPcrs @30 :UInt32;           # bit i: rules of IMA's policy may name PCR i
  harmlessParameters @31 :List(Data); # of the kernel's command line, as stated by the operator
  harmlessCommands @32 :List(Data); # of GRUB
  requireImaPolicyRead @33 :Bool; # that init loads it
  boundValues @34 :List(BoundValue); # of PCRs that boot logs do not explain; sorted

  struct BoundValue {
    pcr @0 :UInt8;
    digest @1 :Digest;
    model @2 :Data;              # for people
  }
  struct DeniedDigest {
    digest @0 :Digest;
    reason @1 :Data;             # for people
  }

  struct PinnedKey {
    spki @0 :Data;
    keyId @1 :UInt32;            # as in the signatures by this key
  }
  struct BufferRule {
    name @0 :Text;
    digest @1 :Data;             # SHA-256; empty: any content
  }
  struct Level {
    check @0 :Text;
    level @1 :UInt8;             # severity
  }
  struct Digest {
    algorithm @0 :UInt16;
    value @1 :Data;
  }
}

struct Group {
  # Key: SHA-256 of the group's name.
  name @0 :Text;
  referenceDigest @1 :Data;
  acceptedMs @2 :UInt64;
  acceptedBy @3 :Text;
  acceptedFrom @4 :Data;         # node id
  version @5 :UInt64;            # appraisal version from which on these sets pass
  stagedDigest @6 :Data;         # set of a staged upgrade; empty if there is none
}

struct Command {
  # Key: command id.
  version @0 :UInt16;
  node @1 :Data;
  kind @2 :UInt8;
  outcome @3 :UInt8;             # command_outcome
  issuedMs @4 :UInt64;
  deadlineBootId @5 :Data;
  deadlineMs @6 :UInt64;         # CLOCK_BOOTTIME under that boot id
  issuedBy @7 :Text;
  text @8 :Text;
}

struct Revocation {
  # Key: node id. Survives a purge of the node.
  sinceMs @0 :UInt64;
  by @1 :Text;
}

struct Forgotten {
  # That a machine which was once admitted was forgotten; key: node id. No join token admits it.
  sinceMs @0 :UInt64;            # wall time
}

struct JoinToken {
  # Key: SHA-256("muster/join-token/1\0" || token). The token itself is nowhere on record.
  version @0 :UInt16;
  role @1 :UInt8;                # join_role; 1: agents
  group @2 :Text;                # of the machines that it admits
  label @3 :Text;
  uses @4 :UInt32;               # how many machines it may admit
  madeMs @5 :UInt64;             # wall time
  expiresMs @6 :UInt64;          # wall time
  madeBy @7 :Text;
  afterLoss @8 :UInt64;          # wholeSize of the newest loss acknowledged before it was made; 0: none was
  revokedMs @9 :UInt64;          # wall time; 0: it was not revoked
  revokedBy @10 :Text;
}

struct JoinUse {
  # That a token admitted a machine; key: node id. In one transaction with the machine's record, and never given back.
  version @0 :UInt16;
  token @1 :Data;                # key of its JoinToken
  atMs @2 :UInt64;               # wall time
}

struct Settings {
  # Single values of the service; key: SHA-256 of the name.
  appraisalVersion @0 :UInt64;   # newest
  policyDigest @1 :Data;
  policyVersion @2 :UInt64;      # appraisal version from which on that policy is in force
  groupPolicies @3 :List(GroupPolicy); # of groups that have their own, or had one under an older version
  newestCommand @4 :UInt64;      # in its own record, "newest command"; keeps ids from being given twice

  struct GroupPolicy {
    group @0 :Text;
    digest @1 :Data;
    version @2 :UInt64;          # appraisal version from which on that policy is in force
  }
}

struct AuditEntry {
  # Enrolments, admissions, certificates, revocations, reference and policy changes, commands, verdict changes; key:
  # sequence. Its canonical bytes are a leaf of the log (crypto/merkle.hpp), so an entered record never changes.
  version @0 :UInt16;
  whenMs @1 :UInt64;
  actor @2 :Text;                # "uid=0 pid=123", "service", ...
  action @3 :Text;
  node @4 :Data;
  text @5 :Text;
}

struct Campaign {
  # The move of a group from one reference set to the next; key: its number.
  version @0 :UInt16;
  group @1 :Text;
  phase @2 :UInt8;               # campaign_phase
  canaries @3 :List(Data);       # ids of the nodes that are learnt from
  quorum @4 :UInt32;             # how many of them must agree
  rules @5 :Data;                # flat message ExtractionRules; empty: the default rules
  beforeDigest @6 :Data;         # set in force when the campaign began
  proposedDigest @7 :Data;       # empty before the first proposal
  approval @8 :Bool;             # a person other than the proposer must approve
  proposedBy @9 :Text;
  approvedBy @10 :Text;          # of this proposal; empty: not approved yet
  stageForMs @11 :UInt64;
  stageEndsMs @12 :UInt64;       # wall time; 0 unless staged
  automation @13 :UInt8;         # campaign_automation
  guardPercent @14 :UInt8;
  steps @15 :List(Step);         # the newest last, at most 256

  struct Step {
    phase @0 :UInt8;             # reached by this step
    whenMs @1 :UInt64;
    by @2 :Text;
    text @3 :Text;
  }
}

struct EventRule {
  # Selects boot events by PCR and by what their digest covers. Lists are sorted where order has no meaning.
  pcr @0 :UInt8;
  typed @1 :Bool;                # whether `type` must match as well
  type @2 :UInt32;
  description @3 :Data;          # pattern over the whole text
}

struct Package {
  # A package that files of a reference set belong to, as the packager names it. Foreign text, any bytes.
  name @0 :Data;
  version @1 :Data;
  source @2 :UInt8;              # package_source
}

struct ExtractionRules {
  # Selects what becomes a reference from a machine's state. Its canonical bytes are its identity, as for Policy.
  version @0 :UInt16;
  pcrs @1 :UInt32;               # bit i: PCR i is learnt
  leaveOut @2 :List(EventRule);
  includeFiles @3 :List(Data);   # patterns of paths; empty: all
  excludeFiles @4 :List(Data);
}

struct LogHead {
  # Key: size of the log.
  head @0 :Data;                 # layout: crypto/log_head.hpp
}

struct LogIncarnation {
  # A start of the service. Key: its number.
  version @0 :UInt16;
  log @1 :Data;                  # 16 random bytes, drawn when the log began
  part @2 :UInt16;               # 0: the service has one log
  first @3 :UInt64;              # number of the leaf that records the start
}

struct LogAlarm {
  # One loss of records: our log contradicts heads that we signed, because records were removed or changed. Key: SHA-256
  # of `before`, big-endian. The head here is the one that revealed the loss first.
  version @0 :UInt16;
  size @1 :UInt64;
  root @2 :Data;                 # 32 bytes
  headMs @3 :UInt64;             # when the head was signed
  from @4 :Text;                 # who kept the head
  raisedMs @5 :UInt64;
  acknowledgedMs @6 :UInt64;     # 0: not acknowledged
  acknowledgedBy @7 :Text;
  signature @8 :Data;            # of the acknowledgement, by the key for log heads, so that write access to the
                                 # database alone cannot acknowledge
  incarnation @9 :UInt64;        # the one that signed the head
  before @10 :UInt64;            # incarnation whose start found signed records of earlier ones lost; 0: changed records
  wholeSize @11 :UInt64;         # of the acknowledged log: if the log no longer begins with it, the alarm is open again
  wholeRoot @12 :Data;           # its root, 32 bytes; empty: not acknowledged
}

struct LogPart {
  # A piece of the raw log of one boot of one machine; key: node id, number of the log and of the piece.
  kind @0 :UInt8;                # 0 boot, 1 IMA
  address @1 :Data;              # of the blob that holds the piece; empty: `body` holds it
  body @2 :Data;
}
