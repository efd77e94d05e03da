@0xf882e936b6024b47;
# The link between a hub and what is above it: a service or another hub (docs/protocol.md 6). It carries the streams of
# many agents over one TLS connection. Each direction has its own root: only the lower side opens streams.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("muster::wire");

struct UpFrame {
  # Towards the service.
  union {
    hello @0 :LinkHello;
    open @1 :StreamOpen;
    data @2 :StreamData;
    window @3 :StreamWindow;
    close @4 :StreamClose;
    beat @5 :LinkBeat;
  }
}

struct DownFrame {
  # Towards the agents.
  union {
    hello @0 :LinkHello;
    data @1 :StreamData;
    window @2 :StreamWindow;
    close @3 :StreamClose;
    beat @4 :LinkBeat;
  }
}

struct LinkHello {
  # The first frame each way.
  major @0 :UInt16;
  minor @1 :UInt16;          # the smaller of the two applies
  software @2 :Text;         # program and version, for people
  streams @3 :UInt32;        # the most streams that the sender takes at once; of the lower side 0
}

struct StreamOpen {
  # A peer has connected to the lower side.
  stream @0 :UInt64;         # higher than every number of this link before it
  peer @1 :Text;             # its address, as the hub that it reached says; at most 128 bytes
  path @2 :List(Text);       # the ids of the hubs below the sender that carry it, the lowest first; at most 7
}

struct StreamData {
  stream @0 :UInt64;
  body @1 :Data;             # 1 byte to 16 KiB, within the credit of the stream
  waiting @2 :UInt32;        # bytes that the sender could send after these: a hint
}

struct StreamWindow {
  stream @0 :UInt64;
  more @1 :UInt32;           # at least 1: so many bytes may come beyond those that were allowed before
}

struct StreamClose {
  stream @0 :UInt64;
  why @1 :Reason;

  enum Reason {
    end @0;                  # the sender sent all that it had. Any other reason may discard bytes
    broken @1;               # a connection below or above was lost
    busy @2;                 # there is no room for it
    overdrawn @3;            # more bytes came than the credit
    silent @4;               # the peer took too long
    stopping @5;             # the sender is stopping
  }
}

struct LinkBeat {}           # says that the sender lives
