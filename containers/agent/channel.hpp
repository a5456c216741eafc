// Frames over a stream socket, for the launcher and the agent, which may block. Descriptors ride on a frame's
// first byte. Errors are values: an end that went away means that somebody died, which callers expect.
#pragma once

#include <string>
#include <vector>

#include "containers/agent/protocol.hpp"

namespace sharder::wire {

/// Sends a whole frame; waits where the other end is slow. False when it is gone (or, with a send timeout on
/// the socket, does not read).
bool send_frame(int socket, FrameType type, const std::string& body,
                const std::vector<int>& descriptors = {});

/// Sends as much of `bytes` as goes without waiting, `descriptors` with the first byte. Returns the number of
/// bytes taken, or -1 when the other end is gone.
long send_some(int socket, const char* bytes, std::size_t size, const std::vector<int>& descriptors);

enum class Received { bytes, nothing, end };
/// Moves what has arrived into the assembler: `nothing` when there is none and the socket (or `wait`) does
/// not let us wait for it. Without `take_descriptors` the kernel drops descriptors that were sent.
Received receive_some(int socket, Assembler& assembler, bool take_descriptors, bool wait = false);

}  // namespace sharder::wire
