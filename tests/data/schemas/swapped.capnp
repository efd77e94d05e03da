@0xa3c5b0f0d8b7e111;
struct Kept { first @1 :UInt32; second @0 :Text; }
