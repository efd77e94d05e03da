@0xcc0eebb50dcceda0;
# Requests and answers of the REST interface. Digests and ids are lower-case hex; times are RFC 3339 in UTC.
#
# The routes: method, path, what is sent (? query keys, a struct, or bytes), and what is answered with status 200.
#   GET    /livez                                  -                           text
#   GET    /readyz                                 -                           text
#   GET    /v1/nodes                               ?after,group,shown,limit    NodeList
#   GET    /v1/nodes/{node}                        -                           NodeDetail
#   DELETE /v1/nodes/{node}                        -                           Done
#   GET    /v1/nodes/{node}/evidence               ?attestation                bytes
#   POST   /v1/nodes/{node}/attest                 OrderRequest                CommandAnswer
#   POST   /v1/nodes/{node}/renew                  OrderRequest                CommandAnswer
#   POST   /v1/nodes/{node}/reconfigure            ReconfigureRequest          CommandAnswer
#   POST   /v1/nodes/{node}/unregister             OrderRequest                CommandAnswer
#   POST   /v1/nodes/{node}/approve                ApproveRequest              Done
#   POST   /v1/nodes/{node}/acknowledge            -                           Done
#   POST   /v1/nodes/{node}/revoke                 RevokeRequest               Done
#   PUT    /v1/nodes/{node}/name                   NameRequest                 Done
#   PUT    /v1/nodes/{node}/group                  GroupRequest                Done
#   POST   /v1/references                          ReferenceRequest            ReferenceAnswer
#   POST   /v1/references/amend                    AmendRequest                ReferenceAnswer
#   POST   /v1/references/try                      TryReferenceRequest         Trial
#   POST   /v1/policies/try                        TryPolicyRequest            Trial
#   GET    /v1/sets/{digest}                       -                           bytes
#   PUT    /v1/sets/{digest}                       bytes                       ReferenceAnswer
#   GET    /v1/incidents                           ?group                      Incidents
#   GET    /v1/groups                              -                           GroupList
#   GET    /v1/groups/{group}/campaign             -                           Campaign
#   POST   /v1/groups/{group}/campaign             CampaignRequest             Campaign
#   POST   /v1/groups/{group}/campaign/propose     CampaignStepRequest         Campaign
#   POST   /v1/groups/{group}/campaign/approve     CampaignStepRequest         Campaign
#   POST   /v1/groups/{group}/campaign/stage       CampaignStepRequest         Campaign
#   POST   /v1/groups/{group}/campaign/enforce     CampaignStepRequest         Campaign
#   POST   /v1/groups/{group}/campaign/undo        CampaignStepRequest         Campaign
#   POST   /v1/groups/{group}/campaign/end         CampaignStepRequest         Campaign
#   GET    /v1/campaigns                           -                           CampaignList
#   GET    /v1/join-tokens                         -                           JoinTokenList
#   POST   /v1/join-tokens                         JoinTokenRequest            JoinTokenMade
#   DELETE /v1/join-tokens/{token}                 -                           Done
#   GET    /v1/log                                 ?after,limit                LogPage
#   GET    /v1/log/heads                           ?after,limit                LogHeads
#   GET    /v1/log/head                            -                           LogStatus
#   POST   /v1/log/acknowledge                     AcknowledgeHeadRequest      Done
#   GET    /v1/ca                                  -                           TrustStatus
#   POST   /v1/ca/rotate                           RotateRequest               Done

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("muster::rest");

struct Finding {
  check @0 :Text;
  kind @1 :Text;                 # claim, evidence, event, identity
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
  validUntil @9 :Text;           # end of the lease; empty if there is no lease
  connected @10 :Bool;
  findings @11 :UInt32;          # failures and warnings
  endorsement @12 :Text;
  admittedBy @13 :Text;
  hostname @14 :Text;            # the machine's own claim
  fingerprint @15 :Text;         # of the candidate that waits for approval; empty if none
  unable @16 :Text;              # why the last try gave no verdict: no complete evidence, or nothing to judge it by;
                                 # empty: it gave one. Lost at a restart
  unableSince @17 :Text;         # when that began
  approvedBy @18 :Text;          # who approved the candidate, which is admitted when its agent asks again; empty: nobody
}

