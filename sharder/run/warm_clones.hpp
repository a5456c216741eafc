// Clones that are made ready before anybody needs them, so that a rerun, a lost clone or `fresh = "clone"` waits for
// none. Decides how many are kept and who gets which; how a clone is brought up is clone_preparation.hpp's affair.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sharder/run/clone_preparation.hpp"
#include "sharder/run/notifier.hpp"

namespace sharder {

/// A clone was wanted and the run has been cancelled.
class Stopped : public PreparationError {
  using PreparationError::PreparationError;
};

/// How many clones there are at most beside those that workers use: with `fresh = "clone"` the next one of each worker,
/// else one for each place that differs.
int spare_clones(Freshness fresh, const std::vector<Place>& places);

class WarmClones {
 public:
  WarmClones(RunContext& context, std::vector<std::string> layers);
  ~WarmClones();
  WarmClones(const WarmClones&) = delete;
  WarmClones& operator=(const WarmClones&) = delete;

  /// To be called by every worker that has its first clone: when all have, spares are begun as far as there are more
  /// tests than workers. `unfinished` tells how many tests have no verdict yet.
  void worker_begins(std::function<int()> unfinished);

  /// A clone for `worker`, with its services, told of as clone.ready: a spare that is ready, or one that is under way,
  /// or a new one. Throws Stopped, and what prepare_clone() throws; a spare that fails makes nobody fail.
  boost::asio::awaitable<PreparedClone> take(int worker);

  /// To be called when the run is drained or cancelled: gives up what is not worth waiting for.
  void heed_cancellation();
  /// No test will need a clone any more: gives up what nobody waits for.
  void end_supply();
  /// The same, and waits until nothing is under way.
  boost::asio::awaitable<void> close();

 private:
  struct Preparation;
  using Shared = std::shared_ptr<Preparation>;
  /// Workers whose clones have the same CPUs and memory.
  struct Group {
    Place place;
    int first_worker = 0, workers = 0;
  };

  void supply();
  int wanted(const Group& group) const;
  Shared begin(int worker, bool spare);
  Shared claim(int worker);
  boost::asio::awaitable<void> prepare(Shared preparation);
  boost::asio::awaitable<void> outlive_the_last_loss();
  void give_up(const Shared& preparation);
  void note_failure(const Preparation& preparation);

  RunContext& context_;
  std::vector<std::string> layers_;
  std::vector<Group> groups_;
  std::function<int()> unfinished_;
  std::vector<Shared> spares_;   // nobody's yet, the oldest first
  std::vector<Shared> claimed_;  // a worker waits for it
  int begun_workers_ = 0, under_way_ = 0, failures_ = 0;
  bool demanded_ = false, supplying_ = false;
  Notifier changed_;
};

}  // namespace sharder
