#include "sharder/run/warm_clones.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <utility>

namespace sharder {
namespace {

/// Spares that do not start cost time that tests could use; where so many failed, workers see for themselves.
constexpr int most_failures = 3;
/// What killed a clone may be killing the spares as well: their end is seen by then.
constexpr Seconds time_to_die{0.05};

}  // namespace

struct WarmClones::Preparation {
  int worker = 0;  // whose place it has
  bool spare = false;
  bool done = false, given_up = false;
  PreparedClone clone;
  std::exception_ptr error;
  TimePoint begun;
  Seconds took{0};
  boost::asio::cancellation_signal stop;
};

int spare_clones(Freshness fresh, const std::vector<Place>& places) {
  if (fresh == Freshness::clone) return static_cast<int>(places.size());
  int different = 0;
  for (auto place = places.begin(); place != places.end(); ++place)
    different += std::find(places.begin(), place, *place) == place ? 1 : 0;
  return different;
}

WarmClones::WarmClones(RunContext& context, std::vector<std::string> layers)
    : context_(context), layers_(std::move(layers)), changed_(context.executor) {
  for (int worker = 0; worker < context.workers(); ++worker) {
    const Place& place = context.places[static_cast<std::size_t>(worker)];
    auto group = std::find_if(groups_.begin(), groups_.end(), [&](const Group& known) { return known.place == place; });
    if (group == groups_.end()) group = groups_.insert(group, Group{place, worker, 0});
    ++group->workers;
  }
}

WarmClones::~WarmClones() = default;

void WarmClones::worker_begins(std::function<int()> unfinished) {
  unfinished_ = std::move(unfinished);
  // Before, a spare would delay the workers' own clones.
  if (++begun_workers_ < context_.workers()) return;
  supplying_ = context_.room_for_spares;
  supply();
}

int WarmClones::wanted(const Group& group) const {
  const int left = unfinished_(), waiting = left - context_.workers();
  if (left == 0) return 0;
  // The last tests pass as a rule: only where a clone is slow to start is one kept for those that do not.
  if (context_.config.clones.fresh == Freshness::clone)
    return std::clamp(waiting, context_.has_services() ? 1 : 0, group.workers);
  return demanded_ || waiting > 0 ? 1 : 0;
}

void WarmClones::supply() {
  if (!supplying_ || context_.cancellation.draining()) return;
  for (const Group& group : groups_) {
    const auto here = [&](const Shared& spare) {
      return context_.places[static_cast<std::size_t>(spare->worker)] == group.place;
    };
    const int wanted_here = wanted(group);
    for (auto have = std::count_if(spares_.begin(), spares_.end(), here); have < wanted_here; ++have)
      spares_.push_back(begin(group.first_worker, true));
  }
}

WarmClones::Shared WarmClones::begin(int worker, bool spare) {
  const auto preparation = std::make_shared<Preparation>();
  preparation->worker = worker;
  preparation->spare = spare;
  preparation->begun = context_.time.now();
  ++under_way_;
  const auto end = [this, preparation](std::exception_ptr error) {
    if (error) preparation->error = error;
    if (preparation->given_up) preparation->clone = PreparedClone{};
    preparation->done = true;
    if (!preparation->clone && std::erase(spares_, preparation) > 0) note_failure(*preparation);
    --under_way_;
    changed_.notify();
  };
  boost::asio::co_spawn(context_.executor, prepare(preparation),
                        boost::asio::bind_cancellation_slot(preparation->stop.slot(), end));
  return preparation;
}

boost::asio::awaitable<void> WarmClones::prepare(Shared preparation) {
  const Care care = preparation->spare ? Care::once_and_silently : Care::thoroughly;
  preparation->clone = co_await bring_up(context_, preparation->worker, layers_, care);
  preparation->took = context_.time.now() - preparation->begun;
}

/// The spare for the worker's place that is ready or will be first.
WarmClones::Shared WarmClones::claim(int worker) {
  const Place& place = context_.places[static_cast<std::size_t>(worker)];
  const auto fits = [&](const Shared& spare) {
    return context_.places[static_cast<std::size_t>(spare->worker)] == place;
  };
  const auto ready = [&](const Shared& spare) { return spare->done && fits(spare); };
  auto chosen = std::find_if(spares_.begin(), spares_.end(), ready);
  if (chosen == spares_.end()) chosen = std::find_if(spares_.begin(), spares_.end(), fits);
  if (chosen == spares_.end()) return nullptr;
  const Shared spare = *chosen;
  spares_.erase(chosen);
  return spare;
}

boost::asio::awaitable<PreparedClone> WarmClones::take(int worker) {
  demanded_ = demanded_ || supplying_;
  Shared mine;
  for (;;) {
    if (context_.cancellation.cancelled()) throw Stopped("stopped before a clone had started");
    mine = claim(worker);
    if (!mine) mine = begin(worker, false);
    claimed_.push_back(mine);
    while (!mine->done && !mine->given_up) co_await changed_.wait();
    if (mine->spare) co_await outlive_the_last_loss();
    std::erase(claimed_, mine);
    if (mine->given_up) throw Stopped("stopped while a clone was starting");
    if (mine->clone && !(mine->spare && mine->clone.clone->gone())) break;
    if (!mine->spare) std::rethrow_exception(mine->error);
    note_failure(*mine);
  }
  PreparedClone taken = std::move(mine->clone);
  context_.events.publish(CloneReady{worker, taken.clone->name(), mine->took, mine->spare});
  // Not before: the next one must not slow down the one that is waited for.
  supply();
  co_return taken;
}

boost::asio::awaitable<void> WarmClones::outlive_the_last_loss() {
  const TimePoint now = context_.time.now(), trusted = after(context_.last_loss, time_to_die);
  if (trusted > now) co_await pause(context_, trusted - now);
}

void WarmClones::note_failure(const Preparation& preparation) {
  if (++failures_ == most_failures) supplying_ = false;
  std::string why = "it died before it was used";
  try {
    if (preparation.error) std::rethrow_exception(preparation.error);
  } catch (const Error& error) {
    why = error.what();
  }
  context_.events.inform(fmt::format("a spare clone was of no use: {}", why));
}

void WarmClones::give_up(const Shared& preparation) {
  preparation->given_up = true;
  preparation->clone = PreparedClone{};
  if (preparation->done) return;
  preparation->stop.emit(boost::asio::cancellation_type::terminal);
  // Asio 1.81 may post the signal with a bare pointer to what the slot holds.
  boost::asio::post(context_.executor, [preparation] {});
}

void WarmClones::heed_cancellation() {
  if (context_.cancellation.draining()) end_supply();
  if (!context_.cancellation.cancelled()) return;
  const std::vector<Shared> claimed = claimed_;
  for (const Shared& preparation : claimed) give_up(preparation);
  changed_.notify();
}

void WarmClones::end_supply() {
  supplying_ = false;
  // One that is given up may end at once.
  const std::vector<Shared> spares = std::exchange(spares_, {});
  for (const Shared& spare : spares) give_up(spare);
}

boost::asio::awaitable<void> WarmClones::close() {
  end_supply();
  while (under_way_ > 0) co_await changed_.wait();
}

}  // namespace sharder
