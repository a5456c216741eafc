#include "sharder/run/choose_tests.hpp"

#include <set>

#include "sharder/config/overrides.hpp"
#include "sharder/plan/estimates.hpp"
#include "sharder/plan/partition.hpp"
#include "sharder/plan/ties.hpp"
#include "sharder/suites/selection.hpp"

namespace sharder {
namespace {

/// The part of --partition, balanced by what is known of the tests.
std::vector<Test> own_part(std::vector<Test> tests, RunContext& context, const ChoiceInputs& inputs) {
  const RunConfig& run = context.config.run;
  if (run.partitions <= 1) return tests;
  std::vector<int> parts = partition_tests(tests, estimate_tests(tests, inputs.past), run.partitions);
  if (inputs.settle_partition) {
    std::vector<std::string> ids;
    for (const Test& test : tests) ids.push_back(test.id);
    parts = inputs.settle_partition(ids, std::move(parts));
  }
  context.events.publish(RunDivided{division_digest(tests, parts, run.partitions), tests.size()});
  std::vector<Test> kept;
  for (TestIndex test = 0; test < tests.size(); ++test)
    if (parts[test] == run.partition - 1) kept.push_back(std::move(tests[test]));
  return kept;
}

void keep_failed(std::vector<Test>& tests, const std::vector<std::string>& failed) {
  const std::set<std::string_view> wanted(failed.begin(), failed.end());
  std::erase_if(tests, [&](const Test& test) { return wanted.count(test.id) == 0; });
}

}  // namespace

std::vector<Test> choose_tests(RunContext& context, std::vector<SuiteTests> listed, ChoiceInputs& inputs) {
  IdentifiedTests identified = assign_identifiers(std::move(listed), context.config.suites.size() > 1);
  for (const std::string& notice : identified.notices) context.events.warn(notice);
  std::vector<Test>& all = identified.tests;
  const Overrides overrides(context.config.overrides);
  for (Test& test : all) overrides.apply(test);
  if (inputs.adopt_spellings) inputs.adopt_spellings(inputs.past, all);

  Selection selection = select_tests(all, context.config.selection, inputs.load_list);
  for (const std::string& notice : selection.notices) context.events.warn(notice);
  if (context.config.selection.failed) keep_failed(selection.tests, inputs.failed);
  std::vector<Test> chosen = own_part(std::move(selection.tests), context, inputs);

  std::set<std::string_view> ids;
  for (const Test& test : chosen) ids.insert(test.id);
  std::vector<bool> selected(all.size()), needed;
  for (TestIndex i = 0; i < all.size(); ++i) selected[i] = ids.count(all[i].id) > 0;
  needed = selected;
  select_fixtures(all, needed);
  for (TestIndex i = 0; i < all.size(); ++i)
    if (needed[i] && !selected[i]) chosen.push_back(std::move(all[i]));
  return chosen;
}

}  // namespace sharder