struct NodeList {
  nodes @0 :List(Node);
  next @1 :Text;                 # pass as ?after= for the next page; empty on the last
  rolledBack @2 :Bool;           # records are missing: nothing is trusted until an operator acknowledges it
  damaged @3 :List(Text);        # machines in the range of this page whose records cannot be read, with id and remedy
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
  rolledBack @20 :Bool;          # records of the service are missing: no lease counts until an operator acknowledges it
  revoked @21 :Text;             # time of the revocation; empty unless it was revoked
  revokedBy @22 :Text;
  revokedReason @23 :Text;
  afterLog @24 :List(AfterLog);  # PCRs that were extended after the boot log; pcrs has their quoted values
  tuning @25 :Tuning;            # null: nothing is set for this machine
  certificateSerial @26 :Text;   # of the certificate that its newest session presented; empty: no session yet
  certificateNotAfter @27 :Text;
  architecture @28 :Text;        # this and the next two: the machine's own claims at enrolment
  nodeKeyHome @29 :Text;         # file, tpm
  measuredBoot @30 :MeasuredBoot; # null: it made no claims
  certificates @31 :List(Certificate); # all certificates that it ever proved its EK with
  owesWholeLogs @32 :Bool;       # the whole logs were requested, and there is no lease until they verify
  unvouched @33 :Text;           # why no vendor vouches for its TPM, by what is in force now; empty: one does
  unvouchedRemedy @34 :Text;     # what to do about it
  listed @35 :Text;              # names this list of findings, for AmendRequest; empty: there are none

  struct Certificate {
    digest @0 :Text;             # SHA-256 of its DER, for admission.deny.certificates
    key @1 :Text;                # SHA-256 of its SubjectPublicKeyInfo, for admission.deny.issuers
    subject @2 :Text;            # often empty in an EK certificate
    ca @3 :Bool;                 # false: the EK's own certificate
  }

  struct Tuning {
    # Empty: not set. The configuration of the machine or of the service applies.
    beat @0 :Text;               # "20s"
    jitter @1 :Text;
    logLevel @2 :Text;
  }

  struct MeasuredBoot {
    tpm @0 :Text;                # manufacturer and firmware; empty if none
    banks @1 :List(Text);        # active PCR banks
    eventLog @2 :Bool;
    imaPolicy @3 :Text;          # as named on the kernel's command line; empty if none
    secureBoot @4 :Text;         # on, off, unknown
  }

  struct Pcr {
    bank @0 :Text;
    index @1 :UInt8;
    value @2 :Text;
  }

  struct AfterLog {
    pcr @0 :UInt8;
    phases @1 :List(Text);       # of systemd, in their order; empty: the value is unexplained
  }
}

struct ApproveRequest {
  fingerprint @0 :Text;
  group @1 :Text;                # empty: unassigned
  name @2 :Text;                 # empty: none
}

struct NameRequest { name @0 :Text; }

struct GroupRequest { group @0 :Text; }

struct RevokeRequest { reason @0 :Text; }             # at most 200 characters; empty: none

struct OrderRequest { timeoutSeconds @0 :UInt32; }    # 0: the default

struct ReconfigureRequest {
  # A field that is left out stays as it is. "default" removes a setting.
  timeoutSeconds @0 :UInt32;     # 0: the default
  beat @1 :Text;                 # "20s"
  jitter @2 :Text;
  logLevel @3 :Text;             # error, warning, info, debug
}

struct ReferenceRequest {
  group @0 :Text;
  from @1 :Text;                 # node id or name; or `set`
  force @2 :Bool;                # even if the guard refuses
  set @3 :Text;                  # digest of a set on record; with `from`, the digest that its state must lead to
}

