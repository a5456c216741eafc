#include <gtest/gtest.h>

#include "containers/agent/protocol.hpp"
#include "containers/collected_files.hpp"

namespace sharder {
namespace {

std::string framed(const std::string& path, const std::string& content) {
  wire::Writer writer;
  writer.text(path);
  writer.u64(content.size());
  return writer.take() + content;
}

TEST(CollectedFiles, ComeHoweverTheStreamIsCut) {
  const std::string stream = framed("a/b.gcda", "one") + framed("empty", "") + framed("c", "two");
  for (std::size_t step = 1; step <= stream.size(); ++step) {
    CollectedFiles files;
    std::string seen;
    for (std::size_t at = 0; at < stream.size(); at += step)
      for (const Collected& file : files.add(stream.substr(at, step)))
        seen += file.path + "=" + file.bytes + ";";
    EXPECT_EQ(seen, "a/b.gcda=one;empty=;c=two;") << step;
  }
}

TEST(CollectedFiles, EndAtANameThatLeavesTheProject) {
  for (const char* path : {"../x", "/etc/passwd", "a/../../x", "a//b", ".", "a/."}) {
    CollectedFiles files;
    EXPECT_TRUE(files.add(framed(path, "x") + framed("good", "y")).empty()) << path;
    EXPECT_TRUE(files.broken());
  }
}

TEST(CollectedFiles, HaveNamesThatATerminalMayShow) {
  CollectedFiles files;
  EXPECT_EQ(files.add(framed("a\nb/\x1b[2J\t\xff", "x")).at(0).path, "a\\x0ab/\\x1b[2J\\x09\\xff");
}

TEST(CollectedFiles, TellHowManyWereLeftOut) {
  wire::Writer writer;
  writer.text("");
  writer.u64(12);
  CollectedFiles files;
  const std::vector<Collected> last = files.add(framed("a", "x") + writer.take());
  ASSERT_EQ(last.size(), 2u);
  EXPECT_EQ(last[1].left_out, 12u);
  EXPECT_TRUE(last[1].path.empty());
}

TEST(CollectedFiles, EndAtAPathBeyondTheBound) {
  CollectedFiles files;
  EXPECT_TRUE(files.add(framed(std::string(5000, 'a'), "x")).empty());
  EXPECT_TRUE(files.broken());
}

TEST(CollectedFiles, EndAtASizeBeyondTheBound) {
  wire::Writer writer;
  writer.text("a");
  writer.u64(1ull << 40);
  CollectedFiles files;
  files.add(writer.take());
  EXPECT_TRUE(files.broken());
}

}  // namespace
}  // namespace sharder
