// Decides which part of a suite each of several machines gets. Pure.
#pragma once

#include <vector>

#include "sharder/model/test.hpp"
#include "sharder/plan/estimates.hpp"

namespace sharder {

/// The part (0-based, of `parts`) of every test. By duration where it is known: longest first, each to the part that
/// has least so far, groups that are no danger to the balance together. Else every Nth test of the list.
std::vector<int> partition_tests(const std::vector<Test>& tests, const std::vector<Estimate>& estimates, int parts);

}  // namespace sharder
