#include "sharder/suites/bounded_json.hpp"

#include <nlohmann/json.hpp>
#include <string>

namespace sharder {
namespace {

using nlohmann::json;

/// Reads and keeps nothing. Stops where there is too much.
class Counter : public nlohmann::json_sax<json> {
 public:
  bool too_many() const { return values_ > most_json_values; }

  bool null() override { return count(); }
  bool boolean(bool) override { return count(); }
  bool number_integer(number_integer_t) override { return count(); }
  bool number_unsigned(number_unsigned_t) override { return count(); }
  bool number_float(number_float_t, const string_t&) override { return count(); }
  bool string(string_t&) override { return count(); }
  bool binary(binary_t&) override { return count(); }
  bool start_object(std::size_t) override { return count(); }
  bool key(string_t&) override { return count(); }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return count(); }
  bool end_array() override { return true; }
  bool parse_error(std::size_t, const std::string&, const json::exception&) override { return false; }

 private:
  bool count() { return ++values_ <= most_json_values; }

  std::size_t values_ = 0;
};

}  // namespace

std::optional<json> parse_bounded_json(std::string_view text) {
  Counter counter;
  json::sax_parse(text, &counter);
  if (counter.too_many()) return std::nullopt;
  return json::parse(text, nullptr, false);
}

}  // namespace sharder
