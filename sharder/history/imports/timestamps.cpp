#include <cstdio>
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
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, length = 0;
  double seconds = 0;
  char separator = 0;
  if (std::sscanf(whole.c_str(), "%4d-%2d-%2d%c%2d:%2d:%12lf%n", &year, &month, &day, &separator, &hour, &minute,
                  &seconds, &length) != 7)
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  // The clock's nanoseconds end in 2262; "nan" is a number to sscanf.
  const bool is_date = date.ok() && year >= 1970 && year <= 2200 && (separator == 'T' || separator == ' ');
  const bool is_time = hour >= 0 && hour <= 24 && minute >= 0 && minute <= 59 && seconds >= 0 && seconds <= 61;
  if (!is_date || !is_time) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) -
         std::chrono::seconds(offset_seconds(whole.c_str() + length)) +
         std::chrono::duration_cast<std::chrono::system_clock::duration>(Seconds(seconds));
}

}  // namespace sharder