struct AmendRequest {
  # The set in force, with entries that answer findings of a machine on top, or with one file. Only that differs.
  group @0 :Text;
  from @1 :Text;                 # node id or name; or `file`
  findings @2 :List(UInt32);     # numbers from 1 in NodeDetail.findings
  listed @3 :Text;               # NodeDetail.listed of the list that they number
  file @4 :Text;                 # digest as findings show it: "sha256:..."
  path @5 :Text;                 # of that file
  set @6 :Text;                  # digest of the set that must result: puts it into force. Empty: puts it on record only
  campaign @7 :Bool;             # makes it the proposal of the group's campaign instead
  force @8 :Bool;                # with `set`: even if the guard refuses
}

struct ReferenceAnswer {
  group @0 :Text;
  digest @1 :Text;
  files @2 :UInt64;
  events @3 :UInt64;
  pcrs @4 :UInt64;
  difference @5 :List(Text);     # what it changes for the group, line by line; empty: the group had no set
}

struct CommandAnswer {
  command @0 :UInt64;
  outcome @1 :Text;              # done, failed, expired, replaced, interrupted, unsupported, unknown
  text @2 :Text;
  node @3 :Node;                 # null: the node is forgotten, as after unregister
}

struct Done {
  sequence @0 :UInt64;           # of the record that made the change durable
  leaf @1 :UInt64;               # number of that record in the log: LogEntry.leaf
  entered @2 :Bool;              # whether `leaf` could be looked up
}

struct Problem {
  # RFC 9457
  type @0 :Text;
  title @1 :Text;
  status @2 :UInt16;
  detail @3 :Text;
  field @4 :Text;
}

struct Cause {
  # A finding that several machines have in common.
  finding @0 :Finding;
  machines @1 :UInt64;
  some @2 :List(Text);           # the first few machines: names, or ids of those without a name
}

struct Incidents {
  machines @0 :UInt64;           # all that were examined
  affected @1 :UInt64;           # those that have a failure or warning
  causes @2 :List(Cause);        # the worst first
  leftOut @3 :UInt64;            # causes beyond those listed
}

struct TryPolicyRequest {
  group @0 :Text;
  record @1 :Text;               # canonical record of the policy, hex
}

struct TryReferenceRequest {
  group @0 :Text;
  set @1 :Text;                  # digest of a set on record; or `from`
  from @2 :Text;                 # node id or name
}

struct Trial {
  # What would change if a set or policy came into force. The trial itself changes nothing.
  group @0 :Text;
  machines @1 :UInt64;           # enrolled machines of the group
  withoutClaims @2 :UInt64;      # machines without verified claims, for which nothing would change
  unreadable @3 :UInt64;         # machines whose record is damaged, or does not yet say whether files are signed
  good @4 :UInt64;               # machines that are trusted or warning now, fresh or not
  turningBad @5 :UInt64;         # of the good ones, those that would be untrusted
  changing @6 :UInt64;           # machines that would get another verdict
  changes @7 :List(Change);      # the first 1,000
  causes @8 :List(Cause);        # of new findings, over all machines, the worst first; at most 100
  guardPercent @9 :UInt8;        # how many of the good machines may turn bad
  refused @10 :Bool;             # whether the guard would refuse it
  digest @11 :Text;              # of the set or policy that was tried

  struct Change {
    node @0 :Text;
    name @1 :Text;
    from @2 :Text;               # verdict
    to @3 :Text;
    why @4 :Finding;             # the worst new finding; its check is empty if there is none
  }
}

struct CampaignRequest {
  # Starts a campaign.
  canaries @0 :List(Text);       # node ids or names
  quorum @1 :UInt32;             # 0: all canaries
  rules @2 :Text;                # canonical record of extraction rules, hex; empty: the default rules
  approval @3 :Bool;             # a person other than the proposer must approve
  stageSeconds @4 :UInt64;       # 0: the default, 7 days
  automation @5 :Text;           # none, propose, stage, enforce; empty: none
}

