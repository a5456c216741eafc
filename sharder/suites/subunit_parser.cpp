#include <map>
#include <optional>
#include <set>
#include <utility>

#include "sharder/model/bounded_output.hpp"
#include "sharder/suites/limits.hpp"
#include "sharder/suites/result_formats.hpp"
#include "sharder/suites/subunit_outcome.hpp"
#include "sharder/suites/subunit_reader.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

/// Tests that have told something but are not finished; a well-behaved runner has one.
constexpr std::size_t most_open_tests = 10'000;

/// What came for a test before its final status.
struct Attachments {
  BoundedOutput details{details_limit_bytes};
  BoundedOutput reason{message_limit_bytes}, message{message_limit_bytes}, traceback{message_limit_bytes};
  std::string file_name;  // of the part that came last

  void add(const SubunitPacket& packet) {
    if (!packet.mime.empty() && !packet.mime.starts_with("text/")) return;
    if (packet.file_name == "reason") return reason.append(packet.file);
    if (packet.file_name == "message") return message.append(packet.file);
    if (packet.file_name == "traceback")
      traceback.append(packet.file);
    else if (packet.file.empty())
      return;
    if (std::exchange(file_name, packet.file_name) != packet.file_name && packet.file_name != "traceback")
      details.append("\n--- " + packet.file_name + " ---\n");
    details.append(packet.file);
  }

  /// The reason of a skip, or what failed: Python's tracebacks say it in their last line.
  std::string one_line() const {
    for (const BoundedOutput* text : {&message, &reason}) {
      const std::string content = text->text();
      const std::string_view trimmed = trim(content);
      if (!trimmed.empty()) return std::string(trimmed.substr(0, trimmed.find('\n')));
    }
    const std::string content = traceback.text();
    const std::string_view trimmed = trim(content);
    const std::size_t before = trimmed.rfind('\n');
    return std::string(before == std::string_view::npos ? trimmed : trim(trimmed.substr(before)));
  }
};

/// What unittest calls the set-up or tear-down of a class or module, where it does not go well: "setUpClass (m.C)".
struct SharedFixture {
  bool set_up = false;
  std::string prefix;  // of the names of its tests: "m.C."
};

std::optional<SharedFixture> shared_fixture(std::string_view name) {
  const std::size_t open = name.find(" (");
  if (open == std::string_view::npos || !name.ends_with(')')) return std::nullopt;
  const std::string_view word = name.substr(0, open);
  const bool set_up = word == "setUpClass" || word == "setUpModule";
  if (!set_up && word != "tearDownClass" && word != "tearDownModule") return std::nullopt;
  return SharedFixture{set_up, std::string(name.substr(open + 2, name.size() - open - 3)) + "."};
}

class SubunitParser : public ResultParser {
 public:
  SubunitParser(std::vector<std::string> filter_tags, const std::vector<std::string>& names)
      : filter_tags_(std::move(filter_tags)), names_(names.begin(), names.end()) {}

  std::vector<ResultEvent> consume(std::string_view bytes) override { return events_of(reader_.feed(bytes)); }
  std::vector<ResultEvent> finish(std::optional<int>) override { return events_of(reader_.finish()); }

 private:
  std::vector<ResultEvent> events_of(const std::vector<SubunitPiece>& pieces) {
    std::vector<ResultEvent> events;
    for (const SubunitPiece& piece : pieces) {
      if (piece.kind == SubunitPiece::Kind::packet)
        take_packet(piece.packet, events);
      else if (piece.kind == SubunitPiece::Kind::text)
        put_output(piece.text, events);
      else
        put_output("\n[the subunit stream is broken: " + piece.text + "]\n", events);
    }
    return events;
  }

  /// What is printed between packets belongs to the test that is running, as far as anybody can tell.
  void put_output(std::string text, std::vector<ResultEvent>& events) const {
    ResultEvent event;
    event.kind = ResultEvent::Kind::output;
    event.name = running_;
    event.details = std::move(text);
    events.push_back(std::move(event));
  }

  void take_packet(const SubunitPacket& packet, std::vector<ResultEvent>& events) {
    if (any_of_tags(packet, filter_tags_)) return;
    if (packet.test.empty()) {
      if (!packet.file.empty()) put_output(packet.file, events);
      return;
    }
    if (!packet.file_name.empty()) attach(packet);
    ResultEvent event;
    event.name = packet.test;
    if (packet.status == SubunitStatus::in_progress) {
      event.kind = ResultEvent::Kind::started;
      running_ = packet.test;
    } else if (const auto outcome = outcome_of(packet.status)) {
      event.outcome = *outcome;
      if (packet.test == running_) running_.clear();
      event.late = any_of_tags(packet, {"late"});
      if (const auto found = open_.find(packet.test); found != open_.end()) {
        event.details = found->second.details.text();
        if (*outcome != Outcome::passed) event.message = found->second.one_line();
        open_.erase(found);
      }
    } else {
      return;
    }
    if (const auto fixture = shared_fixture(event.name)) return put_shared(*fixture, std::move(event), events);
    if (event.kind == ResultEvent::Kind::finished) finished_last_ = event.name;
    events.push_back(std::move(event));
  }

  /// unittest names none of the tests that a set-up keeps from running; a tear-down tells against the last of them.
  void put_shared(const SharedFixture& fixture, ResultEvent event, std::vector<ResultEvent>& events) const {
    if (event.kind != ResultEvent::Kind::finished || event.outcome == Outcome::passed) return;
    if (is_failure(event.outcome)) event.message = event.name + ": " + event.message;
    event.late = !fixture.set_up;
    if (event.late && finished_last_.starts_with(fixture.prefix) && is_failure(event.outcome)) {
      event.name = finished_last_;
      events.push_back(std::move(event));
    } else if (!event.late) {
      for (auto name = names_.lower_bound(fixture.prefix); name != names_.end() && name->starts_with(fixture.prefix);
           ++name) {
        event.name = *name;
        events.push_back(event);
      }
    }
  }

  void attach(const SubunitPacket& packet) {
    if (open_.size() >= most_open_tests && !open_.contains(packet.test)) return;
    open_[packet.test].add(packet);
  }

  std::vector<std::string> filter_tags_;
  SubunitReader reader_;
  std::map<std::string, Attachments> open_;
  std::string running_;  // started last and not finished
  std::string finished_last_;
  std::set<std::string> names_;  // of the tests of this process
};

}  // namespace

std::unique_ptr<ResultParser> make_subunit_parser(std::vector<std::string> filter_tags,
                                                  const std::vector<std::string>& names) {
  return std::make_unique<SubunitParser>(std::move(filter_tags), names);
}

}  // namespace sharder
