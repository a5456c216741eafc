// Points in time as reports write them.
#pragma once

#include <chrono>
#include <string>

namespace sharder {

/// "2026-11-22T04:05:06.123456Z": ISO 8601, UTC.
std::string iso_time(std::chrono::system_clock::time_point time);
/// Milliseconds since 1970, as CTRF wants them.
long long unix_milliseconds(std::chrono::system_clock::time_point time);

}  // namespace sharder
