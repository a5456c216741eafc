// Small operations on text that several rooms need.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sharder {

/// Cuts at every `separator`; "" gives one empty piece.
std::vector<std::string> split(std::string_view text, char separator);

/// Lines without their ends ("\n" or "\r\n"); a last line without end counts, an empty one does not.
std::vector<std::string> split_lines(std::string_view text);

std::string_view trim(std::string_view text);
std::string join(const std::vector<std::string>& pieces, std::string_view separator);
std::string replace_all(std::string text, std::string_view from, std::string_view to);

/// Splits a command as a POSIX shell splits words: quotes and backslashes, no expansion of any kind.
/// Nothing when a quote is left open.
std::optional<std::vector<std::string>> split_command(std::string_view command);

/// One word that a shell reads back as `word`.
std::string quote_for_shell(std::string_view word);
/// The whole command, as one would type it.
std::string quote_command(const std::vector<std::string>& words);

/// "90s", "1.5m", "2h", "250ms", or a bare number of seconds. Nothing for anything else or a negative.
std::optional<std::chrono::duration<double>> parse_duration(std::string_view text);
/// "1MiB", "512KiB", "2G", "1000": bytes; K, M, G, T with or without i and B are powers of 1024.
std::optional<std::uint64_t> parse_size(std::string_view text);

/// "0.4 s", "12 s", "3 min 5 s", "1 h 2 min": for people.
std::string format_duration(std::chrono::duration<double> duration);
/// "1.5 GiB".
std::string format_size(std::uint64_t bytes);

/// Bytes as valid UTF-8 that cannot command a terminal: control characters other than newline and tab, and
/// invalid bytes, become "\x1b" escapes. What comes out of a clone passes here before it is shown.
std::string printable(std::string_view bytes);
/// Bytes as valid UTF-8: invalid sequences become U+FFFD. For JSON and XML.
std::string valid_utf8(std::string_view bytes);

/// The candidate nearest to `word` (edit distance at most a third of its length), or "".
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

/// Shell-style match of a path: `*` and `?` stop at '/', `**` crosses it, `[a-z]` a class.
bool glob_matches(std::string_view pattern, std::string_view path);

}  // namespace sharder
