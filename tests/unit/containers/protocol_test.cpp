#include "containers/agent/protocol.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <random>

#include "containers/agent/channel.hpp"
#include "containers/agent/messages.hpp"
#include "sharder/support/unique_fd.hpp"

namespace sharder::wire {
namespace {

Run sample_run() {
  Run run;
  run.id = 0x123456789abcdef0;
  run.role = Run::Role::service;
  run.command = {"sh", "-c", std::string("a\0b", 3)};
  run.environment = {"A=1"};
  run.directory = "/x";
  run.person = {1000, 1001, {4, 27}};
  run.cell = run.channels = true;
  run.share = {"/srv"};
  run.files = {{"ids", "content", 0600}};
  run.result_file = "/run/sharder/r";
  run.project = "/p";
  run.collect = {"**/*.gcda"};
  run.streams = 9;
  run.pieces = {{"/"}, {"/tmp"}};
  return run;
}

std::string frame_bytes(FrameType type, const std::string& body, std::size_t descriptors = 0) {
  return encode_header(type, descriptors, body.size()) + body;
}

TEST(Messages, ARunIsReadAsItWasWritten) {
  const std::string body = encode(sample_run());
  const std::optional<wire::Run> run = decode_run(body);
  ASSERT_TRUE(run);
  EXPECT_EQ(encode(*run), body);
  EXPECT_EQ(run->id, 0x123456789abcdef0u);
  EXPECT_EQ(run->command[2], std::string("a\0b", 3));
  EXPECT_EQ(run->person.groups, (std::vector<std::uint32_t>{4, 27}));
  EXPECT_TRUE(run->has(Stream::output));
  EXPECT_FALSE(run->has(Stream::error));
}

TEST(Messages, AFlagIsZeroOrOne) {
  Trouble trouble{"m", "h", true};
  std::string body = encode(trouble);
  ASSERT_TRUE(decode_trouble(body));
  body.back() = 2;
  EXPECT_FALSE(decode_trouble(body));
}

TEST(Messages, AMountHasAModeThatThereIs) {
  Configure settings;
  settings.mounts = {{"/a", "/b", static_cast<MountOrder::Mode>(7)}};
  EXPECT_FALSE(decode_configure(encode(settings)));
}

TEST(Messages, SettingsAreReadAsTheyWereWritten) {
  Configure settings;
  settings.run_id = "r";
  settings.mounts = {{"/a", "/b", MountOrder::Mode::copy_on_write}};
  settings.hide = {"/root"};
  settings.memory_bytes = 1ull << 40;
  const std::optional<Configure> read = decode_configure(encode(settings));
  ASSERT_TRUE(read);
  EXPECT_EQ(encode(*read), encode(settings));
}

TEST(Messages, NoCutBodyIsAccepted) {
  const std::string body = encode(sample_run());
  for (std::size_t size = 0; size < body.size(); ++size)
    EXPECT_FALSE(decode_run(body.substr(0, size))) << size;
  EXPECT_FALSE(decode_run(body + "x"));
}

TEST(Messages, NoisyBodiesAreRefusedOrReadButNeverOverrun) {
  std::mt19937 random(1);
  const std::string body = encode(sample_run());
  for (int i = 0; i < 20000; ++i) {
    std::string noisy = body;
    for (int j = 0; j < 3; ++j) noisy[random() % noisy.size()] = static_cast<char>(random());
    decode_run(noisy);
    decode_agent_report(noisy);
    decode_report(noisy);
    decode_configure(noisy);
  }
}

TEST(Messages, AReportBeyondItsBoundsIsRefused) {
  AgentReport report;
  report.leaks.resize(max_leaks);
  EXPECT_TRUE(decode_agent_report(encode(report)));
  report.leaks.resize(max_leaks + 1);
  EXPECT_FALSE(decode_agent_report(encode(report)));
  report.leaks = {{1, std::string(max_leak_text + 1, 'x')}};
  EXPECT_FALSE(decode_agent_report(encode(report)));
  report.leaks.clear();
  report.message.assign(max_message + 1, 'x');
  EXPECT_FALSE(decode_agent_report(encode(report)));
}

TEST(Reader, ACountThatCannotBeThereIsRefusedBeforeAnythingIsAllocated) {
  Writer writer;
  writer.u32(0xffffffff);
  const std::string bytes = writer.take();
  Reader reader(bytes);
  EXPECT_EQ(reader.count(), 0u);
  EXPECT_FALSE(reader.ok());
  Reader texts(bytes);
  EXPECT_TRUE(texts.texts().empty());
  EXPECT_FALSE(texts.ok());
}

TEST(Assembler, GivesFramesHoweverTheBytesAreCut) {
  const std::string bytes = frame_bytes(FrameType::hello, "") + frame_bytes(FrameType::ended, "body");
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    Assembler assembler;
    std::string seen;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      assembler.add(bytes.substr(at, step));
      Frame frame;
      while (assembler.next(frame) == Assembler::State::frame)
        seen += std::to_string(static_cast<int>(frame.type)) + ":" + frame.body + " ";
    }
    EXPECT_EQ(seen, "40: 33:body ") << step;
  }
}

