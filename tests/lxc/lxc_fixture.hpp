// What tests with real clones share: a pool in a run of its own, commands run to their end, and a look at the
// machine afterwards. Without root or LXC the tests skip with the reason, unless SHARDER_REQUIRE_LXC=1
// forbids it.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "containers/clone_pool.hpp"
#include "containers/programs.hpp"

namespace sharder {

/// An execution from its start to its last event.
struct Transcript {
  std::string output, error_output, result;
  std::vector<Collected> collected;
  Ended ended;
  std::string clone_gone;  // why, if it is
};

class LxcTest : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  /// A pool's settings with a project in a directory of this test, which root owns unless changed.
  ClonePoolSettings settings();
  std::unique_ptr<ClonePool> make_pool(ClonePoolSettings settings);

  /// Runs a coroutine on the loop to its end; what it throws is thrown here.
  template <typename Result>
  Result wait_for(boost::asio::awaitable<Result> work);

  std::unique_ptr<Clone> obtain(ClonePool& pool, CloneRequest request = {});
  void close(ClonePool& pool);
  Transcript finish(Execution& execution);
  Transcript run(Clone& clone, ExecuteRequest request);
  /// `sh -c script` as root, in the project.
  Transcript shell(Clone& clone, const std::string& script, bool cell = false);
  ExecuteRequest request(std::vector<std::string> command) const;
  /// A script that leaves `sleep seconds` behind, in a session of its own and by that name.
  static std::string leave_sleeping(const std::string& seconds);

  const std::string& project() const { return project_; }
  const std::string& run_id() const { return run_id_; }
  static ClonePrograms programs();
  /// Whether the machine is itself a clone, with nesting. Some tests cannot be there, and say why.
  static bool in_a_clone();
  static Identity ordinary_user();

  boost::asio::io_context loop_{1};

 private:
  std::string run_id_, project_;
};

/// With a clone that is there from the start.
class LxcCloneTest : public LxcTest {
 protected:
  void SetUp() override;
  void TearDown() override;
  /// What the pool is made with; tests that want something else override it.
  virtual ClonePoolSettings pool_settings() { return settings(); }

  std::unique_ptr<ClonePool> pool_;
  std::unique_ptr<Clone> clone_;
};

/// Processes, mounts and control groups on the machine whose name contains `run_id`, one a line; "" for none.
std::string remains_of(const std::string& run_id);

}  // namespace sharder

#include "tests/lxc/lxc_fixture_wait.hpp"
