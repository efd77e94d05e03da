# Run while installing: takes the symbols for the debugger out of an installed program, and puts them where gdb looks for
# them by the program's build id: lib/debug/.build-id/XX/YYYY.debug.
#
#   muster_split_debug(PROGRAM LIBDIR OBJCOPY STRIP READELF)
#
# PROGRAM and LIBDIR are the places of installation, without DESTDIR. A program without a build id keeps its symbols; one
# that has none left (`cmake --install --strip`) is let be.
function(muster_split_debug program libdir objcopy strip readelf)
  set(file "$ENV{DESTDIR}${program}")
  execute_process(COMMAND "${readelf}" --notes "${file}" OUTPUT_VARIABLE notes ERROR_QUIET COMMAND_ERROR_IS_FATAL ANY)
  if(NOT notes MATCHES "Build ID: ([0-9a-f][0-9a-f])([0-9a-f]+)")
    message(WARNING "${program} has no build id, so it keeps its symbols")
    return()
  endif()
  set(folder "${CMAKE_MATCH_1}")
  set(name "${CMAKE_MATCH_2}.debug")
  execute_process(COMMAND "${readelf}" --section-headers "${file}" OUTPUT_VARIABLE sections COMMAND_ERROR_IS_FATAL ANY)
  if(NOT sections MATCHES "\\.symtab")
    return()
  endif()
  set(debug "${libdir}/debug/.build-id/${folder}/${name}")
  file(MAKE_DIRECTORY "$ENV{DESTDIR}${libdir}/debug/.build-id/${folder}")
  # Copied first, stripped after: an interruption leaves a program that runs, and no symbol is lost.
  execute_process(COMMAND "${objcopy}" --only-keep-debug --compress-debug-sections "${file}" "$ENV{DESTDIR}${debug}"
    COMMAND_ERROR_IS_FATAL ANY)
  file(CHMOD "$ENV{DESTDIR}${debug}" PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
  execute_process(COMMAND "${strip}" --strip-unneeded "${file}" COMMAND_ERROR_IS_FATAL ANY)
  message(STATUS "Stripped: ${program} (symbols: ${debug})")
  list(APPEND CMAKE_INSTALL_MANIFEST_FILES "${debug}")
  set(CMAKE_INSTALL_MANIFEST_FILES "${CMAKE_INSTALL_MANIFEST_FILES}" PARENT_SCOPE)
endfunction()
