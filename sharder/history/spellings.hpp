// Under which names other tools may have told of a test of ours, so that results which were imported before
// anybody knew our ids find their tests. Pure.
#pragma once

#include <string>
#include <vector>

#include "sharder/model/past.hpp"
#include "sharder/model/test.hpp"

namespace sharder {

/// Other names of the test, likeliest first, its id not among them: without suite and program; for a pytest
/// id (dir/file.py::Class::name) also as JUnit's class and name spell it, with "::" and with ".".
std::vector<std::string> spellings(const Test& test);

/// Gives every listed test that the past does not know by its id what it knows of one of its other names.
void adopt_spellings(Past& past, const std::vector<Test>& listed);

}  // namespace sharder
