@0xb9f61fbf0069a6b8;
# What a quote binds besides the PCRs (docs/protocol.md 4). It is carried as Data and hashed as sent. It is parsed only
# after its hash was found in the quote's extraData.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("muster::wire");
using Wire = import "wire.capnp";

struct Manifest {
  number @0 :UInt64;                        # of the attestation
  nonce @1 :Data;                           # of the challenge
  selection @2 :List(Wire.PcrSelection);
  bootId @3 :Data;                          # the kernel's boot id, 16 bytes
  bootLogDigest @4 :Data;                   # SHA-256 of the boot log; empty if the machine has none
  bootLogSize @5 :UInt64;
  imaFirst @6 :UInt64;                      # index of the first IMA entry that follows
  extras @7 :List(Extra);                   # digests of all other data gathered before the quote
  agent @8 :Text;                           # version

  struct Extra {
    kind @0 :Text;
    digest @1 :Data;                        # SHA-256
  }
}
