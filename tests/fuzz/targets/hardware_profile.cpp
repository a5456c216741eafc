// A hardware profile. Claims: diagnostics have texts; a profile without errors makes a machine on which at least one
// worker runs.
#include "sharder/host/profile_reader.hpp"

#include "tests/fuzz/fuzz.hpp"

// hwloc forgets a few bytes of a description that it refuses.
extern "C" const char* __lsan_default_suppressions() { return "leak:libhwloc\n"; }

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sharder;
  const auto nothing = [](const std::string&) -> std::optional<std::string> { return std::nullopt; };
  Diagnostics diagnostics;
  const HardwareProfile profile =
      read_profile({"ci.toml", "ci", std::string(fuzz::text_of(data, size)), nothing}, diagnostics);
  for (const Diagnostic& diagnostic : diagnostics)
    fuzz::claim(!diagnostic.message.empty() && !to_string(diagnostic).empty(), "a diagnostic without a text");
  if (has_errors(diagnostics)) return 0;
  const ProfileCapacity capacity = capacity_of(profile, {}, std::nullopt);
  fuzz::claim(capacity.workers >= 1, "no worker");
  fuzz::claim(capacity.speeds.size() == static_cast<std::size_t>(capacity.workers), "a worker without a speed");
  return 0;
}
