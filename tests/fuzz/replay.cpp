// Gives every file of a corpus to a fuzz target that was built without a fuzzer: what was found once is tried on
// every change, by any compiler.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

#include "tests/fuzz/fuzz.hpp"

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_of(const fs::path& path) {
  if (fs::is_regular_file(path)) return {path};
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(path))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

void replay(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  // A copy without a byte to spare, so that sanitizers and valgrind see a read beyond its end.
  const std::vector<std::uint8_t> exact(bytes.begin(), bytes.end());
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

}  // namespace

int main(int count, char** arguments) {
  std::size_t replayed = 0;
  try {
    for (int i = 1; i < count; ++i) {
      for (const fs::path& file : files_of(arguments[i])) {
        std::cerr << "replaying " << file.string() << std::endl;
        replay(file);
        ++replayed;
      }
    }
  } catch (const std::exception& error) {
    std::cerr << "replay: " << error.what() << "\n";
    return 1;
  }
  if (replayed == 0)
    std::cerr << "replay: there is no file to replay (usage: " << arguments[0] << " FILE|DIRECTORY...)\n";
  return replayed == 0 ? 1 : 0;
}
