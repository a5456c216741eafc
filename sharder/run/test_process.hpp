// One process in a clone that runs tests: a single test, a batch, or a live runner that is fed one test after another.
// It turns what the process does into attempts; it decides nothing about what follows them.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sharder/model/bounded_output.hpp"
#include "sharder/run/dispatcher.hpp"

namespace sharder {

struct ProcessSettings {
  int worker = 0;
  bool cell = false;
  /// Unrecorded tests prepare a clone for another one; their attempts were told before.
  bool recorded = true;
};

class TestProcess {
 public:
  TestProcess(RunContext& context, const Framework& framework, Clone& clone, ProcessSettings settings);

  /// Starts the process for `tests`; a live runner gets the first test it will be fed, for its environment.
  /// Throws ContainerError when the clone is gone.
  boost::asio::awaitable<void> start(Dispatcher& dispatcher, std::vector<TestIndex> tests);
  /// Starts a live runner of ours before the tests are known; attach() comes before the first test. Throws as start().
  boost::asio::awaitable<void> start_early();
  void attach(Dispatcher& dispatcher) { dispatcher_ = &dispatcher; }

  /// Each and batch: to the end of the process. Returns the tests that it did not get to.
  boost::asio::awaitable<std::vector<TestIndex>> run();

  /// Live runner: one test. Returns false if the process died before it took the test up.
  boost::asio::awaitable<bool> feed(TestIndex test);
  /// Live runner: end of input, then whatever it still has to tell. Leaves no attempt open.
  boost::asio::awaitable<void> close();
  bool alive() const { return execution_ && !over_; }

  /// How the last recorded or unrecorded attempt ended.
  Outcome last_outcome() const { return last_outcome_; }
  /// What the process printed last while no test was running in it, for a message; empty when it said nothing.
  std::string last_words() const { return last_words_; }
  /// Whether anything failed or leaked since the start or the last feed(): services may have suffered.
  bool trouble() const { return trouble_; }

 private:
  struct Current {
    TestIndex test = 0;
    int attempt = 0;
    TimePoint begun;
    BoundedOutput output;
    bool told = false;  // the process itself said that it began
  };
  enum class Kill { none, terminated, killed, given_up };

  boost::asio::awaitable<void> launch(std::vector<const Test*> tests, int attempt);
  ExecuteRequest request(const Launch& launch, const Test& test, int attempt) const;
  TimePoint deadline() const;
  Seconds timeout_of(TestIndex test) const;
  void expect(TestIndex test);
  boost::asio::awaitable<void> step();
  void overdue();
  void handle(const ExecutionEvent& event);
  void handle(const ResultEvent& event);
  void keep(const Collected& file);
  void begin(TestIndex test, bool told);
  /// The process itself says that the current test begins now: its own start is no part of the test.
  void taken_up(TestIndex test);
  void end(Outcome outcome, std::string message, std::string details = {}, std::vector<Case> cases = {});
  void ended(const Ended& ended);
  void end_unfinished(const Ended& ended);
  void judge_exit(const Ended& ended);
  /// Names them on the attempt that is held back.
  void charge_leaks(const std::vector<Leak>& leaks);
  void gone(const std::string& reason);
  void flush();

  RunContext& context_;
  Dispatcher* dispatcher_ = nullptr;  // outlives the process; none before the tests are known
  const Framework& framework_;
  Clone& clone_;
  ProcessSettings settings_;
  std::unique_ptr<Execution> execution_;
  std::unique_ptr<Cancellation::Tracked> tracked_;
  std::unique_ptr<ResultParser> parser_;
  std::map<std::string, TestIndex, std::less<>> expected_;  // by the framework's name; not finished yet
  std::size_t expected_at_start_ = 0;
  std::optional<Current> current_;
  std::optional<AttemptRecord> held_;  // finished, but its tear-down or the process's end may still tell against it
  TimePoint begun_, boundary_;         // start of the process; end of the last test
  TimePoint kill_deadline_ = never;
  Kill kill_ = Kill::none;
  bool results_on_output_ = true, results_only_output_ = false;
  bool over_ = false, trouble_ = false, failed_any_ = false, live_ = false, startup_measured_ = false;
  bool heard_ = false;                 // of a test, since the process was started
  Outcome last_outcome_ = Outcome::lost;
  std::string last_words_;  // bounded
  std::filesystem::path artifacts_directory_;  // empty until something was collected
};

}  // namespace sharder
