#include "sharder/run/loss_watch.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <utility>

namespace sharder {
namespace {

/// Three losses are a test's verdict; where nothing else happens for so many tests and workers, it is not the tests.
constexpr int losses_at_least = 12, losses_per_worker = 3;

}  // namespace

LossWatch::LossWatch(RunContext& context) : context_(context) { context.events.add(*this); }

void LossWatch::consume(const Event& event) {
  if (const auto* finished = std::get_if<AttemptFinished>(&event.payload))
    if (finished->record.outcome != Outcome::lost) in_a_row_ = 0;
  const auto* lost = std::get_if<CloneLost>(&event.payload);
  if (lost == nullptr || given_up_) return;
  if (++in_a_row_ < losses_at_least + losses_per_worker * context_.workers()) return;
  given_up_ = true;
  give_up(fmt::format("{} clones in a row were lost, the last one: {}", in_a_row_, lost->reason));
}

/// Not at once: whoever is told of this event must not be told of the next one before it.
void LossWatch::give_up(std::string why) {
  boost::asio::post(context_.executor, [&context = context_, why = std::move(why)] {
    if (context.cancellation.cancelled()) return;
    context.events.publish(Draining{why});
    context.cancellation.cancel(why);
  });
}

}  // namespace sharder