struct CampaignStepRequest {
  set @0 :Text;                  # propose: a set on record; empty: learn from the canaries; approve: the proposed set
  force @1 :Bool;                # enforce: even if the guard refuses
}

struct Campaign {
  number @0 :UInt64;
  group @1 :Text;
  phase @2 :Text;                # observing, proposed, staged, enforced, expired, ended
  canaries @3 :List(Canary);
  quorum @4 :UInt32;
  before @5 :Text;               # digest of the set in force when it began
  proposed @6 :Text;             # digest; empty: none yet
  approvalRequired @7 :Bool;
  proposedBy @8 :Text;
  approvedBy @9 :Text;
  stageEnds @10 :Text;
  automation @11 :Text;
  guardPercent @12 :UInt8;
  steps @13 :List(Step);
  difference @14 :List(Text);    # what the proposal changes, line by line
  learnable @15 :Text;           # while observing: "yes", or why nothing can be learnt yet
  next @16 :Text;                # what to do next; just the command if one is enough
  whenItEnds @17 :Text;          # what will happen at the end of the stage, once that is near
  summary @18 :Text;             # how much the proposal changes: packages, files, boot; empty: nothing is proposed

  struct Canary {
    node @0 :Text;
    name @1 :Text;
    state @2 :Text;              # "ready", or the obstacle
  }
  struct Step {
    phase @0 :Text;
    when @1 :Text;
    by @2 :Text;
    text @3 :Text;
  }
}

struct GroupList { groups @0 :List(Group); }           # every group that has a reference or its own policy

struct Group {
  group @0 :Text;                # empty: all groups without their own policy
  reference @1 :Text;            # digest of the set in force; empty: none
  origin @2 :Text;               # of that set
  files @3 :UInt64;
  since @4 :Text;
  by @5 :Text;                   # who put it into force
  staged @6 :Text;               # digest of the staged set that also passes; empty: none
  policy @7 :Text;               # digest
  campaign @8 :Text;             # phase of the newest campaign; empty: there was none
  from @9 :Text;                 # id of the machine that the set was learnt from; empty: from none, or from several
  problem @10 :Text;             # why no machine of the group is judged, and what to do; empty: all is well
  refused @11 :Text;             # why the configured policy of the group is not in force; empty: it is
}

struct CampaignList { campaigns @0 :List(Campaign); }  # the newest of each group, without canaries and differences

struct LogEntry {
  # One record of the log. Proofs are about `record` and `leafHash`; the other fields are read from `record`.
  leaf @0 :UInt64;               # from 0 without gaps
  sequence @1 :UInt64;           # of the audit record
  when @2 :Text;
  actor @3 :Text;
  action @4 :Text;
  node @5 :Text;                 # empty: about no node
  text @6 :Text;
  record @7 :Text;               # the canonical bytes, hex; empty if they cannot be read
  leafHash @8 :Text;             # as it was entered
  problem @9 :Text;              # why the record cannot be read; empty: it can
}

struct LogPage {
  entries @0 :List(LogEntry);
  next @1 :Text;                 # pass as ?after= for the next page; empty on the last
}

struct LogHead {
  size @0 :UInt64;
  root @1 :Text;
  when @2 :Text;
  head @3 :Text;                 # the whole head with its signature, hex
  log @4 :Text;                  # the id of the log, hex
  incarnation @5 :UInt64;        # of the service that signed it
}

struct LogHeads {
  heads @0 :List(LogHead);
  next @1 :Text;                 # pass as ?after= for the next page; empty on the last
}

