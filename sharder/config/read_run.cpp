#include <fmt/format.h>

#include <algorithm>

#include "sharder/config/flag.hpp"
#include "sharder/config/pattern.hpp"
#include "sharder/config/sections.hpp"
#include "sharder/config/values.hpp"
#include "sharder/support/errors.hpp"

namespace sharder {
namespace {

constexpr std::int64_t most_reruns = 1000;
constexpr std::int64_t most_cores = 4096;

/// Some things are asked for run by run only.
std::string hint_for_run_key(const std::string& key) {
  std::string name = key;
  std::replace(name.begin(), name.end(), '_', '-');
  const std::vector<Flag>& flags = run_flags();
  const bool is_flag =
      std::any_of(flags.begin(), flags.end(), [&](const Flag& flag) { return flag.name == name; });
  if (name == "workers" || name == "fresh" || name == "base")
    return fmt::format("{} belongs in [clones]", key);
  return is_flag ? fmt::format("that is a flag: --{}", name) : "";
}

void read_rerun_limit(TableReader& reader, double& limit) {
  const toml::node* found = reader.node("rerun_limit");
  if (!found) return;
  const auto* text = found->as_string();
  const std::optional<double> share = text ? parse_percentage(text->get()) : std::nullopt;
  if (!share) reader.wrong("rerun_limit", "a share of the tests such as \"5%\"");
  assign(limit, share);
}

void read_quarantine(const toml::table& table, const std::string& name, DiagnosticSink& sink,
                     std::optional<OverrideConfig::Quarantine>& target) {
  TableReader reader(table, name, sink);
  OverrideConfig::Quarantine quarantine;
  assign(quarantine.owner, reader.text("owner"));
  assign(quarantine.until, reader.date("until"));
  assign(quarantine.reason, reader.text("reason"));
  for (const char* key : {"owner", "until"})
    if (!table.contains(key))
      reader.error(key, fmt::format("\"{}\" is missing in {}", key, name),
                   "every entry has an owner and an end");
  reader.finish();
  target = quarantine;
}

void read_match(TableReader& reader, std::string& match) {
  const std::optional<std::string> text = reader.text("match");
  if (!reader.node("match"))
    reader.error("match", fmt::format("\"match\" is missing in {}", reader.name()),
                 "a part of a test's id, re:EXPRESSION or tag:NAME");
  if (!text) return;
  try {
    Pattern pattern(*text);
  } catch (const UsageError& refused) {
    reader.error("match", fmt::format("\"match\" in {}: {}", reader.name(), refused.what()), refused.hint());
    return;
  }
  match = *text;
}

}  // namespace

void read_run(const toml::table& table, const std::string& name, DiagnosticSink& sink, RunConfig& run) {
  TableReader reader(table, name, sink);
  assign(run.timeout, reader.duration("timeout"));
  assign(run.slow, reader.duration("slow"));
  if (const auto number = reader.integer("reruns", 0, most_reruns)) run.reruns = static_cast<int>(*number);
  read_rerun_limit(reader, run.rerun_limit);
  if (const auto word = reader.word("flaky", words_of(flaky_words)))
    run.flaky = *value_of(flaky_words, *word);
  if (const auto word = reader.word("leaks", {"warn", "fail"})) run.leaks_fail = *word == "fail";
  assign(run.output_bytes, reader.size("output"));
  if (const auto word = reader.word("locks", {"honour", "dissolve"}))
    run.locks_dissolve = *word == "dissolve";
  assign(run.keep_apart, reader.word("keep_apart", {"known", "none"}));
  reader.finish(hint_for_run_key);
}

void read_override(const toml::table& table, const std::string& name, DiagnosticSink& sink,
                   std::vector<OverrideConfig>& overrides) {
  TableReader reader(table, name, sink);
  OverrideConfig override;
  read_match(reader, override.match);
  override.timeout = reader.duration("timeout");
  override.exclusive = reader.boolean("exclusive");
  override.locks = reader.texts("locks");
  if (const auto number = reader.integer("cores", 1, most_cores)) override.cores = static_cast<int>(*number);
  override.group = reader.text("group");
  if (const toml::table* quarantine = reader.table("quarantine"))
    read_quarantine(*quarantine, "quarantine of " + name, sink, override.quarantine);
  reader.finish();
  if (!override.match.empty()) overrides.push_back(override);
}

}  // namespace sharder
