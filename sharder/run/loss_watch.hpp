// Ends a run whose machine loses one clone after the other: what cannot work is not tried for hours.
#pragma once

#include <string>

#include "sharder/run/context.hpp"

namespace sharder {

class LossWatch : public EventConsumer {
 public:
  /// Listens from now on; lives as long as events are published.
  explicit LossWatch(RunContext& context);

  void consume(const Event& event) override;

 private:
  void give_up(std::string why);

  RunContext& context_;
  int in_a_row_ = 0;  // clones lost since an attempt last came to an end of its own
  bool given_up_ = false;
};

}  // namespace sharder