struct LogAlarm {
  size @0 :UInt64;
  root @1 :Text;
  when @2 :Text;                 # when the head was signed
  from @3 :Text;                 # who kept the head
  raised @4 :Text;
  acknowledged @5 :Text;         # empty: not acknowledged
  acknowledgedBy @6 :Text;
  incarnation @7 :UInt64;        # of the service that signed the head
  before @8 :UInt64;             # incarnation whose start found signed records of earlier ones lost; 0: changed records
}

struct LogStatus {
  size @0 :UInt64;               # leaves
  head @1 :LogHead;              # the newest; null: none yet
  rolledBack @2 :Bool;
  alarms @3 :List(LogAlarm);
  refusedHeads @4 :UInt64;       # heads received since the start that this service's key did not sign
  unentered @5 :UInt64;          # audit records that are not a leaf
  lostHeads @6 :UInt64;          # heads received since the start that belong to acknowledged losses
}

struct AcknowledgeHeadRequest {
  size @0 :UInt64;
  root @1 :Text;
}

struct RotateRequest { signed @0 :Text; }              # what `ras ca sign` wrote

struct TrustStatus {
  # The trust list in force, and who has it.
  number @0 :UInt64;             # 0: there is none yet
  notAfter @1 :Text;
  anchors @2 :List(Key);         # without a list: what machines are configured with
  issuers @3 :List(Key);         # without a list: none, since every issuer under an anchor counts
  nodes @4 :UInt32;              # enrolled; the next four add up to this
  current @5 :UInt32;            # have this list
  behind @6 :UInt32;             # reported, since this service started, an older list or none
  ahead @7 :UInt32;              # claim a newer list: this service was restored from an older state, or they lie
  unheard @8 :UInt32;            # reported nothing since this service started
  claims @9 :List(Claim);        # of those ahead: the 8 most claimed numbers, the most claimed first

  struct Key {
    name @0 :Text;               # subject of an anchor; empty for an issuer
    sha256 @1 :Text;             # of the anchor's certificate, or of the issuer's SPKI; hex
    present @2 :Bool;            # this key issues the certificate that the service presents
  }
  struct Claim {
    number @0 :UInt64;
    nodes @1 :UInt32;
  }
}

struct LogLine {
  # One line of an exported log.
  entry @0 :LogEntry;
  head @1 :LogHead;
  total @2 :LogTotal;            # the last line
}

struct LogTotal {
  leaves @0 :UInt64;
  unentered @1 :UInt64;          # audit records that are not a leaf
}

struct JoinTokenRequest {
  group @0 :Text;                # of the machines that it admits
  uses @1 :UInt32;               # how many machines it admits, 1 to 100000; 0: 1
  expires @2 :Text;              # such as 24h, at most 30d; empty: 24h
  label @3 :Text;                # at most 64 printable characters; may be empty
}

struct JoinTokenMade {
  # The only answer that ever has a token.
  token @0 :Text;                # 64 digits of hex
  id @1 :Text;                   # by which the list and the log name it
  group @2 :Text;
  uses @3 :UInt32;
  expires @4 :Text;
}

struct JoinToken {
  id @0 :Text;
  label @1 :Text;
  role @2 :Text;                 # agent
  group @3 :Text;
  state @4 :Text;                # usable, used up, expired, revoked, void
  uses @5 :UInt32;
  used @6 :UInt32;
  made @7 :Text;
  madeBy @8 :Text;
  expires @9 :Text;
  revoked @10 :Text;             # when; empty: it was not
  revokedBy @11 :Text;
  nodes @12 :List(Text);         # ids of machines that it admitted, the newest first, at most 16
}

struct JoinTokenList {
  tokens @0 :List(JoinToken);    # the newest first; one that ended is kept for 7 days
  wrong @1 :UInt64;              # tokens that were not accepted since ras started
  sources @2 :List(Source);      # where most of them came from, at most 8

  struct Source {
    address @0 :Text;            # an IPv4 address or an IPv6 /64; empty: others
    wrong @1 :UInt64;
  }
}