TEST(Assembler, IsBrokenForGoodByAnythingThatIsNoFrame) {
  const std::string good = frame_bytes(FrameType::hello, "");
  for (const std::size_t at : {0u, 1u, 4u, 7u}) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] + 1);
    Assembler assembler;
    assembler.add(bad);
    Frame frame;
    EXPECT_EQ(assembler.next(frame), Assembler::State::broken) << at;
    assembler.add(good);
    EXPECT_EQ(assembler.next(frame), Assembler::State::broken) << at;
  }
}

TEST(Assembler, RefusesAFrameThatIsTooLongBeforeItArrives) {
  Assembler assembler;
  assembler.add(encode_header(FrameType::run, 0, max_frame_bytes + 1));
  Frame frame;
  EXPECT_EQ(assembler.next(frame), Assembler::State::broken);
}

TEST(Assembler, RefusesAFrameWhoseDescriptorsDidNotCome) {
  Assembler assembler;
  assembler.add(encode_header(FrameType::run, 1, 0));
  Frame frame;
  EXPECT_EQ(assembler.next(frame), Assembler::State::broken);
}

class Channel : public testing::Test {
 protected:
  void SetUp() override {
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    one_.reset(ends[0]);
    other_.reset(ends[1]);
  }
  UniqueFd one_, other_;
};

TEST_F(Channel, CarriesDescriptorsWithTheirFrames) {
  const Pipe pipe = make_pipe();
  ASSERT_TRUE(send_frame(one_.get(), FrameType::kill, "a"));
  ASSERT_TRUE(send_frame(one_.get(), FrameType::run, std::string(50000, 'b'),
                         {pipe.write_end.get(), pipe.read_end.get()}));
  Assembler assembler;
  Frame first, second;
  while (assembler.next(first) != Assembler::State::frame) receive_some(other_.get(), assembler, true, true);
  EXPECT_TRUE(first.descriptors.empty());
  while (assembler.next(second) != Assembler::State::frame) receive_some(other_.get(), assembler, true, true);
  ASSERT_EQ(second.descriptors.size(), 2u);
  EXPECT_EQ(::write(second.descriptors[0], "x", 1), 1);
  char byte = 0;
  EXPECT_EQ(::read(pipe.read_end.get(), &byte, 1), 1);
  for (const int fd : second.descriptors) ::close(fd);
}

TEST_F(Channel, TakesNoDescriptorsWhereItHasNoRoomForThem) {
  const Pipe pipe = make_pipe();
  ASSERT_TRUE(send_frame(one_.get(), FrameType::agent_ended, "a", {pipe.write_end.get()}));
  Assembler assembler;
  ASSERT_EQ(receive_some(other_.get(), assembler, false), Received::bytes);
  Frame frame;
  EXPECT_EQ(assembler.next(frame), Assembler::State::broken);
}

TEST_F(Channel, TellsNothingFromTheEnd) {
  Assembler assembler;
  EXPECT_EQ(receive_some(other_.get(), assembler, true), Received::nothing);
  one_.reset();
  EXPECT_EQ(receive_some(other_.get(), assembler, true), Received::end);
  EXPECT_FALSE(send_frame(other_.get(), FrameType::hello, ""));
}

}  // namespace
}  // namespace sharder::wire
