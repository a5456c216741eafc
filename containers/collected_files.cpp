#include "containers/collected_files.hpp"

#include "containers/agent/protocol.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

constexpr std::uint32_t max_path_bytes = 4096;
constexpr std::uint64_t max_file_bytes = 64u << 20;

}  // namespace

bool is_safe_relative_path(std::string_view path) {
  if (path.empty() || path.find('\0') != std::string_view::npos) return false;
  for (const std::string& part : split(path, '/'))
    if (part.empty() || part == "." || part == "..") return false;
  return true;
}

bool CollectedFiles::take_one(std::vector<Collected>& files) {
  wire::Reader reader(buffer_);
  const std::uint32_t path_bytes = reader.u32();
  if (!reader.ok()) return false;
  if (path_bytes > max_path_bytes) {
    broken_ = true;
    return false;
  }
  if (buffer_.size() < 4 + path_bytes + 8) return false;
  std::string path = buffer_.substr(4, path_bytes);
  wire::Reader size_reader(std::string_view(buffer_).substr(4 + path_bytes));
  const std::uint64_t size = size_reader.u64();
  if (size > max_file_bytes || !is_safe_relative_path(path)) {
    broken_ = true;
    return false;
  }
  const std::size_t start = 4 + path_bytes + 8;
  if (buffer_.size() - start < size) return false;
  files.push_back({std::move(path), buffer_.substr(start, static_cast<std::size_t>(size))});
  buffer_.erase(0, start + static_cast<std::size_t>(size));
  return true;
}

std::vector<Collected> CollectedFiles::add(std::string_view bytes) {
  std::vector<Collected> files;
  if (broken_) return files;
  buffer_.append(bytes);
  while (!broken_ && take_one(files)) continue;
  if (broken_) buffer_.clear();
  return files;
}

}  // namespace sharder
