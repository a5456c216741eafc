// A subunit stream of either version: the first bytes tell which.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sharder/suites/subunit1.hpp"
#include "sharder/suites/subunit2.hpp"

namespace sharder {

class SubunitReader {
 public:
  std::vector<SubunitPiece> feed(std::string_view bytes);
  std::vector<SubunitPiece> finish();

 private:
  std::string undecided_;
  std::variant<std::monostate, Subunit1Decoder, Subunit2Decoder> decoder_;

  bool decide(bool at_end);
};

}  // namespace sharder
