#include "sharder/cli/prediction_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sharder/support/text.hpp"

namespace sharder {

std::string prediction_table(const std::vector<PredictionRow>& rows) {
  std::size_t width = 5;
  for (const PredictionRow& row : rows) width = std::max(width, row.where.size());
  std::string text = fmt::format("{:<{}}  {:>7}  {:>10}  {:>11}  {:>5}  {}\n", "where", width, "workers", "makespan",
                                 "lower bound", "ratio", "what binds");
  for (const PredictionRow& row : rows) {
    const RunFinished& finished = row.prediction.finished;
    const double ratio = finished.lower_bound > Seconds{0} ? row.prediction.makespan / finished.lower_bound : 1;
    text += fmt::format("{:<{}}  {:>7}  {:>10}  {:>11}  {:>5.2f}  {}\n", row.where, width, row.workers,
                        format_duration(row.prediction.makespan), format_duration(finished.lower_bound), ratio,
                        printable(finished.binding));
  }
  return text;
}

}  // namespace sharder
