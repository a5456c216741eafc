#include <cstdio>
#include <ctime>
#include <string>

#include "sharder/history/imports/imported_file.hpp"

namespace sharder {
namespace {

/// "+01:00" or "-0530" in seconds; 0 for anything else, "Z" among it.
int offset_seconds(const char* zone) {
  char sign = 0;
  int hours = 0, minutes = 0, length = 0;
  if (std::sscanf(zone, "%c%2d%n", &sign, &hours, &length) != 2) return 0;
  const char* rest = zone + length;
  if (std::sscanf(*rest == ':' ? rest + 1 : rest, "%2d", &minutes) != 1) minutes = 0;
  const int seconds = hours * 3600 + minutes * 60;
  return sign == '+' ? seconds : (sign == '-' ? -seconds : 0);
}

}  // namespace

std::optional<std::chrono::system_clock::time_point> parse_timestamp(std::string_view text) {
  const std::string whole(text);
  std::tm date{};
  double seconds = 0;
  int length = 0;
  char separator = 0;
  if (std::sscanf(whole.c_str(), "%4d-%2d-%2d%c%2d:%2d:%12lf%n", &date.tm_year, &date.tm_mon, &date.tm_mday,
                  &separator, &date.tm_hour, &date.tm_min, &seconds, &length) != 7 ||
      (separator != 'T' && separator != ' ') || seconds < 0 || seconds > 61)
    return std::nullopt;
  date.tm_year -= 1900;
  date.tm_mon -= 1;
  const std::time_t minute = ::timegm(&date) - offset_seconds(whole.c_str() + length);
  return std::chrono::system_clock::from_time_t(minute) +
         std::chrono::duration_cast<std::chrono::system_clock::duration>(Seconds(seconds));
}

}  // namespace sharder
