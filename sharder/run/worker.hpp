// The loop that occupies one slot: holds a clone, pulls tests, runs each in the process its framework wants,
// replaces the clone when it is lost, and gives everything back in the end.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sharder/run/clone_preparation.hpp"
#include "sharder/run/dispatcher.hpp"
#include "sharder/run/test_process.hpp"
#include "sharder/run/warm_clones.hpp"

namespace sharder {

class Worker {
 public:
  /// `clones` outlives the worker.
  Worker(RunContext& context, int number, WarmClones& clones);

  /// Obtains the clone and starts its services, so that it is ready before there is anything to run. A live runner of
  /// ours starts there while the tests are still being listed.
  boost::asio::awaitable<void> prepare(const std::map<std::string, Framework>& frameworks);
  /// The clone that prepare() made; the listing uses it.
  Clone& clone() {
    used_ = true;
    return *main_.clone;
  }
  /// Another clone instead of that one, which has died.
  boost::asio::awaitable<void> renew() { return ensure_main(); }
  /// Pulls and runs until all is over. Throws PreparationError or ContainerError when no clone can be had any more.
  boost::asio::awaitable<void> work(Dispatcher& dispatcher);
  /// When all have worked: runs the set-up and clean-up tests that no clone has told of. The one that owed it died, or
  /// was an earlier part's, or no test needed them in the end. Throws as work() does.
  boost::asio::awaitable<void> run_owed_fixtures(Dispatcher& dispatcher);

 private:
  using Tests = std::vector<TestIndex>;

  /// Runs it and gives it back, whatever happens.
  boost::asio::awaitable<void> carry_out(Dispatcher& dispatcher, Assignment assignment);
  boost::asio::awaitable<void> run(Dispatcher& dispatcher, Assignment assignment);
  boost::asio::awaitable<void> run_in_fresh_clone(Dispatcher& dispatcher, Assignment assignment);
  boost::asio::awaitable<void> run_process(Dispatcher& dispatcher, PreparedClone& prepared, Tests tests,
                                           ProcessSettings settings, bool& trouble);
  boost::asio::awaitable<void> run_tied(Dispatcher& dispatcher, PreparedClone& prepared, TestIndex test);
  boost::asio::awaitable<Outcome> run_one(Dispatcher& dispatcher, PreparedClone& prepared, TestIndex test,
                                          bool recorded);
  boost::asio::awaitable<void> feed(Dispatcher& dispatcher, TestIndex test);
  boost::asio::awaitable<void> clean_up_fixtures(Dispatcher& dispatcher, PreparedClone& prepared);
  boost::asio::awaitable<void> settle();
  boost::asio::awaitable<PreparedClone> fresh_clone();
  boost::asio::awaitable<void> ensure(PreparedClone& prepared);
  boost::asio::awaitable<void> ensure_main();
  boost::asio::awaitable<void> check_services(bool trouble);
  boost::asio::awaitable<void> retire(PreparedClone& prepared);
  void discard(PreparedClone& prepared);
  bool use_cells() const;
  bool one_by_one() const;
  bool worth_an_early_start(const Framework& framework) const;

  RunContext& context_;
  int number_;
  WarmClones& clones_;
  PreparedClone main_;
  bool used_ = false;   // something has run in the main clone
  PreparedClone tied_;  // for fixtures and DEPENDS: its tests see what earlier ones left
  std::map<std::string, std::unique_ptr<TestProcess>> runners_;  // live ones in the main clone, by suite
};

}  // namespace sharder
