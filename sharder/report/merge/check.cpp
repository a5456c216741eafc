#include "sharder/report/merge/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>

#include "sharder/report/terminal_text.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

constexpr const char* keep_one = "give the one to keep; a merge does not choose between two runs of the same tests";
constexpr std::size_t most_named = 5;

/// What two copies of a run must agree on.
using AttemptKey = std::pair<std::string, int>;
std::map<AttemptKey, const AttemptRecord*> attempts_of(const SourceRun& run) {
  std::map<AttemptKey, const AttemptRecord*> attempts;
  for (const Event& event : run.events)
    if (const auto* finished = std::get_if<AttemptFinished>(&event.payload))
      attempts[{run.tests[finished->record.test]->id, finished->record.attempt}] = &finished->record;
  return attempts;
}

bool alike(const AttemptRecord& one, const AttemptRecord& other) {
  return one.outcome == other.outcome && one.duration == other.duration && one.clone == other.clone;
}

/// How far a copy of a run has come.
auto progress_of(const SourceRun& run) {
  const auto verdicts = std::count_if(run.events.begin(), run.events.end(), [](const Event& event) {
    return std::holds_alternative<TestFinished>(event.payload);
  });
  return std::tuple(attempts_of(run).size(), run.tests.size(), verdicts, run.finished.has_value(), run.ended);
}

/// Makes one of two copies. The one that came farther must have all that the other has.
void join_copies(SourceRun& run, SourceRun copy) {
  if (progress_of(run) < progress_of(copy)) std::swap(run, copy);
  const auto whole = attempts_of(run);
  for (const auto& [key, record] : attempts_of(copy)) {
    const auto found = whole.find(key);
    if (found != whole.end() && alike(*found->second, *record)) continue;
    throw UsageError(fmt::format("{} and {} are both {}, and differ: attempt {} at {}", run.files[0].journal.string(),
                                 copy.files[0].journal.string(), described(run), key.second, one_line(key.first)),
                     "one of them was changed, or the run went on in two places: give the one to keep");
  }
  for (RunFiles& files : copy.files) run.files.push_back(std::move(files));
}

/// Parts of one division, by their number. The first of two that call themselves the same part stays.
using Division = std::map<int, const SourceRun*>;

std::map<std::string, Division> divisions_of(const std::vector<SourceRun>& sources) {
  std::map<std::string, Division> divisions;
  for (const SourceRun& source : sources)
    if (!source.division.empty() && source.started.parts > 0)
      divisions[source.division].emplace(source.started.part, &source);
  return divisions;
}

void refuse_same_part(const std::vector<SourceRun>& sources) {
  const std::map<std::string, Division> divisions = divisions_of(sources);
  for (const SourceRun& source : sources) {
    const auto division = divisions.find(source.division);
    if (division == divisions.end() || source.started.parts == 0) continue;
    const SourceRun& other = *division->second.at(source.started.part);
    if (&other != &source)
      throw UsageError(fmt::format("part {} of {} is there twice: run {} and run {}", source.started.part,
                                   source.started.parts, other.started.run_id, source.started.run_id),
                       keep_one);
  }
}

bool is_fixture(const Test& test) { return !test.fixtures_setup.empty() || !test.fixtures_cleanup.empty(); }

/// "1-3, 5"; `there` is sorted.
std::string gaps(const std::vector<int>& there, int parts) {
  std::vector<std::string> ranges;
  int next = 1;
  const auto close = [&](int end) {  // the first that is there again
    if (end > next) ranges.push_back(end - next == 1 ? std::to_string(next) : fmt::format("{}-{}", next, end - 1));
    next = end + 1;
  };
  for (const int part : there) close(part);
  close(parts + 1);
  return join(ranges, ", ");
}

/// Parts that are there but were ended before the division was known are told of by themselves.
std::string missing_parts(const Division& division, const std::vector<SourceRun>& sources) {
  const int parts = division.begin()->second->started.parts;
  std::set<int> there;
  for (const auto& [part, source] : division) there.insert(part);
  for (const SourceRun& source : sources)
    if (source.started.parts == parts && source.division.empty()) there.insert(source.started.part);
  const std::string missing = gaps({there.begin(), there.end()}, parts);
  if (missing.empty()) return "";
  const bool one = missing.find_first_of("-,") == std::string::npos;
  return fmt::format("part{} {} of {} {} missing", one ? "" : "s", missing, parts, one ? "is" : "are");
}

