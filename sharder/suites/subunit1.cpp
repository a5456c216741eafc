#include "sharder/suites/subunit1.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "sharder/suites/line_splitter.hpp"

namespace sharder {
namespace {

constexpr std::array<std::pair<std::string_view, SubunitStatus>, 9> results{{
    {"success", SubunitStatus::success},
    {"successful", SubunitStatus::success},
    {"failure", SubunitStatus::fail},
    {"error", SubunitStatus::fail},
    {"skip", SubunitStatus::skip},
    {"xfail", SubunitStatus::expected_failure},
    {"uxsuccess", SubunitStatus::unexpected_success},
    {"test", SubunitStatus::in_progress},
    {"testing", SubunitStatus::in_progress},
}};

constexpr std::string_view bracketed_end = " [";
constexpr std::string_view multipart_end = " [ multipart";

std::string_view without_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

std::vector<SubunitPiece> Subunit1Decoder::feed(std::string_view bytes) {
  std::vector<SubunitPiece> pieces;
  buffer_ += bytes;
  decode(pieces);
  return pieces;
}

std::vector<SubunitPiece> Subunit1Decoder::finish() {
  std::vector<SubunitPiece> pieces;
  if (state_ == State::chunk)
    details_.append(buffer_);
  else if (!buffer_.empty())
    take_line(buffer_, pieces);
  buffer_.clear();
  // A result whose details were cut off still is a result.
  if (result_ != SubunitStatus::none) {
    put_file(part_name_.empty() ? "traceback" : part_name_, details_.text(), pieces);
    put_status(result_, pieces);
  }
  return pieces;
}

void Subunit1Decoder::decode(std::vector<SubunitPiece>& pieces) {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    if (state_ == State::chunk) {
      const std::size_t taken = std::min(chunk_left_, rest.size());
      details_.append(rest.substr(0, taken));
      rest.remove_prefix(taken);
      chunk_left_ -= taken;
      if (chunk_left_ == 0) state_ = State::chunk_size;
      continue;
    }
    std::size_t end = rest.find('\n');
    if (end == std::string_view::npos && rest.size() < line_limit_bytes) break;
    end = std::min({end, rest.size() - 1, line_limit_bytes - 1});
    take_line(rest.substr(0, end + 1), pieces);
    rest.remove_prefix(end + 1);
  }
  buffer_.erase(0, buffer_.size() - rest.size());
}

void Subunit1Decoder::take_line(std::string_view whole, std::vector<SubunitPiece>& pieces) {
  const std::string_view line = without_end(whole);
  if (state_ == State::lines) return take_directive(whole, pieces);
  if (state_ == State::chunk_size) return take_chunk_size(line, pieces);
  if (state_ == State::part_name) {
    part_name_ = line;
    details_.clear();
    state_ = State::chunk_size;
    return;
  }
  if (line == "]") {
    if (state_ == State::bracketed)
      put_file(result_ == SubunitStatus::skip ? "reason" : "traceback", details_.text(), pieces);
    return put_status(result_, pieces);
  }
  if (state_ == State::part_type) {
    state_ = State::part_name;
    return;
  }
  // Inside brackets a line " ]" stands for "]".
  details_.append(line == " ]" ? whole.substr(1) : whole);
}

void Subunit1Decoder::take_directive(std::string_view whole, std::vector<SubunitPiece>& pieces) {
  const std::string_view line = without_end(whole);
  const std::size_t blank = line.find(' ');
  if (blank != std::string_view::npos && blank > 0) {
    std::string_view word = line.substr(0, blank);
    const std::string_view rest = line.substr(blank + 1);
    const bool colon = word.ends_with(':');
    if (colon) word.remove_suffix(1);
    if (colon && (word == "time" || word == "tags" || word == "progress")) return;
    for (const auto& [name, status] : results)
      if (name == word && take_result(status, rest, pieces)) return;
  }
  pieces.push_back({SubunitPiece::Kind::text, {}, std::string(whole)});
}

bool Subunit1Decoder::take_result(SubunitStatus status, std::string_view rest,
                                  std::vector<SubunitPiece>& pieces) {
  if (status == SubunitStatus::in_progress) {
    if (!test_.empty() || rest.empty()) return false;
    test_ = rest;
    SubunitPiece piece{SubunitPiece::Kind::packet, {}, {}};
    piece.packet.status = status;
    piece.packet.test = test_;
    pieces.push_back(std::move(piece));
    return true;
  }
  if (test_.empty() || !rest.starts_with(test_)) return false;
  const std::string_view details = rest.substr(test_.size());
  if (details.empty()) {
    put_status(status, pieces);
  } else if (details == bracketed_end || details == multipart_end) {
    result_ = status;
    details_.clear();
    part_name_.clear();
    state_ = details == bracketed_end ? State::bracketed : State::part_type;
  } else {
    return false;
  }
  return true;
}

void Subunit1Decoder::take_chunk_size(std::string_view line, std::vector<SubunitPiece>& pieces) {
  std::size_t size = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), size, 16);
  if (error != std::errc{} || end != line.data() + line.size()) {
    pieces.push_back({SubunitPiece::Kind::broken, {}, "the size of an attachment is not a number"});
    put_status(result_, pieces);
  } else if (size == 0) {
    put_file(part_name_, details_.text(), pieces);
    details_.clear();
    state_ = State::part_type;
  } else {
    chunk_left_ = size;
    state_ = State::chunk;
  }
}

void Subunit1Decoder::put_file(std::string name, std::string content,
                               std::vector<SubunitPiece>& pieces) const {
  SubunitPiece piece{SubunitPiece::Kind::packet, {}, {}};
  piece.packet.test = test_;
  piece.packet.file_name = std::move(name);
  piece.packet.file = std::move(content);
  pieces.push_back(std::move(piece));
}

void Subunit1Decoder::put_status(SubunitStatus status, std::vector<SubunitPiece>& pieces) {
  SubunitPiece piece{SubunitPiece::Kind::packet, {}, {}};
  piece.packet.status = status;
  piece.packet.test = std::exchange(test_, {});
  pieces.push_back(std::move(piece));
  result_ = SubunitStatus::none;
  state_ = State::lines;
}

}  // namespace sharder
