#include "sharder/config/table_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "sharder/support/text.hpp"

namespace sharder {
namespace {

constexpr std::size_t longest_quotation = 40;

/// What stands there, as people say it: `the string "x"`, `the number 3`, `an array`.
std::string found_in(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::string: {
      const std::string& text = node.as_string()->get();
      const bool cut = text.size() > longest_quotation;
      return fmt::format("the string \"{}{}\"", text.substr(0, longest_quotation), cut ? "..." : "");
    }
    case toml::node_type::integer:
      return fmt::format("the number {}", node.as_integer()->get());
    case toml::node_type::floating_point:
      return fmt::format("the number {}", node.as_floating_point()->get());
    case toml::node_type::boolean:
      return node.as_boolean()->get() ? "true" : "false";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::table:
      return "a table";
    case toml::node_type::date:
      return "a date";
    case toml::node_type::time:
      return "a time of day";
    case toml::node_type::date_time:
      return "a date and time";
    case toml::node_type::none:
      return "nothing";
  }
  return "something else";
}

}  // namespace

void DiagnosticSink::add(Diagnostic::Severity severity, const toml::source_region& where, std::string message,
                         std::string hint) {
  diagnostics_.push_back({.severity = severity,
                          .file = file_,
                          .line = static_cast<int>(where.begin.line),
                          .column = static_cast<int>(where.begin.column),
                          .message = std::move(message),
                          .hint = std::move(hint)});
}

void DiagnosticSink::error(const toml::source_region& where, std::string message, std::string hint) {
  add(Diagnostic::Severity::error, where, std::move(message), std::move(hint));
}

void DiagnosticSink::warning(const toml::source_region& where, std::string message, std::string hint) {
  add(Diagnostic::Severity::warning, where, std::move(message), std::move(hint));
}

void DiagnosticSink::notice(std::string message, std::string hint) {
  add(Diagnostic::Severity::notice, {}, std::move(message), std::move(hint));
}

std::string TableReader::quoted(const std::string& key) const {
  return name_.empty() ? fmt::format("\"{}\"", key) : fmt::format("\"{}\" in {}", key, name_);
}

const toml::node* TableReader::node(const std::string& key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.push_back(key);
  return table_.get(key);
}

void TableReader::wrong(const std::string& key, const std::string& expected, const std::string& hint) {
  const toml::node* found = table_.get(key);
  sink_.error(found->source(), fmt::format("{} is {}, expected {}", quoted(key), found_in(*found), expected),
              hint);
}

void TableReader::error(const std::string& key, const std::string& message, const std::string& hint) {
  const toml::node* found = table_.get(key);
  sink_.error(found ? found->source() : table_.source(), message, hint);
}

std::optional<std::string> TableReader::text(const std::string& key) {
  const toml::node* found = node(key);
  if (!found) return std::nullopt;
  if (const auto* value = found->as_string()) return value->get();
  wrong(key, "a string");
  return std::nullopt;
}

std::optional<std::string> TableReader::word(const std::string& key, const std::vector<std::string>& words) {
  const toml::node* found = node(key);
  if (!found) return std::nullopt;
  const auto* value = found->as_string();
  if (value && std::find(words.begin(), words.end(), value->get()) != words.end()) return value->get();
  wrong(key, enumeration(words, "or"), value ? did_you_mean(value->get(), words) : "");
  return std::nullopt;
}

std::optional<bool> TableReader::boolean(const std::string& key) {
  const toml::node* found = node(key);
  if (!found) return std::nullopt;
  if (const auto* value = found->as_boolean()) return value->get();
  wrong(key, "true or false");
  return std::nullopt;
}

std::optional<std::int64_t> TableReader::integer(const std::string& key, std::int64_t lowest,
                                                 std::int64_t highest) {
  const toml::node* found = node(key);
  if (!found) return std::nullopt;
  const auto* value = found->as_integer();
  if (value && lowest <= value->get() && value->get() <= highest) return value->get();
  wrong(key, fmt::format("a number from {} to {}", lowest, highest));
  return std::nullopt;
}

std::optional<std::vector<std::string>> TableReader::array_of_texts(const std::string& key,
                                                                    const toml::array& array) {
  std::vector<std::string> texts;
  for (const toml::node& element : array) {
    if (const auto* value = element.as_string()) {
      texts.push_back(value->get());
    } else {
      sink_.error(element.source(),
                  fmt::format("{} contains {}, expected strings", quoted(key), found_in(element)));
      return std::nullopt;
    }
  }
  return texts;
}

std::optional<std::vector<std::string>> TableReader::texts(const std::string& key) {
  const toml::node* found = node(key);
  if (!found) return std::nullopt;
  if (const auto* array = found->as_array()) return array_of_texts(key, *array);
  const auto* single = found->as_string();
  wrong(key, "an array of strings", single ? fmt::format("{} = [\"{}\"]", key, single->get()) : "");
  return std::nullopt;
}

std::optional<std::vector<std::string>> TableReader::text_or_texts(const std::string& key) {
  const toml::node* found = node(key);
  if (!found) return std::nullopt;
  if (const auto* value = found->as_string()) return std::vector<std::string>{value->get()};
  if (const auto* array = found->as_array()) return array_of_texts(key, *array);
  wrong(key, "a string or an array of strings");
  return std::nullopt;
}

