// The files of results in the run's directory and their copies elsewhere. Subunit streams are written test by
// test, so that who reads them sees the run progress; the others when it has ended.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sharder/report/reports.hpp"
#include "sharder/report/run_record.hpp"
#include "sharder/report/sink.hpp"

namespace sharder {

class ResultFiles : public EventConsumer {
 public:
  /// Opens every copy at once: a path that cannot be written should be known before the run, not after it.
  /// Throws SystemError. `record` has consumed each event before this does; both arguments outlive the
  /// object.
  ResultFiles(const ReportSettings& settings, const RunRecord& record);
  void consume(const Event& event) override;
  std::string finish() override;

  /// Whether a copy goes to standard output, which then carries nothing else.
  bool use_standard_output() const;

 private:
  struct Target {
    std::string kind;
    std::unique_ptr<FileSink> file;  // none: standard output
  };
  void write(Target& target, std::string_view bytes);
  void stream(const RunRecord::TestRecord& test);
  std::string write_in_directory(const std::string& kind, const std::string& name);

  const ReportSettings& settings_;
  const RunRecord& record_;
  std::vector<Target> targets_;
  bool begun_ = false;
  std::vector<bool> streamed_;  // by test
};

}  // namespace sharder
