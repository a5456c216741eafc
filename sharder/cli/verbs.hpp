// One function per verb: takes what was typed, returns the exit status. What cannot be done is thrown (Error).
#pragma once

#include "sharder/config/command_line.hpp"
#include "sharder/config/environment.hpp"

namespace sharder {

int verb_run(const CommandLine& line, const Environment& environment);
int verb_list(const CommandLine& line, const Environment& environment);
int verb_plan(const CommandLine& line, const Environment& environment);
int verb_simulate(const CommandLine& line, const Environment& environment);
int verb_merge(const CommandLine& line, const Environment& environment);
int verb_history(const CommandLine& line, const Environment& environment);
int verb_profile(const CommandLine& line, const Environment& environment);
int verb_shell(const CommandLine& line, const Environment& environment);
int verb_doctor(const CommandLine& line, const Environment& environment);
int verb_clean();
int verb_base(const CommandLine& line);

}  // namespace sharder
