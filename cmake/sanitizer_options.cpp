// How the sanitizers run in each program that is built with them, however it is started.

extern "C" {

/// KJ looks whether its exception callback lies on the stack, which a stack that is kept for finding uses
/// after return does not (the default since GCC 13).
const char* __asan_default_options() { return "detect_stack_use_after_return=0"; }

/// tpm2-tss 4.1 keeps 96 bytes for each transport that cannot be opened.
const char* __lsan_default_suppressions() { return "leak:Tss2_TctiLdr_Initialize_Ex"; }

} // extern "C"
