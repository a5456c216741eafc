// Text of a test on its way to people and files, and the small languages of values. Claims: a terminal is never
// commanded; JSON and XML hold any bytes; quoting for a shell can be undone; kept output has a bound wherever the
// stream is cut.
#include "sharder/support/text.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>

#include "sharder/model/bounded_output.hpp"
#include "sharder/report/json_text.hpp"
#include "sharder/report/formats/junit.hpp"
#include "sharder/report/log_files.hpp"
#include "sharder/report/terminal_text.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace sharder::fuzz {
namespace {

bool is_harmless(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F) return false;
    // C1 controls: one of them opens an escape sequence, as ESC [ does.
    if (byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0) return false;
  }
  return valid_utf8(text) == text;
}

void check_terminal(std::string_view input) {
  claim(is_harmless(printable(input)), "printable() lets a control character through");
  const std::string line = one_line(input);
  claim(is_harmless(line) && line.find('\n') == std::string::npos, "one_line() is not one harmless line", line);
  const int columns = static_cast<int>(random_of(input)() % 100);
  const std::string text = printable(input);
  for (const std::string& cut : {cut_to_columns(text, columns), cut_front_to_columns(text, columns)}) {
    claim(is_harmless(cut), "a cut makes a control character", cut);
    claim(display_columns(cut) <= columns, "a cut is too wide", cut);
  }
}

void check_files(std::string_view input) {
  std::string json;
  append_json_string(json, input);
  const auto parsed = nlohmann::json::parse(json, nullptr, false);
  claim(parsed.is_string(), "no JSON string", json);
  claim_equal(parsed.get<std::string>(), valid_utf8(input), "JSON holds another text");
  pugi::xml_document document;
  const std::string xml = "<a b=\"" + xml_escape(input) + "\">" + xml_escape(input) + "</a>";
  claim(static_cast<bool>(document.load_buffer(xml.data(), xml.size())), "no XML", xml);
  claim(!document.first_child().first_child().next_sibling(), "a text opens elements", xml);
  const std::string log = log_path(input, 1);
  claim(log.size() < 300 && log.starts_with("logs/") && log.find('/', 5) == std::string::npos &&
            log.find('\0') == std::string::npos,
        "a log's path leads elsewhere", log);
}

void check_values(std::string_view input) {
  if (const auto time = parse_duration(input))
    claim(std::isfinite(time->count()) && time->count() >= 0 && !format_duration(*time).empty(), "no time");
  if (const auto size = parse_size(input)) claim(!format_size(*size).empty(), "no size");
  const auto words = split_command(quote_for_shell(input));
  claim(words && words->size() == 1 && words->front() == input, "a quoted word is another", input);
  if (const auto command = split_command(input))
    claim(split_command(quote_command(*command)) == command, "a quoted command is another", input);
  const std::size_t line = input.find('\n');
  if (line != std::string_view::npos) glob_matches(input.substr(0, line), input.substr(line + 1));
}

void check_bounds(std::string_view input) {
  const std::size_t limit = random_of(input)() % 64 * 2;
  BoundedOutput whole(limit), pieces(limit);
  whole.append(input);
  in_pieces(input, [&](std::string_view piece) { pieces.append(piece); });
  claim_equal(pieces.text(), whole.text(), "where output is cut shows");
  claim(whole.text().size() <= limit + 64, "output without a bound");
}

}  // namespace
}  // namespace sharder::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = sharder::fuzz::text_of(data, size);
  sharder::fuzz::check_terminal(input);
  sharder::fuzz::check_files(input);
  sharder::fuzz::check_values(input);
  sharder::fuzz::check_bounds(input);
  return 0;
}
