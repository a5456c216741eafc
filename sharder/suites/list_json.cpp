#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "sharder/suites/bounded_json.hpp"
#include "sharder/suites/line_splitter.hpp"
#include "sharder/suites/list_formats.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

using nlohmann::json;

/// Reads the keys of one line; the first that is not what it should be is kept as the fault.
class JsonLine {
 public:
  JsonLine(const json& object, const std::string& directory) : object_(object), directory_(directory) {}

  Test test() {
    Test test;
    test.name = text("id");
    if (test.name.empty()) fault("\"id\" is missing");
    test.command = command();
    if (const std::string relative = text("directory"); !relative.empty())
      test.directory = (std::filesystem::path(directory_) / relative).lexically_normal();
    test.environment = environment();
    test.timeout = timeout();
    test.locks = texts("locks");
    test.cores = cores();
    test.group = text("group");
    test.tags = texts("tags");
    return test;
  }
  const std::string& fault() const { return fault_; }

 private:
  void fault(std::string text) {
    if (fault_.empty()) fault_ = std::move(text);
  }
  /// The value of `key`, or null where there is none.
  const json* find(const char* key) const {
    const auto found = object_.find(key);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
  }

  std::string text(const char* key) {
    const json* value = find(key);
    if (value == nullptr) return {};
    if (!value->is_string()) return fault(fmt::format("\"{}\" is not a string", key)), std::string{};
    return value->get<std::string>();
  }
  std::vector<std::string> texts(const char* key) {
    std::vector<std::string> list;
    const json* value = find(key);
    if (value == nullptr) return list;
    if (!value->is_array()) return fault(fmt::format("\"{}\" is not an array of strings", key)), list;
    for (const json& element : *value) {
      if (element.is_string())
        list.push_back(element.get<std::string>());
      else
        fault(fmt::format("\"{}\" is not an array of strings", key));
    }
    return list;
  }
  std::vector<std::string> command() {
    const json* value = find("command");
    if (value == nullptr || !value->is_string()) return texts("command");
    const auto words = split_command(value->get<std::string>());
    if (!words) fault("\"command\" has an open quote");
    return words.value_or(std::vector<std::string>{});
  }
  std::vector<std::pair<std::string, std::string>> environment() {
    std::vector<std::pair<std::string, std::string>> variables;
    const json* value = find("environment");
    if (value == nullptr) return variables;
    if (!value->is_object()) return fault("\"environment\" is not an object of strings"), variables;
    for (const auto& [name, content] : value->items()) {
      if (content.is_string())
        variables.emplace_back(name, content.get<std::string>());
      else
        fault("\"environment\" is not an object of strings");
    }
    return variables;
  }
  std::optional<Seconds> timeout() {
    const json* value = find("timeout");
    if (value == nullptr) return std::nullopt;
    std::optional<Seconds> span;
    if (value->is_number()) span = Seconds(value->get<double>());
    if (value->is_string()) span = parse_duration(value->get<std::string>());
    if (!span || span->count() <= 0) return fault("\"timeout\" is not a time"), std::nullopt;
    return span;
  }
  int cores() {
    const json* value = find("cores");
    if (value == nullptr) return 1;
    constexpr long long most_cores = 65536;
    const bool good =
        value->is_number_integer() && value->get<long long>() >= 1 && value->get<long long>() <= most_cores;
    if (!good) return fault("\"cores\" is not a whole number above zero"), 1;
    return value->get<int>();
  }

  const json& object_;
  const std::string& directory_;
  std::string fault_;
};

}  // namespace

void list_json(std::string_view output, const std::string& directory, ListingBuilder& listing) {
  std::size_t number = 0;
  for_each_line(output, [&](std::string_view line) {
    ++number;
    if (trim(line).empty()) return;
    const std::optional<json> parsed = parse_bounded_json(line);
    if (!parsed) return listing.problem(fmt::format("line {} has more than {} values", number, most_json_values));
    const json& object = *parsed;
    if (!object.is_object())
      return listing.problem(
          fmt::format("line {} is not a JSON object: {}", number, printable(line.substr(0, 120))));
    JsonLine reader(object, directory);
    Test test = reader.test();
    if (reader.fault().empty())
      listing.add(std::move(test));
    else
      listing.problem(fmt::format("line {}: {}", number, reader.fault()));
  });
}

}  // namespace sharder
