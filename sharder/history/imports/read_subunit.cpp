#include <algorithm>
#include <unordered_map>

#include "sharder/history/imports/imported_file.hpp"
#include "sharder/suites/subunit_outcome.hpp"
#include "sharder/suites/subunit_reader.hpp"

namespace sharder {
namespace {

using Time = std::chrono::system_clock::time_point;

Time time_of(const SubunitTime& time) {
  return Time(std::chrono::seconds(time.seconds)) +
         std::chrono::duration_cast<Time::duration>(std::chrono::nanoseconds(time.nanoseconds));
}

class StreamReader {
 public:
  ImportedFile read(std::string_view text) {
    file_.format = "subunit";
    // Line by line: version 1 tells times in lines of their own, which belong to what follows them.
    while (!text.empty()) {
      const std::string_view line = text.substr(0, std::min(text.find('\n'), text.size() - 1) + 1);
      text.remove_prefix(line.size());
      note_time(line);
      take(reader_.feed(line), line);
    }
    take(reader_.finish(), {});
    if (file_.tests.empty()) file_.refusal = "it holds no results of tests: it is no subunit stream";
    return std::move(file_);
  }

 private:
  void note_time(std::string_view line) {
    constexpr std::string_view word = "time: ";
    if (in_details_ || !line.starts_with(word)) return;
    if (const auto time = parse_timestamp(line.substr(word.size()))) now_ = *time;
  }

  void take(const std::vector<SubunitPiece>& pieces, std::string_view line) {
    if (line.ends_with(" [\n") || line.ends_with(" [ multipart\n")) in_details_ = true;
    for (const SubunitPiece& piece : pieces) {
      if (piece.kind == SubunitPiece::Kind::broken) ++file_.passed_over;
      if (piece.kind == SubunitPiece::Kind::packet) take_packet(piece.packet);
    }
  }

  void take_packet(const SubunitPacket& packet) {
    const std::optional<Time> time = packet.time ? std::optional(time_of(*packet.time)) : now_;
    if (time && (!file_.started || *time < *file_.started)) file_.started = time;
    if (packet.test.empty()) return;
    if (packet.status == SubunitStatus::in_progress && time) since_[packet.test] = *time;
    const std::optional<Outcome> outcome = outcome_of(packet.status);
    if (!outcome) return;
    in_details_ = false;
    ImportedTest& test = file_.tests.emplace_back();
    test.name.name = packet.test;
    RecordedAttempt& attempt = test.attempts.emplace_back();
    attempt.outcome = *outcome;
    const auto since = since_.find(packet.test);
    if (since == since_.end()) return;
    if (time && *time >= since->second) attempt.duration = *time - since->second;
    since_.erase(since);
  }

  SubunitReader reader_;
  ImportedFile file_;
  std::unordered_map<std::string, Time> since_;
  std::optional<Time> now_;
  bool in_details_ = false;
};

}  // namespace

ImportedFile read_subunit(std::string_view text) {
  return StreamReader().read(text);
}

}  // namespace sharder