std::optional<std::vector<int>> TableReader::integers(const std::string& key, std::int64_t lowest,
                                                      std::int64_t highest) {
  const toml::node* found = node(key);
  if (!found) return std::nullopt;
  std::vector<int> numbers;
  const auto* array = found->as_array();
  for (std::size_t i = 0; array && i < array->size(); ++i) {
    const auto* value = array->get(i)->as_integer();
    if (!value || value->get() < lowest || value->get() > highest) {
      array = nullptr;
    } else {
      numbers.push_back(static_cast<int>(value->get()));
    }
  }
  if (array) return numbers;
  wrong(key, fmt::format("an array of numbers from {} to {}", lowest, highest));
  return std::nullopt;
}

std::optional<std::vector<std::string>> TableReader::commands(const std::string& key) {
  std::optional<std::vector<std::string>> commands = text_or_texts(key);
  if (!commands) return std::nullopt;
  for (const std::string& each : *commands) {
    const auto words = split_command(each);
    if (words && !words->empty()) continue;
    error(key,
          fmt::format("{}: {}", quoted(key),
                      words ? "a command is empty" : "a quote is left open in the command"),
          words ? "leave the key away" : "commands are split into words as a shell splits them");
    return std::nullopt;
  }
  return commands;
}

std::optional<std::string> TableReader::command(const std::string& key) {
  const toml::node* found = node(key);
  if (found && !found->is_string()) {
    wrong(key, "a command as a string");
    return std::nullopt;
  }
  const std::optional<std::vector<std::string>> one = commands(key);
  return one ? std::optional<std::string>(one->front()) : std::nullopt;
}

std::optional<Seconds> TableReader::duration(const std::string& key) {
  const toml::node* found = node(key);
  if (!found) return std::nullopt;
  std::optional<Seconds> span;
  if (const auto* value = found->as_string()) span = parse_duration(value->get());
  if (const auto number = found->value<double>(); number && found->is_number()) span = Seconds(*number);
  if (span && span->count() > 0) return span;
  wrong(key, "a time above zero such as \"90s\", \"10m\" or \"2h\"");
  return std::nullopt;
}

std::optional<std::uint64_t> TableReader::size(const std::string& key) {
  const toml::node* found = node(key);
  if (!found) return std::nullopt;
  std::optional<std::uint64_t> bytes;
  if (const auto* value = found->as_string()) bytes = parse_size(value->get());
  if (const auto* value = found->as_integer(); value && value->get() > 0)
    bytes = static_cast<std::uint64_t>(value->get());
  if (bytes && *bytes > 0) return bytes;
  wrong(key, "a size above zero such as \"512MiB\" or \"2GiB\"");
  return std::nullopt;
}

std::optional<std::optional<std::uint64_t>> TableReader::size_or_auto(const std::string& key) {
  const toml::node* found = node(key);
  if (!found) return std::nullopt;
  if (const auto* value = found->as_string(); value && value->get() == "auto")
    return std::optional<std::optional<std::uint64_t>>(std::in_place, std::nullopt);
  const std::optional<std::uint64_t> bytes = size(key);
  if (!bytes) return std::nullopt;
  return std::optional<std::optional<std::uint64_t>>(std::in_place, bytes);
}

std::optional<TextPairs> TableReader::text_pairs(const std::string& key) {
  const toml::table* found = table(key);
  if (!found) return std::nullopt;
  TextPairs pairs;
  for (const auto& [name, value] : *found) {
    if (const auto* text = value.as_string()) {
      pairs.emplace_back(std::string(name.str()), text->get());
    } else {
      sink_.error(
          value.source(),
          fmt::format("\"{}.{}\" in {} is {}, expected a string", key, name.str(), name_, found_in(value)),
          value.is_number() || value.is_boolean() ? "put it in quotes" : "");
    }
  }
  return pairs;
}

std::optional<std::string> TableReader::date(const std::string& key) {
  const toml::node* found = node(key);
  if (!found) return std::nullopt;
  if (const auto* value = found->as_date()) {
    std::ostringstream text;
    text << value->get();
    return text.str();
  }
  wrong(key, "a date such as 2027-01-31, without quotes");
  return std::nullopt;
}

const toml::table* TableReader::table(const std::string& key, const std::string& header) {
  const toml::node* found = node(key);
  if (!found) return nullptr;
  if (const toml::table* value = found->as_table()) return value;
  wrong(key, "a table", found->is_array_of_tables() && !header.empty() ? fmt::format("write {}", header) : "");
  return nullptr;
}

std::vector<const toml::table*> TableReader::tables(const std::string& key) {
  const toml::node* found = node(key);
  std::vector<const toml::table*> tables;
  if (!found) return tables;
  const toml::array* array = found->as_array();
  if (!array) {
    wrong(key, "an array of tables",
          found->is_table() && name_.empty() ? fmt::format("write [[{}]]", key) : "");
    return tables;
  }
  for (const toml::node& element : *array) {
    if (const toml::table* value = element.as_table()) {
      tables.push_back(value);
    } else {
      sink_.error(element.source(),
                  fmt::format("{} contains {}, expected tables", quoted(key), found_in(element)));
    }
  }
  return tables;
}

void TableReader::finish(std::string (*extra_hint)(const std::string& key)) {
  for (const auto& [key, value] : table_) {
    const std::string name(key.str());
    if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
    std::string hint = extra_hint ? extra_hint(name) : std::string();
    if (hint.empty() || !probably_meant(name, known_).empty()) hint = suggestion(name, known_);
    sink_.error(key.source(), fmt::format("unknown key {}", quoted(name)), hint);
  }
}

}  // namespace sharder
