// Results of a parser as text, and the claims that hold for every format of results.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sharder/suites/result_formats.hpp"

namespace sharder::fuzz {

/// Events with outputs that follow each other joined: where a stream was cut must not show.
std::string to_text(const std::vector<ResultEvent>& events);

/// Feeds the input whole to one parser and in pieces to another. Claims: both tell the same; no test without
/// a name starts or ends; texts are bounded; there are no more events than bytes.
void check_results(const std::function<std::unique_ptr<ResultParser>()>& make, std::string_view input);

}  // namespace sharder::fuzz
