#include "sharder/report/live/progress_lines.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sharder/report/output_tail.hpp"
#include "sharder/support/text.hpp"

namespace sharder {

struct ProgressLines::Tell {
  ProgressLines& self;
  std::vector<std::string>& lines;

  void operator()(const RunStarted& run) const {
    lines.push_back(fmt::format("sharder {}: {} ({}), base {}, seed {}", run.version,
                                count_of(static_cast<std::size_t>(run.workers), "worker"), run.why_workers,
                                one_line(run.base), run.seed));
  }
  void operator()(const SetupFinished& setup) const {
    lines.push_back(setup.cached ? "setup: taken from the cache"
                                 : fmt::format("setup: done in {}", format_duration(setup.duration)));
  }
  void operator()(const CloneLost& lost) const {
    const std::string which = lost.clone.empty() ? "a clone" : "clone " + lost.clone;  // not every one came to a name
    lines.push_back(self.palette_.paint(
        Colour::yellow, fmt::format("{} of worker {} was lost: {}", which, lost.worker, one_line(lost.reason))));
  }
  void operator()(const AttemptFinished& finished) const { self.tell_attempt(finished.record, lines); }
  void operator()(const TestFinished& finished) const { self.tell_verdict(finished, lines); }
  void operator()(const Notice& notice) const {
    const bool warning = notice.weight == Notice::Weight::warning;
    const std::string text = one_line(notice.text, 2000);
    lines.push_back(warning ? self.palette_.paint(Colour::yellow, "warning: " + text) : text);
  }
  void operator()(const Draining& draining) const {
    lines.push_back(self.palette_.paint(Colour::yellow, "stopping: " + one_line(draining.why)));
  }
  void operator()(const BaseReady&) const {}
  void operator()(const TestListed&) const {}
  void operator()(const CloneReady&) const {}
  void operator()(const CloneDiscarded&) const {}
  void operator()(const RunDivided&) const {}
  void operator()(const RunMerged&) const {}
  void operator()(const AttemptStarted&) const {}
  void operator()(const AttemptOutput&) const {}
  void operator()(const RunFinished&) const {}
};

std::string ProgressLines::counter() const {
  const std::string total = std::to_string(progress_.total());
  return fmt::format("[{:>{}}/{}]", progress_.done() + 1, total.size(), total);
}

std::string ProgressLines::line(const std::string& counter, ShoutedWord word, const std::string& text) const {
  return fmt::format("{} {} {}", counter, palette_.paint(word.colour, fmt::format("{:<7}", word.text)), text);
}

std::vector<std::string> ProgressLines::lines(const Event& event) {
  std::vector<std::string> lines;
  const auto* finished = std::get_if<TestFinished>(&event.payload);
  if (finished == nullptr || finished->test != held_back_test_) lines.swap(held_back_);
  held_back_.clear();
  std::visit(Tell{*this, lines}, event.payload);
  return lines;
}

void ProgressLines::tell_attempt(const AttemptRecord& record, std::vector<std::string>& lines) {
  told_slow_at_.erase(record.test);
  if (!is_failure(record.outcome)) return;
  const std::string blank(counter().size(), ' ');
  std::string text = fmt::format("{}, attempt {} ({})", one_line(progress_.id(record.test)), record.attempt,
                                 format_duration(record.duration));
  if (!record.message.empty()) text += ": " + one_line(record.message);
  held_back_ = {line(blank, shouted(record.outcome), text)};
  held_back_test_ = record.test;
  if (!settings_.show_output) return;
  lines.swap(held_back_);
  for (const std::string& output : output_tail(record)) lines.push_back("    " + output);
}

void ProgressLines::tell_verdict(const TestFinished& finished, std::vector<std::string>& lines) const {
  const bool dull = finished.verdict == Verdict::passed || finished.verdict == Verdict::skipped;
  // Tests that are never run are told once, with the reason, by Draining.
  if (finished.verdict == Verdict::not_run || (dull && settings_.choice == Choice::what_matters)) return;
  const std::vector<AttemptRecord>& attempts = progress_.attempts(finished.test);
  std::string text = one_line(progress_.id(finished.test));
  if (attempts.empty()) {
    lines.push_back(line(counter(), shouted(finished.verdict, Outcome::lost), text));
    return;
  }
  const AttemptRecord& last = attempts.back();
  if (finished.verdict == Verdict::flaky || attempts.size() > 1) {
    std::vector<std::string> outcomes;
    for (const AttemptRecord& attempt : attempts) outcomes.emplace_back(to_string(attempt.outcome));
    text +=
        fmt::format(" ({}{}{})", join(outcomes, ", "), finished.cause.empty() ? "" : "; ", finished.cause);
  } else {
    text += fmt::format(" ({})", format_duration(last.duration));
  }
  if (!is_pass(last.outcome) && !last.message.empty()) text += ": " + one_line(last.message);
  if (!last.leaks.empty()) text += fmt::format("; left {} behind", count_of(last.leaks.size(), "process"));
  lines.push_back(line(counter(), shouted(finished.verdict, last.outcome), text));
}

std::vector<std::string> ProgressLines::tick(Seconds elapsed) {
  std::vector<std::string> lines;
  lines.swap(held_back_);
  for (const Progress::Running& running : progress_.running()) {
    const Seconds age = elapsed - running.since;
    Seconds& next =
        told_slow_at_.try_emplace(running.test, std::max(settings_.slow, Seconds(0.001))).first->second;
    if (age < next) continue;
    // Told again each time the age has doubled, so that a hanging test does not fill the log.
    while (next <= age) next *= 2;
    const std::string blank(counter().size(), ' ');
    lines.push_back(
        line(blank, {"SLOW", Colour::yellow},
             fmt::format("{} (running for {})", one_line(progress_.id(running.test)), format_duration(age))));
  }
  return lines;
}

}  // namespace sharder
