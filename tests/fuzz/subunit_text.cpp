#include "tests/fuzz/subunit_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sharder::fuzz {
namespace {

std::string to_text(const SubunitPacket& packet) {
  const SubunitTime time = packet.time.value_or(SubunitTime{});
  return fmt::format("\npacket <{}> {} {}{} {}.{} <{}> [{}] <{}> <{}> <{}>\n", packet.test,
                     static_cast<int>(packet.status), packet.runnable ? 'r' : '-',
                     packet.end_of_file ? 'e' : '-', time.seconds, time.nanoseconds, packet.route,
                     fmt::join(packet.tags, "|"), packet.mime, packet.file_name, packet.file);
}

}  // namespace

std::string to_text(const std::vector<SubunitPiece>& pieces) {
  std::string text;
  for (const SubunitPiece& piece : pieces) {
    if (piece.kind == SubunitPiece::Kind::packet) text += to_text(piece.packet);
    if (piece.kind == SubunitPiece::Kind::broken) text += "\nbroken: " + piece.text + "\n";
    if (piece.kind == SubunitPiece::Kind::text) text += piece.text;
  }
  return text;
}

}  // namespace sharder::fuzz
