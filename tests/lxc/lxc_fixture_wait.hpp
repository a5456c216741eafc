// The template part of lxc_fixture.hpp.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "tests/lxc/lxc_fixture.hpp"

namespace sharder {

template <typename Result>
Result LxcTest::wait_for(boost::asio::awaitable<Result> work) {
  std::exception_ptr error;
  bool done = false;
  loop_.restart();
  if constexpr (std::is_void_v<Result>) {
    boost::asio::co_spawn(loop_, std::move(work), [&](std::exception_ptr thrown) {
      error = thrown;
      done = true;
    });
    while (!done) loop_.run_one();
    if (error) std::rethrow_exception(error);
  } else {
    std::optional<Result> result;
    boost::asio::co_spawn(loop_, std::move(work), [&](std::exception_ptr thrown, Result value) {
      error = thrown;
      if (!thrown) result.emplace(std::move(value));
      done = true;
    });
    while (!done) loop_.run_one();
    if (error) std::rethrow_exception(error);
    return std::move(*result);
  }
}

}  // namespace sharder
