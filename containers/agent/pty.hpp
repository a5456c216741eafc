// An interactive command on a terminal of its own inside the clone, for `sharder shell`.
#pragma once

namespace sharder::agent {

/// `/.agent pty ROWS COLUMNS -- COMMAND...`: relays standard input to a new terminal and the terminal to
/// standard output until the command ends; its exit status (128 + signal) is ours.
int pty_main(int count, char** arguments);

}  // namespace sharder::agent
