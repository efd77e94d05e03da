# One target for each folder, with the list of what it uses. The linker notices a missing entry only if a symbol is
# missing, and headers are found from the root in any case. So tests/layout checks each include line.
#
#   muster_folder(tpm/format PURE USES crypto OPENS OpenSSL::Crypto)
#
# makes the library muster_tpm_format of all *.cpp in that folder (not below it).
#   PURE   values in, values out: may link only PURE folders (checked here) and includes no CAF and no OS headers
#          (checked by tests/layout).
#   USES   other folders, by path.
#   OPENS  the external libraries that only this folder may use (docs/design.md 3: one door for each library).
set_property(GLOBAL PROPERTY MUSTER_PURE_FOLDERS "")

function(muster_target_name out folder)
  string(REPLACE "/" "_" name "muster_${folder}")
  set(${out} ${name} PARENT_SCOPE)
endfunction()

function(muster_folder folder)
  cmake_parse_arguments(ARG "PURE" "" "USES;OPENS;GENERATED" ${ARGN})
  muster_target_name(target ${folder})
  file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${folder}/*.cpp")
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  get_property(pure GLOBAL PROPERTY MUSTER_PURE_FOLDERS)
  if(ARG_PURE)
    foreach(used ${ARG_USES})
      if(NOT used IN_LIST pure)
        message(FATAL_ERROR "${folder} is PURE and may not use ${used}, which is not")
      endif()
    endforeach()
    set_property(GLOBAL APPEND PROPERTY MUSTER_PURE_FOLDERS ${folder})
  endif()
  if(sources OR ARG_GENERATED)
    add_library(${target} STATIC ${sources} ${ARG_GENERATED})
    set(scope PUBLIC)
    set_target_properties(${target} PROPERTIES MUSTER_PURE ${ARG_PURE})
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(${target} ${scope} "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${target} ${scope} muster_flags ${ARG_OPENS})
  foreach(used ${ARG_USES})
    muster_target_name(other ${used})
    target_link_libraries(${target} ${scope} ${other})
  endforeach()
endfunction()

# A program: the main.cpp of `folder`, linked with the folder's own library and what that uses. It prints the project's
# version.
function(muster_program name folder)
  cmake_parse_arguments(ARG "INSTALL" "" "USES;OPENS" ${ARGN})
  add_executable(${name} "${PROJECT_SOURCE_DIR}/${folder}/main.cpp")
  muster_target_name(own ${folder})
  target_link_libraries(${name} PRIVATE ${own} ${ARG_OPENS})
  target_compile_definitions(${name} PRIVATE MUSTER_VERSION="${PROJECT_VERSION}")
  foreach(used ${ARG_USES})
    muster_target_name(other ${used})
    target_link_libraries(${name} PRIVATE ${other})
  endforeach()
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
  if(ARG_INSTALL)
    target_link_options(${name} PRIVATE -Wl,--build-id=sha1) # names the file of its symbols
    install(TARGETS ${name} RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT programs)
    # The prefix may be another one than at configuration: `cmake --install --prefix`.
    install(CODE "
      include(\"${PROJECT_SOURCE_DIR}/cmake/SplitDebug.cmake\")
      set(bindir \"${CMAKE_INSTALL_BINDIR}\")
      cmake_path(ABSOLUTE_PATH bindir BASE_DIRECTORY \"\${CMAKE_INSTALL_PREFIX}\" NORMALIZE)
      muster_split_debug(\"\${bindir}/${name}\" \"\${CMAKE_INSTALL_PREFIX}/lib\" \"${CMAKE_OBJCOPY}\" \"${CMAKE_STRIP}\"
        \"${CMAKE_READELF}\")" COMPONENT programs)
  endif()
endfunction()

# All tests in one folder under tests/ as one program. CTest runs it under the folder's name.
function(muster_tests folder)
  cmake_parse_arguments(ARG "" "TIMEOUT" "USES;OPENS;LABELS" ${ARGN})
  string(REPLACE "/" "_" name "test_${folder}")
  file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/${folder}/*.cpp")
  if(NOT TARGET muster_test_main)
    add_library(muster_test_main OBJECT "${PROJECT_SOURCE_DIR}/tests/main.cpp")
    target_link_libraries(muster_test_main PRIVATE muster_flags doctest::doctest)
  endif()
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE muster_flags muster_test_main doctest::doctest ${ARG_OPENS})
  if(MUSTER_SANITIZE)
    target_compile_options(${name} PRIVATE -O0) # the code under test keeps its optimisation level
  endif()
  foreach(used ${ARG_USES})
    muster_target_name(other ${used})
    target_link_libraries(${name} PRIVATE ${other})
  endforeach()
  target_compile_definitions(${name} PRIVATE
    MUSTER_SOURCE_DIR="${PROJECT_SOURCE_DIR}" MUSTER_BINARY_DIR="${CMAKE_BINARY_DIR}")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
  if("pure" IN_LIST ARG_LABELS)
    set_target_properties(${name} PROPERTIES MUSTER_PURE ON)
  endif()
  add_test(NAME ${folder} COMMAND ${name})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  if(MUSTER_SANITIZE STREQUAL "thread")
    math(EXPR ARG_TIMEOUT "5 * ${ARG_TIMEOUT}")
  endif()
  set_tests_properties(${folder} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
endfunction()

# A libFuzzer program (clang only): tests/fuzz/NAME.cpp with its corpus tests/fuzz/corpus/NAME.
function(muster_fuzzer name)
  cmake_parse_arguments(ARG "" "" "USES;OPENS" ${ARGN})
  add_executable(fuzz_${name} "${PROJECT_SOURCE_DIR}/tests/fuzz/${name}.cpp")
  target_link_libraries(fuzz_${name} PRIVATE muster_flags ${ARG_OPENS})
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  foreach(used ${ARG_USES})
    muster_target_name(other ${used})
    target_link_libraries(fuzz_${name} PRIVATE ${other})
  endforeach()
  set_target_properties(fuzz_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/fuzz")
endfunction()