std::string without_verdict(const SourceRun& source) {
  std::vector<bool> judged(source.tests.size(), false);
  for (const Event& event : source.events)
    if (const auto* verdict = std::get_if<TestFinished>(&event.payload)) judged[verdict->test] = true;
  std::vector<std::string> names;
  for (TestIndex test = 0; test < judged.size(); ++test)
    if (!judged[test]) names.push_back(one_line(source.tests[test]->id));
  if (names.empty()) return "";
  const std::size_t count = names.size();
  if (count > most_named) names.resize(most_named);
  return fmt::format("{} without a verdict: {}{}", count_of(count, "test"), join(names, ", "),
                     count > most_named ? " ..." : "");
}

/// What is wrong with a run by itself; "" where nothing is.
std::string lack_of(const SourceRun& source) {
  const std::string tests = without_verdict(source);
  if (!source.finished)
    return fmt::format("{} has no end: it was killed, or still goes on{}", described(source),
                       tests.empty() ? "" : "; " + tests);
  const std::string& why = source.finished->incomplete;
  const bool undivided = source.started.parts > 0 && source.division.empty();
  constexpr int preparation_failed = 5, usage = 2;  // exit status: nothing was run
  const int status = source.finished->exit_status;
  if (undivided || (source.tests.empty() && (status == usage || status == preparation_failed)))
    return fmt::format("{} ran no tests: {}", described(source),
                       why.empty() ? fmt::format("exit status {}", status) : one_line(why, 500));
  if (!tests.empty()) return fmt::format("{} has {}", described(source), tests);
  const auto selected = static_cast<std::size_t>(source.finished->counts.selected);
  if (selected == source.tests.size()) return "";
  return fmt::format("{} ran {}, and its journal lists {}: lines are missing", described(source),
                     count_of(selected, "test"), source.tests.size());
}

/// Two runs that should be parts of one whole and are not, in words.
std::string different_divisions(const std::map<std::string, Division>& divisions) {
  const SourceRun& one = *divisions.begin()->second.begin()->second;
  const SourceRun& other = *std::next(divisions.begin())->second.begin()->second;
  if (one.started.parts != other.started.parts)
    return fmt::format("the runs were not divided alike: {}, {}", described(one), described(other));
  return fmt::format("{} and {} are parts of different divisions", described(one), described(other));
}

}  // namespace

std::vector<SourceRun> distinct_runs(std::vector<SourceRun> sources) {
  std::vector<SourceRun> distinct;
  std::unordered_map<std::string, std::size_t> known;
  for (SourceRun& source : sources) {
    const auto [at, is_new] = known.try_emplace(source.started.run_id, distinct.size());
    if (is_new) distinct.push_back(std::move(source));
    else join_copies(distinct[at->second], std::move(source));
  }
  std::sort(distinct.begin(), distinct.end(), [](const SourceRun& l, const SourceRun& r) {
    return std::tie(l.division, l.started.part, l.started.run_id) <
           std::tie(r.division, r.started.part, r.started.run_id);
  });
  return distinct;
}

void refuse_conflicts(const std::vector<SourceRun>& sources) {
  refuse_same_part(sources);
  std::unordered_map<std::string_view, const SourceRun*> owner;
  for (const SourceRun& source : sources)
    for (const auto& test : source.tests) {
      const auto [first, is_new] = owner.try_emplace(test->id, &source);
      if (!is_new && !is_fixture(*test))
        throw UsageError(fmt::format("test {} is in two runs: {} and {}", one_line(test->id), described(*first->second),
                                     described(source)),
                         keep_one);
    }
}

Shortfall shortfall_of(const std::vector<SourceRun>& sources) {
  Shortfall shortfall;
  const std::map<std::string, Division> divisions = divisions_of(sources);
  for (const auto& [digest, division] : divisions)
    if (const std::string missing = missing_parts(division, sources); !missing.empty())
      shortfall.missing.push_back(missing);
  const bool mixed = !shortfall.missing.empty() && divisions.size() > 1;
  if (mixed) shortfall.missing.insert(shortfall.missing.begin(), different_divisions(divisions));
  bool killed = false;
  for (const SourceRun& source : sources) {
    if (const std::string lack = lack_of(source); !lack.empty()) shortfall.missing.push_back(lack);
    killed = killed || !source.finished;
  }
  if (mixed)
    shortfall.hint = "parts fit together that were divided by the same list and history: run all of them with the same "
                     "selection, and with the same --history FILE or with --no-history";
  else if (killed)
    shortfall.hint = "sharder run --resume RUN, where it ran, brings a killed run to its end";
  return shortfall;
}

}  // namespace sharder
