// Decides which part of a suite each of several machines gets. Pure.
#pragma once

#include <string>
#include <vector>

#include "sharder/model/test.hpp"
#include "sharder/plan/estimates.hpp"

namespace sharder {

/// The part (0-based, of `parts`) of every test. By duration where it is known: longest first, each to the part that
/// has least so far, groups that are no danger to the balance together. Else every Nth test. The order of the list does
/// not matter, only that of the ids: another machine may list them otherwise.
std::vector<int> partition_tests(const std::vector<Test>& tests, const std::vector<Estimate>& estimates, int parts);

/// Stands for the ids of all tests and the part of each: equal on machines that divided the same tests alike.
std::string division_digest(const std::vector<Test>& tests, const std::vector<int>& part_of, int parts);

}  // namespace sharder
