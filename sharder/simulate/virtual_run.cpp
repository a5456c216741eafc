#include "sharder/simulate/virtual_run.hpp"

#include <boost/asio/co_spawn.hpp>
#include <utility>

namespace sharder {

VirtualRun::VirtualRun(const Config& config, int workers, FakeClonePool::Script script)
    : events_(time_, [] { return std::chrono::system_clock::time_point{}; }),
      pool_(io_->get_executor(), time_, std::move(script)),
      context_{.executor = io_->get_executor(),
               .time = time_,
               .pool = pool_,
               .events = events_,
               .cancellation = cancellation_,
               .config = config,
               .run_id = "simulated",
               .seed = 1,
               .user = {},
               .environment = {},
               .places = std::vector<Place>(static_cast<std::size_t>(workers)),
               .project_changed = {}} {}

// Coroutines that still wait for something hold clones, which tell the pool of their end.
VirtualRun::~VirtualRun() { io_.reset(); }

VirtualRun::End VirtualRun::run(RunInputs inputs) {
  End end;
  const TimePoint begun = time_.now();
  Shutdown shutdown(context_);
  boost::asio::co_spawn(*io_, run_tests(context_, shutdown, std::move(inputs)),
                        [&end](std::exception_ptr error, RunResult result) {
                          if (error) std::rethrow_exception(error);
                          end.result = std::move(result);
                          end.ended = true;
                        });
  (void)time_.run(*io_, [&end] { return end.ended; });
  end.duration = time_.now() - begun;
  end.signal = shutdown.signal();
  return end;
}

}  // namespace sharder
