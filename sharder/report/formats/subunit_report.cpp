#include "sharder/report/formats/subunit_report.hpp"

#include <fmt/format.h>

#include "sharder/report/timestamp.hpp"
#include "sharder/suites/subunit2.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

using TestRecord = RunRecord::TestRecord;
using Attempt = RunRecord::Attempt;
using Clock = std::chrono::system_clock;

SubunitStatus status_of(const TestRecord& test, const Attempt* decisive) {
  const Outcome outcome = decisive == nullptr ? Outcome::lost : decisive->record.outcome;
  switch (test.judged()) {
    case Verdict::passed:
    case Verdict::flaky:
      return outcome == Outcome::expected_failure ? SubunitStatus::expected_failure : SubunitStatus::success;
    case Verdict::failed:
      return outcome == Outcome::unexpected_success ? SubunitStatus::unexpected_success : SubunitStatus::fail;
    case Verdict::skipped:
      return SubunitStatus::skip;
    case Verdict::lost:
      return SubunitStatus::fail;
    case Verdict::not_run:
      break;
  }
  return SubunitStatus::exists;
}

SubunitTime packet_time(Clock::time_point time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  const auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(time - whole);
  return {static_cast<std::uint32_t>(whole.time_since_epoch().count()),
          static_cast<std::uint32_t>(rest.count())};
}

/// When the test's process began: the attempt's start less what it took to begin.
Clock::time_point beginning(const Attempt& attempt) {
  return attempt.finished - std::chrono::duration_cast<Clock::duration>(attempt.record.duration);
}

std::vector<std::string> tags_of(const TestRecord& test, const Attempt* decisive) {
  std::vector<std::string> tags = test.test->tags;
  if (decisive != nullptr) tags.push_back(fmt::format("worker-{}", decisive->record.worker));
  if (test.judged() == Verdict::flaky) tags.emplace_back("flaky");
  return tags;
}

struct Attachment {
  std::string name, text;
};

std::vector<Attachment> attachments_of(const TestRecord& test, const Attempt* decisive) {
  std::vector<Attachment> attachments;
  const auto add = [&](const std::string& name, const std::string& text) {
    if (!text.empty()) attachments.push_back({name, valid_utf8(text)});
  };
  for (const Attempt& attempt : test.attempts) {
    const std::string prefix = &attempt == decisive ? "" : fmt::format("attempt{}-", attempt.record.attempt);
    add(prefix + "stdout", attempt.record.output);
    add(prefix + "traceback", attempt.record.details);
    add(prefix + "reason", attempt.record.message);
  }
  return attachments;
}

std::string one_line_of(std::string_view text) {
  return replace_all(replace_all(valid_utf8(text), "\r", " "), "\n", " ");
}

/// The version 1 form: a bracket alone on its line ends the text, so lines that begin with one are indented.
std::string bracketed(const std::vector<Attachment>& attachments) {
  if (attachments.empty()) return "\n";
  std::string text = " [\n";
  for (const Attachment& attachment : attachments) {
    if (attachments.size() > 1) text += attachment.name + ":\n";
    for (const std::string& line : split_lines(attachment.text))
      text += (line.starts_with(']') ? " " : "") + line + "\n";
  }
  return text + "]\n";
}

std::string v1_time(Clock::time_point time) {
  std::string text = iso_time(time);
  text[10] = ' ';
  return "time: " + text + "\n";
}

std::string_view v1_word(const TestRecord& test, const Attempt* decisive) {
  switch (status_of(test, decisive)) {
    case SubunitStatus::success:
      return "success";
    case SubunitStatus::expected_failure:
      return "xfail";
    case SubunitStatus::unexpected_success:
      return "uxsuccess";
    case SubunitStatus::fail:
      break;
    default:
      return "skip";
  }
  return decisive != nullptr && decisive->record.outcome == Outcome::failed ? "failure" : "error";
}

}  // namespace

std::string subunit2_of(const TestRecord& test) {
  const Attempt* decisive = test.decisive();
  SubunitPacket packet;
  packet.test = test.test->id;
  packet.tags = tags_of(test, decisive);
  std::string bytes;
  if (decisive != nullptr && test.judged() != Verdict::not_run) {
    packet.status = SubunitStatus::in_progress;
    packet.time = packet_time(beginning(*decisive));
    bytes += encode_subunit(packet);
    packet.time = packet_time(decisive->finished);
  }
  for (Attachment& attachment : attachments_of(test, decisive)) {
    SubunitPacket file;
    file.test = packet.test;
    file.mime = "text/plain;charset=utf8";
    file.file_name = std::move(attachment.name);
    file.file = std::move(attachment.text);
    file.end_of_file = true;
    bytes += encode_subunit(file);
  }
  packet.status = status_of(test, decisive);
  return bytes + encode_subunit(packet);
}

std::string subunit1_of(const TestRecord& test) {
  const Attempt* decisive = test.decisive();
  const std::string id = one_line_of(test.test->id);
  std::string text;
  if (decisive != nullptr) text += v1_time(beginning(*decisive));
  text += "test: " + id + "\n";
  if (const std::vector<std::string> tags = tags_of(test, decisive); !tags.empty())
    text += "tags: " + one_line_of(join(tags, " ")) + "\n";
  if (decisive != nullptr) text += v1_time(decisive->finished);
  std::vector<Attachment> attachments = attachments_of(test, decisive);
  if (test.judged() == Verdict::not_run) attachments.push_back({"reason", "not run"});
  const std::string_view word = v1_word(test, decisive);
  // A success carries no text that the older readers would understand.
  return text + fmt::format("{}: {}{}", word, id, word == "success" ? "\n" : bracketed(attachments));
}

std::string subunit1_head(std::size_t tests) {
  return fmt::format("progress: {}\n", tests);
}

}  // namespace sharder
