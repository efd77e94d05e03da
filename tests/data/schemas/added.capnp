@0xa3c5b0f0d8b7e111;
struct Kept { first @0 :UInt32; second @1 :Text; third @2 :Data; }
