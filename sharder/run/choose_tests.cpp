#include "sharder/run/choose_tests.hpp"

#include <set>

#include "sharder/config/overrides.hpp"
#include "sharder/plan/ties.hpp"
#include "sharder/suites/selection.hpp"

namespace sharder {
namespace {

/// Every Nth test: stable, and balanced as far as neighbours in the list resemble each other.
std::vector<Test> partition(std::vector<Test> tests, const RunConfig& run) {
  if (run.partitions <= 1) return tests;
  std::vector<Test> kept;
  for (std::size_t i = 0; i < tests.size(); ++i)
    if (i % static_cast<std::size_t>(run.partitions) == static_cast<std::size_t>(run.partition - 1))
      kept.push_back(std::move(tests[i]));
  return kept;
}

}  // namespace

std::vector<Test> choose_tests(RunContext& context, std::vector<SuiteTests> listed, std::string_view load_list) {
  IdentifiedTests identified = assign_identifiers(std::move(listed), context.config.suites.size() > 1);
  for (const std::string& notice : identified.notices) context.events.warn(notice);
  std::vector<Test>& all = identified.tests;
  const Overrides overrides(context.config.overrides);
  for (Test& test : all) overrides.apply(test);

  Selection selection = select_tests(all, context.config.selection, load_list);
  for (const std::string& notice : selection.notices) context.events.warn(notice);
  std::vector<Test> chosen = partition(std::move(selection.tests), context.config.run);

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
