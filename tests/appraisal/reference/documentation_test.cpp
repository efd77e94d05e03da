#include "appraisal/reference/documentation.hpp"

#include <doctest/doctest.h>

using namespace muster::appraisal;

TEST_CASE("documentation is what distributions put into the folders for it") {
  for (const auto* path : {"/usr/share/doc/openssl/copyright", "/usr/share/man/man1/ls.1.gz",
                           "/usr/share/locale/de/LC_MESSAGES/ls.mo", "/usr/share/info/dir.gz"})
    CHECK_MESSAGE(is_documentation(path), path);
  for (const auto* path : {"/usr/share/doc", "/usr/share/documents/x", "/usr/bin/man", "/opt/usr/share/doc/x",
                           "usr/share/doc/x", "", "/usr/share/perl5/Pod/x"})
    CHECK_FALSE_MESSAGE(is_documentation(path), path);
}

TEST_CASE("check 48: a path that leaves the folders for documentation again is none") {
  for (const auto* path :
       {"/usr/share/doc/../../bin/sh", "/usr/share/man/./x", "/usr/share/doc/x/..", "/usr/share/doc/x/."})
    CHECK_FALSE_MESSAGE(is_documentation(path), path);
}
