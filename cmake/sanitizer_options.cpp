// Sanitizer options for every program built with sanitizers, however it is started.

extern "C" {

/// KJ checks that its exception callback is on the stack. With the fake stack that finds uses after return
/// (the default since GCC 13) it is not.
const char* __asan_default_options() { return "detect_stack_use_after_return=0"; }

/// tpm2-tss 4.1 leaks 96 bytes for each transport that cannot be opened.
const char* __lsan_default_suppressions() { return "leak:Tss2_TctiLdr_Initialize_Ex"; }

} // extern "C"
