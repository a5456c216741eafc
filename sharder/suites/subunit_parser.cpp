#include <map>
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

class SubunitParser : public ResultParser {
 public:
  explicit SubunitParser(std::vector<std::string> filter_tags) : filter_tags_(std::move(filter_tags)) {}

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
    events.push_back(std::move(event));
  }

  void attach(const SubunitPacket& packet) {
    if (open_.size() >= most_open_tests && !open_.contains(packet.test)) return;
    open_[packet.test].add(packet);
  }

  std::vector<std::string> filter_tags_;
  SubunitReader reader_;
  std::map<std::string, Attachments> open_;
  std::string running_;  // started last and not finished
};

}  // namespace

std::unique_ptr<ResultParser> make_subunit_parser(std::vector<std::string> filter_tags) {
  return std::make_unique<SubunitParser>(std::move(filter_tags));
}

}  // namespace sharder
