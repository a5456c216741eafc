// Results and listings as lines of text, for tests to compare; and streams fed in every possible cut.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sharder/suites/framework.hpp"

namespace sharder {

using MakeParser = std::function<std::unique_ptr<ResultParser>()>;

/// "started A", "finished A failed [message]", "finished A failed late [message]"; cases indented below.
/// Output is joined where it comes in a row: "output 12 bytes of A".
std::string text_of(const std::vector<ResultEvent>& events);

/// The events of the whole stream fed at once. Fails the test unless feeding it byte by byte gives the same.
std::vector<ResultEvent> events_of(const MakeParser& make, std::string_view stream,
                                   std::optional<int> exit_status);

std::string text_of_run(const MakeParser& make, std::string_view stream, std::optional<int> exit_status);

/// A file of tests/unit/suites/data.
std::string suite_data(const std::string& name);

}  // namespace sharder
