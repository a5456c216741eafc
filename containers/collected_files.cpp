#include "containers/collected_files.hpp"

#include <algorithm>
#include <utility>

#include "containers/agent/protocol.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

constexpr std::uint32_t max_path_bytes = 4096;
constexpr std::uint64_t max_file_bytes = 64u << 20;
constexpr std::size_t length_bytes = 4, size_bytes = 8;

/// A name on the machine of its own: tests may put what they like in theirs, line ends and escape sequences too.
std::string name_on_machine(std::string_view path) {
  std::string name = replace_all(printable(path), "\n", "\\x0a");
  return replace_all(name, "\t", "\\x09");
}

}  // namespace

bool is_safe_relative_path(std::string_view path) {
  if (path.empty() || path.find('\0') != std::string_view::npos) return false;
  for (const std::string& part : split(path, '/'))
    if (part.empty() || part == "." || part == "..") return false;
  return true;
}

bool CollectedFiles::take_header(std::string_view& bytes) {
  const auto fill = [&](std::size_t wanted) {
    const std::size_t taken = std::min(wanted - std::min(wanted, header_.size()), bytes.size());
    header_ += bytes.substr(0, taken);
    bytes.remove_prefix(taken);
    return header_.size() >= wanted;
  };
  if (!fill(length_bytes)) return false;
  const std::uint32_t path_bytes = wire::Reader(header_).u32();
  broken_ = path_bytes > max_path_bytes;
  if (broken_ || !fill(length_bytes + path_bytes + size_bytes)) return false;
  const std::string_view header(header_);
  begin_file(header.substr(length_bytes, path_bytes), wire::Reader(header.substr(length_bytes + path_bytes)).u64());
  header_.clear();
  return !broken_;
}

void CollectedFiles::begin_file(std::string_view path, std::uint64_t size) {
  in_file_ = true;
  file_ = {};
  if (path.empty() && size > 0) {
    file_.left_out = size;
    return;
  }
  broken_ = size > max_file_bytes || !is_safe_relative_path(path);
  if (broken_) return;
  file_.path = name_on_machine(path);
  file_.bytes.reserve(static_cast<std::size_t>(size));
  missing_bytes_ = size;
}

std::vector<Collected> CollectedFiles::add(std::string_view bytes) {
  std::vector<Collected> files;
  while (!broken_ && (in_file_ || take_header(bytes))) {
    const std::size_t taken = static_cast<std::size_t>(std::min<std::uint64_t>(missing_bytes_, bytes.size()));
    file_.bytes += bytes.substr(0, taken);
    bytes.remove_prefix(taken);
    missing_bytes_ -= taken;
    if (missing_bytes_ > 0) break;
    files.push_back(std::move(file_));
    in_file_ = false;
  }
  return files;
}

}  // namespace sharder
