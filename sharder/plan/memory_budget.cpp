#include "sharder/plan/memory_budget.hpp"

#include "sharder/support/errors.hpp"

namespace sharder {

bool MemoryBudget::admits(std::uint64_t need) const {
  if (bytes_ == 0 || need == 0) return true;
  if (running_ == 0 && dying_ == 0) return true;
  const std::uint64_t used = taken_ + dying_;
  return used < bytes_ && need <= bytes_ - used;
}

void MemoryBudget::take(std::uint64_t need) {
  taken_ += need;
  ++running_;
}

void MemoryBudget::give_back(std::uint64_t need) {
  SHARDER_ASSERT(running_ > 0 && taken_ >= need);
  taken_ -= need;
  --running_;
}

void MemoryBudget::begin_dying(std::uint64_t bytes) {
  dying_ += bytes;
}

void MemoryBudget::end_dying(std::uint64_t bytes) {
  SHARDER_ASSERT(dying_ >= bytes);
  dying_ -= bytes;
}

}  // namespace sharder
