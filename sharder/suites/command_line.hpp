// How a preset's command becomes the words of a process: placeholders filled in, nothing run by a shell.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sharder {

/// What the placeholders of a command stand for. {id} is the first of `ids`.
struct CommandValues {
  std::string program, interpreter, id_file, result_file;
  std::vector<std::string> programs, arguments, ids, command;
  std::string separator = " ";
};

/// Splits `text` as a shell splits words, then fills in the placeholders. {arguments}, {ids}, {programs} and
/// {command} alone in a word become a word each; within a word they are joined ({ids} by `separator`, the
/// others by a blank). What is put in is never split or filled in again. Braces around anything else stay as
/// they are. Throws ConfigError where a quote is left open.
std::vector<std::string> build_command(const std::string& text, const CommandValues& values);

/// Whether `text` has the placeholder, e.g. "{id_file}".
bool has_placeholder(std::string_view text, std::string_view placeholder);

}  // namespace sharder
