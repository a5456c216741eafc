// .testr.conf and .stestr.conf. Claims: every diagnostic has a file and a text; where there is no error, there are
// commands that a shell can split; the text of a command has bounds.
#include "sharder/config/testr.hpp"

#include "sharder/support/text.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

void check(const sharder::TestrImport& import, std::size_t size) {
  using sharder::fuzz::claim;
  for (const sharder::Diagnostic& diagnostic : import.diagnostics)
    claim(!diagnostic.file.empty() && !sharder::to_string(diagnostic).empty(), "a diagnostic without a text");
  if (sharder::has_errors(import.diagnostics)) return;
  const sharder::FrameworkConfig& framework = import.framework;
  // A value may be named in another ten deep; what it grows to is bounded all the same.
  const std::size_t longest = (1u << 20) + 16 * size;
  for (const std::string& command : {framework.list->command, framework.run.command}) {
    claim(sharder::split_command(command).has_value(), "a command with an open quote", command);
    claim(command.size() < longest, "a command without bounds");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(sharder::fuzz::text_of(data, size));
  sharder::FrameworkConfig preset;
  preset.name = "testr";
  check(sharder::import_testr_text(text, ".testr.conf", preset), size);
  check(sharder::import_stestr_text(text, ".stestr.conf", preset), size);
  return 0;
}
