// The event stream once more, for --events: every event as its line of the journal, handed to a destination that may be
// slow, gone or dead without the run noticing.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sharder/model/event.hpp"
#include "sharder/report/mirror/line_queue.hpp"
#include "sharder/support/time_source.hpp"

namespace sharder {

/// Where lines go. Nothing here throws, and only wait() waits.
class MirrorDestination {
 public:
  virtual ~MirrorDestination() = default;
  /// How people are told of it: "mqtt://host:1883/ci", "/tmp/events".
  virtual const std::string& name() const = 0;
  /// Takes what goes at once, and gives how many bytes that were.
  virtual std::size_t take(std::string_view bytes) = 0;
  /// What has happened since the last call.
  virtual std::vector<Notice> news() = 0;
  /// No more lines come.
  virtual void close() = 0;
  /// Until something happens, at most so long. False where waiting is of no use: all has arrived, or nothing more will.
  virtual bool wait(std::chrono::milliseconds most) = 0;
  /// How many of the `taken` lines have arrived.
  virtual std::uint64_t arrived(std::uint64_t taken) const = 0;
};

class Mirror : public EventConsumer {
 public:
  using Publish = std::function<void(Notice)>;

  /// Of what waits for a destination; a run of ten thousand tests is about 15 MiB.
  static constexpr std::size_t most_waiting_bytes = std::size_t{16} << 20;
  /// How long the end of a run may wait for what is on its way.
  static constexpr std::chrono::milliseconds patience{2000};

  /// `publish` takes what people should know while the run lasts. `time` outlives the mirror.
  Mirror(std::unique_ptr<MirrorDestination> destination, const TimeSource& time, Publish publish,
         std::size_t most_bytes = most_waiting_bytes);

  void consume(const Event& event) override;
  /// A test that the run listed in an earlier part of it.
  void recall(const Event& event);
  /// Hands on what waited, and tells what happened. Called about ten times a second.
  void tick();
  /// After the run, at most `patience` long: hands on the rest. Tells what did not arrive.
  std::string finish() override;

 private:
  void hand_on();
  void gather_news();
  void tell();
  std::string what_is_missing() const;

  std::unique_ptr<MirrorDestination> destination_;
  const TimeSource& time_;
  Publish publish_;
  LineQueue queue_;
  std::vector<std::shared_ptr<const Test>> tests_;
  bool going_on_ = false;  // between run.started and run.finished; what is told otherwise would stand outside the run
  bool told_of_drops_ = false;
  std::vector<Notice> untold_;
};

}  // namespace sharder
