#include "sharder/suites/subunit2.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace sharder {
namespace {

using Kind = SubunitPiece::Kind;

/// "packet", "text abc", "broken why", joined where text comes in a row.
std::string shape(const std::vector<SubunitPiece>& pieces) {
  std::string text;
  bool in_text = false;
  for (const SubunitPiece& piece : pieces) {
    const bool is_text = piece.kind == Kind::text;
    if (!(in_text && is_text)) text += is_text ? "|text " : "|";
    if (is_text)
      text += piece.text;
    else if (piece.kind == Kind::packet)
      text += "packet " + piece.packet.test;
    else
      text += "broken";
    in_text = is_text;
  }
  return text;
}

std::vector<SubunitPiece> decode(std::string_view stream) {
  Subunit2Decoder decoder;
  std::vector<SubunitPiece> pieces = decoder.feed(stream);
  for (SubunitPiece& piece : decoder.finish()) pieces.push_back(std::move(piece));
  return pieces;
}

std::string shape_of_bytes(std::string_view stream) {
  Subunit2Decoder decoder;
  std::vector<SubunitPiece> pieces;
  for (const char byte : stream)
    for (SubunitPiece& piece : decoder.feed(std::string_view(&byte, 1))) pieces.push_back(std::move(piece));
  for (SubunitPiece& piece : decoder.finish()) pieces.push_back(std::move(piece));
  return shape(pieces);
}

std::string packet_of(std::string name) {
  SubunitPacket packet;
  packet.test = std::move(name);
  packet.status = SubunitStatus::success;
  return encode_subunit(packet);
}

const std::string example("\xb3\x29\x01\x0c\x03\x66\x6f\x6f\x08\x55\x5f\x1b", 12);

TEST(Subunit2, WritesTheBytesOfTheFormatsExample) {
  SubunitPacket packet;
  packet.test = "foo";
  packet.status = SubunitStatus::exists;
  EXPECT_EQ(encode_subunit(packet), example);
}

TEST(Subunit2, ReadsTheBytesOfTheFormatsExample) {
  const std::vector<SubunitPiece> pieces = decode(example);
  ASSERT_EQ(shape(pieces), "|packet foo");
  EXPECT_EQ(pieces[0].packet.status, SubunitStatus::exists);
  EXPECT_TRUE(pieces[0].packet.runnable);
}

TEST(Subunit2, ReadsBackEveryFieldThatItWrites) {
  SubunitPacket packet;
  packet.status = SubunitStatus::fail;
  packet.runnable = false;
  packet.end_of_file = true;
  packet.time = SubunitTime{1'790'000'000, 999'999'999};
  packet.test = "a test (ü)";
  packet.route = "0/1";
  packet.tags = {"worker-0", "slow"};
  packet.mime = "text/plain;charset=utf8";
  packet.file_name = "traceback";
  packet.file = std::string("with \0 and \xff", 12);
  const std::vector<SubunitPiece> pieces = decode(encode_subunit(packet));
  ASSERT_EQ(pieces.size(), 1u);
  EXPECT_EQ(pieces[0].packet, packet);
}

TEST(Subunit2, CountsTheLengthFieldIntoTheLength) {
  // Around the sizes at which the length, or a string's own length, takes one octet more.
  for (const std::size_t size :
       {1, 40, 50, 51, 52, 53, 54, 55, 56, 63, 64, 16'360, 16'370, 16'375, 16'383, 16'384}) {
    const std::string name(size, 'x');
    EXPECT_EQ(shape(decode(packet_of(name) + packet_of("next"))), "|packet " + name + "|packet next") << size;
  }
}

TEST(Subunit2, SplitsALargeFileOverPackets) {
  SubunitPacket packet;
  packet.test = "a";
  packet.status = SubunitStatus::fail;
  packet.file_name = "log";
  for (int i = 0; i < 1'000'000; ++i) packet.file += static_cast<char>('a' + i % 23);
  std::string file;
  const std::vector<SubunitPiece> pieces = decode(encode_subunit(packet));
  ASSERT_EQ(pieces.size(), 4u);
  for (const SubunitPiece& piece : pieces) file += piece.packet.file;
  EXPECT_EQ(file, packet.file);
  EXPECT_EQ(pieces[2].packet.status, SubunitStatus::none);
  EXPECT_EQ(pieces[3].packet.status, SubunitStatus::fail);
}

TEST(Subunit2, FindsPacketsBetweenText) {
  const std::string stream =
      "hello\n" + packet_of("a") + packet_of("b") + "x\xb3y\n\xc2\xb3\n" + packet_of("c") + "bye";
  const std::string expected = "|text hello\n|packet a|packet b|text x\xb3y\n\xc2\xb3\n|packet c|text bye";
  EXPECT_EQ(shape(decode(stream)), expected);
  EXPECT_EQ(shape_of_bytes(stream), expected);
}

TEST(Subunit2, GoesOnAfterABrokenPacket) {
  std::string broken = packet_of("broken");
  broken[6] = 'X';
  const std::string stream = packet_of("a") + broken + packet_of("b");
  EXPECT_EQ(shape(decode(stream)).substr(0, 17), "|packet a|broken|");
  EXPECT_TRUE(shape(decode(stream)).ends_with("|packet b"));
  EXPECT_EQ(shape(decode(stream)), shape_of_bytes(stream));
}

TEST(Subunit2, FindsWhatFollowsAPacketThatWasCutOff) {
  const std::string cut = packet_of("cut off in the middle").substr(0, 20);
  const std::string stream = cut + packet_of("a") + packet_of("b");
  EXPECT_TRUE(shape(decode(stream)).ends_with("|packet a|packet b")) << shape(decode(stream));
  EXPECT_TRUE(shape(decode(packet_of("a") + cut)).starts_with("|packet a|broken"));
}

TEST(Subunit2, GivesTheSameForEveryCut) {
  const std::string stream =
      "text\n" + packet_of("a") + example + packet_of("b").substr(0, 9) + packet_of("c") + "\nend";
  const std::string whole = shape(decode(stream));
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    Subunit2Decoder decoder;
    std::vector<SubunitPiece> pieces = decoder.feed(stream.substr(0, cut));
    for (SubunitPiece& piece : decoder.feed(stream.substr(cut))) pieces.push_back(std::move(piece));
    for (SubunitPiece& piece : decoder.finish()) pieces.push_back(std::move(piece));
    EXPECT_EQ(shape(pieces), whole) << cut;
  }
}

TEST(Subunit2, ReadsHostileStreamsInLinearTime) {
  // Every byte opens a packet that claims 4 MiB, whose checksum would be wrong.
  std::string stream;
  while (stream.size() < (8u << 20)) stream += std::string("\xb3\x29\x01\xbf\xff\xff\n", 7);
  EXPECT_FALSE(decode(stream).empty());
  EXPECT_FALSE(decode(std::string(1 << 20, '\xb3')).empty());
  // Tags without number.
  SubunitPacket tags;
  tags.test = "t";
  tags.tags.assign(20'000, "");
  EXPECT_EQ(shape(decode(encode_subunit(tags))).substr(0, 7), "|broken");
}

}  // namespace
}  // namespace sharder
