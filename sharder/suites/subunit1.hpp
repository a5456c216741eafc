// Subunit version 1: lines of text, understood as the packets of version 2 that say the same.
// Source: python-subunit 1.4, TestProtocolServer; results count only for the test that is running, as there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sharder/model/bounded_output.hpp"
#include "sharder/suites/limits.hpp"
#include "sharder/suites/subunit2.hpp"

namespace sharder {

class Subunit1Decoder {
 public:
  std::vector<SubunitPiece> feed(std::string_view bytes);
  std::vector<SubunitPiece> finish();

 private:
  enum class State { lines, bracketed, part_type, part_name, chunk_size, chunk };

  void decode(std::vector<SubunitPiece>& pieces);
  void take_line(std::string_view line, std::vector<SubunitPiece>& pieces);
  void take_directive(std::string_view line, std::vector<SubunitPiece>& pieces);
  bool take_result(SubunitStatus status, std::string_view rest, std::vector<SubunitPiece>& pieces);
  void take_chunk_size(std::string_view line, std::vector<SubunitPiece>& pieces);
  void put_file(std::string name, std::string content, std::vector<SubunitPiece>& pieces) const;
  void put_status(SubunitStatus status, std::vector<SubunitPiece>& pieces);

  std::string buffer_;
  State state_ = State::lines;
  std::string test_;                            // the running test, "" for none
  SubunitStatus result_ = SubunitStatus::none;  // told, while its details are still coming
  std::string part_name_;
  std::size_t chunk_left_ = 0;
  BoundedOutput details_{details_limit_bytes};
};

}  // namespace sharder
