#include "sharder/config/events_target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>

#include "sharder/config/values.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

constexpr const char* shape = "mqtt://host:port/prefix, mqtts://host:port/prefix, a file, or - for standard output";
/// Of MQTT is 65535 bytes for a topic; host, run and event want a part of it.
constexpr std::size_t longest_prefix = 1024;

[[noreturn]] void refuse(const std::string& url, const std::string& why, const std::string& hint = shape) {
  throw UsageError(fmt::format("--events: {} in \"{}\"", why, printable(url)), hint);
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

int hexadecimal(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const int lower = std::tolower(static_cast<unsigned char>(c));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// "%2F" -> "/"; nothing where a % is followed by something else.
std::optional<std::string> percent_decoded(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      plain += text[at];
      continue;
    }
    const int high = at + 2 < text.size() ? hexadecimal(text[at + 1]) : -1;
    const int low = at + 2 < text.size() ? hexadecimal(text[at + 2]) : -1;
    if (high < 0 || low < 0) return std::nullopt;
    plain += static_cast<char>(high * 16 + low);
    at += 2;
  }
  return plain;
}

/// Of the part of a URL that `what` names.
std::string decoded(const std::string& url, std::string_view part, const char* what) {
  const std::optional<std::string> plain = percent_decoded(part);
  if (!plain) refuse(url, fmt::format("a % that begins no %XX in the {}", what));
  if (std::any_of(plain->begin(), plain->end(), is_control))
    refuse(url, fmt::format("a control character in the {}", what));
  if (valid_utf8(*plain) != *plain) refuse(url, fmt::format("bytes that are not UTF-8 in the {}", what));
  return *plain;
}

std::string parse_prefix(const std::string& url, std::string_view path) {
  std::string prefix = decoded(url, path, "prefix");
  if (prefix.ends_with('/')) prefix.pop_back();
  if (prefix.empty())
    refuse(url, "there is no prefix of topics", "mqtt://host:port/prefix; the prefix may be any word, such as ci");
  if (prefix.find_first_of("+#") != std::string::npos)
    refuse(url, "a wildcard (+ or #) in the prefix", "a prefix without + and #");
  if (prefix.front() == '$') refuse(url, "a prefix that begins with $", "such topics belong to the broker");
  if (prefix.size() > longest_prefix)
    refuse(url, "a prefix that is too long", fmt::format("at most {} bytes", longest_prefix));
  return prefix;
}

/// "host", "host:port", "[::1]:port".
void parse_host(const std::string& url, std::string_view text, BrokerAddress& address) {
  const std::size_t bracket = text.starts_with('[') ? text.find(']') : 0;
  if (bracket == std::string_view::npos) refuse(url, "a [ without its ]");
  const std::size_t colon = text.find(':', bracket);
  address.host = bracket > 0 ? text.substr(1, bracket - 1) : text.substr(0, colon);
  if (bracket > 0 && bracket + 1 < text.size() && colon != bracket + 1) refuse(url, "something behind the address's ]");
  const auto fits = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '_' || c == ':' || c == '%';
  };
  if (address.host.empty()) refuse(url, "there is no host");
  if (!std::all_of(address.host.begin(), address.host.end(), fits)) refuse(url, "a host that cannot be");
  if (colon == std::string_view::npos) return;
  const std::optional<std::uint64_t> port = parse_number(std::string(text.substr(colon + 1)), 1, 65535);
  if (!port)
    refuse(url, fmt::format("the port is \"{}\"", printable(text.substr(colon + 1))), "a number from 1 to 65535");
  address.port = static_cast<std::uint16_t>(*port);
}

BrokerAddress parse_broker(const std::string& url, bool encrypted, std::string_view rest) {
  BrokerAddress address;
  address.encrypted = encrypted;
  address.port = encrypted ? 8883 : 1883;
  if (rest.find('?') != std::string_view::npos) refuse(url, "a query (?)", "%3F stands for a question mark");
  const std::size_t slash = rest.find('/');
  std::string_view authority = rest.substr(0, slash);
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    if (authority.substr(0, at).find(':') != std::string_view::npos)
      throw UsageError("--events: a password in a URL is seen by everybody on this machine",
                       "--events-credentials FILE, with user and password on two lines");
    address.user = decoded(url, authority.substr(0, at), "user");
    authority = authority.substr(at + 1);
  }
  parse_host(url, authority, address);
  address.prefix = parse_prefix(url, slash == std::string_view::npos ? "" : rest.substr(slash + 1));
  return address;
}

/// "file:/x", "file:///x" and "file://localhost/x".
std::string path_of_url(const std::string& url, std::string_view rest) {
  if (rest.starts_with("//")) {
    const std::size_t slash = rest.find('/', 2);
    const std::string_view host = rest.substr(2, slash == std::string_view::npos ? slash : slash - 2);
    if (!host.empty() && host != "localhost") refuse(url, "a file of another machine", "file:///path");
    rest = slash == std::string_view::npos ? "" : rest.substr(slash);
  }
  const std::string path = decoded(url, rest, "path");
  if (path.empty()) refuse(url, "there is no path", "file:///path");
  return path;
}

/// Lower case; "" where `text` is a path.
std::string scheme_of(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos || colon == 0) return {};
  std::string scheme = text.substr(0, colon);
  for (char& c : scheme) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (scheme == "file" || scheme == "mqtt" || scheme == "mqtts") return scheme;
  return text.compare(colon, 3, "://") == 0 ? scheme : "";
}

}  // namespace

std::string BrokerAddress::shown() const {
  const bool numeric = host.find(':') != std::string::npos;
  return fmt::format("{}://{}{}{}:{}/{}", encrypted ? "mqtts" : "mqtt", numeric ? "[" : "", host, numeric ? "]" : "",
                     port, prefix);
}

std::string EventsTarget::shown() const {
  if (!is_file) return broker.shown();
  return file == "-" ? "standard output" : file.string();
}

EventsTarget parse_events_target(const std::string& text, const std::filesystem::path& directory) {
  EventsTarget target;
  const std::string scheme = scheme_of(text);
  if (scheme.empty() || scheme == "file") {
    const std::string path = scheme.empty() ? text : path_of_url(text, std::string_view(text).substr(5));
    target.file = text == "-" ? std::filesystem::path("-") : (directory / path).lexically_normal();
    return target;
  }
  if (scheme != "mqtt" && scheme != "mqtts") refuse(text, fmt::format("an unknown scheme, {}:", printable(scheme)));
  const std::string_view rest = std::string_view(text).substr(scheme.size() + 1);
  if (!rest.starts_with("//")) refuse(text, "no // behind the scheme");
  target.is_file = false;
  target.broker = parse_broker(text, scheme == "mqtts", rest.substr(2));
  return target;
}

}  // namespace sharder
