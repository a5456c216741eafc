#include "sharder/report/formats/result_files.hpp"

#include "sharder/report/formats/report_kinds.hpp"
#include "sharder/report/formats/subunit_report.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

bool is_stream(const std::string& kind) {
  return kind == "subunit" || kind == "subunit1";
}

}  // namespace

ResultFiles::ResultFiles(const ReportSettings& settings, const RunRecord& record)
    : settings_(settings), record_(record) {
  targets_.push_back({"subunit", std::make_unique<FileSink>(settings.directory / "results.subunit",
                                                            FileSink::Mode::replace)});
  for (const auto& [kind, path] : settings.copies) {
    std::unique_ptr<FileSink> file;
    if (path != "-") file = std::make_unique<FileSink>(path, FileSink::Mode::replace);
    targets_.push_back({kind, std::move(file)});
  }
}

bool ResultFiles::use_standard_output() const {
  for (const Target& target : targets_)
    if (!target.file) return true;
  return false;
}

void ResultFiles::write(Target& target, std::string_view bytes) {
  if (target.file)
    target.file->write(bytes);
  else
    settings_.write_output(bytes);
}

void ResultFiles::consume(const Event& event) {
  if (std::holds_alternative<AttemptStarted>(event.payload) && !begun_) {
    begun_ = true;
    for (Target& target : targets_)
      if (target.kind == "subunit1") write(target, subunit1_head(record_.tests().size()));
  }
  const auto* finished = std::get_if<TestFinished>(&event.payload);
  if (finished == nullptr) return;
  streamed_.resize(record_.tests().size());
  SHARDER_ASSERT(finished->test < streamed_.size());
  streamed_[finished->test] = true;
  stream(record_.tests()[finished->test]);
}

void ResultFiles::stream(const RunRecord::TestRecord& test) {
  for (Target& target : targets_) {
    if (target.kind == "subunit")
      write(target, subunit2_of(test));
    else if (target.kind == "subunit1")
      write(target, subunit1_of(test));
  }
}

std::string ResultFiles::write_in_directory(const std::string& kind, const std::string& name) {
  try {
    write_file(settings_.directory / name, render_report(kind, record_).value());
  } catch (const SystemError& error) {
    return error.what();
  }
  return {};
}

std::string ResultFiles::finish() {
  // Tests without a verdict are told all the same: what was listed is reported.
  streamed_.resize(record_.tests().size());
  for (std::size_t test = 0; test < streamed_.size(); ++test)
    if (!streamed_[test]) stream(record_.tests()[test]);
  std::vector<std::string> troubles{write_in_directory("ctrf", "results.json"),
                                    write_in_directory("junit", "junit.xml"),
                                    write_in_directory("trace", "trace.json")};
  for (Target& target : targets_) {
    if (!is_stream(target.kind)) {
      const std::optional<std::string> report = render_report(target.kind, record_);
      SHARDER_ASSERT(report, target.kind);
      write(target, *report);
    }
    if (target.file) troubles.push_back(target.file->trouble());
  }
  std::erase(troubles, "");
  return join(troubles, "; ");
}

}  // namespace sharder
