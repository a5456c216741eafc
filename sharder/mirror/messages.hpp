// What a line of the journal is on a broker: topic and payload of the event, and the state of its run. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sharder::mirror {

struct Message {
  std::string topic, payload;
  bool retained = false;
};

/// `text` as one level of a topic: what has a meaning there (/ + #), control characters and bytes that are not UTF-8
/// become '-'; nothing at all does, too.
std::string topic_level(std::string_view text);

/// Turns lines into messages; knows the run once it has seen run.started.
class Translator {
 public:
  explicit Translator(std::string prefix) : prefix_(std::move(prefix)) {}

  /// The event's message; nothing for a line that is no event, or that comes before its run is known.
  std::optional<Message> translate(std::string_view line);
  /// "" before run.started.
  const std::string& run_id() const { return run_id_; }
  bool finished() const { return finished_; }

  /// Retained, for whoever comes later: running or finished.
  Message state() const { return {base_ + "state", state_, true}; }
  /// What the broker says in our place when we are gone: retained, too.
  Message last_will() const { return {base_ + "state", R"({"state":"lost"})", true}; }

 private:
  std::string prefix_, run_id_, base_, state_;
  bool finished_ = false;
};

}  // namespace sharder::mirror
