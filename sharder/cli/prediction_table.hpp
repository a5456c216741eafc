// Predictions side by side, as people read them: workers, makespan, what no scheduler could beat, and what binds.
#pragma once

#include <string>
#include <vector>

#include "sharder/simulate/prediction.hpp"

namespace sharder {

struct PredictionRow {
  std::string where;  // "this machine", a profile's name
  int workers = 1;
  Prediction prediction;
};

/// Ends with a newline.
std::string prediction_table(const std::vector<PredictionRow>& rows);

}  // namespace sharder
