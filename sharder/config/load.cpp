#include "sharder/config/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "sharder/config/apply_options.hpp"
#include "sharder/config/frameworks.hpp"
#include "sharder/config/hidden_paths.hpp"
#include "sharder/config/project.hpp"
#include "sharder/config/sections.hpp"
#include "sharder/config/suites.hpp"
#include "sharder/config/testr.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

constexpr const char* file_name = "sharder.toml";

class Loader {
 public:
  Loader(CommandLine line, const Environment& environment, std::filesystem::path working_directory)
      : line_(std::move(line)), here_(std::move(working_directory)) {
    apply_environment(environment, line_, result_.diagnostics);
    apply_outer_shards(environment, line_.options.partition.has_value(), result_.config, result_.diagnostics);
  }

  LoadResult load() && {
    Config& config = result_.config;
    config.project_directory = here_;
    config.clones.hide = default_hidden_paths();
    if (locate()) {
      if (!config.file.empty()) read_document();
      make_paths_absolute();
      hide_secrets_of_project();
    }
    if (config.project.empty()) config.project = default_project_name(config.project_directory);
    if (!has_errors(result_.diagnostics)) take_testr_file_if_no_suite();
    apply_options(line_.options, here_, config, result_.diagnostics);
    std::stable_sort(result_.diagnostics.begin(), result_.diagnostics.end(),
                     [](const Diagnostic& left, const Diagnostic& right) {
                       return std::tie(left.file, left.line, left.column) <
                              std::tie(right.file, right.line, right.column);
                     });
    return std::move(result_);
  }

 private:
  bool needs_suite() const { return line_.verb == Verb::run || line_.verb == Verb::list || line_.verb == Verb::plan; }

  void complain(const std::string& file, const std::string& message, const std::string& hint) {
    result_.diagnostics.push_back(
        {.severity = Diagnostic::Severity::error, .file = file, .message = message, .hint = hint});
  }

  /// Finds the project. False where there is none, or none that can be read.
  bool locate() {
    std::optional<std::filesystem::path> file;
    if (line_.options.config) {
      file = (here_ / *line_.options.config).lexically_normal();
      if (!check_given_file(*file)) return false;
    } else {
      file = find_upwards(here_, file_name);
    }
    if (file) {
      result_.config.project_directory = file->parent_path();
      const std::string name = file->filename().string();
      if (name != ".testr.conf" && name != ".stestr.conf") result_.config.file = *file;
      return true;
    }
    if (has_testr_file(here_) || !needs_suite()) return true;
    complain("", fmt::format("there is no {} in {} or above it", file_name, here_.string()),
             "`sharder init` writes one; -C FILE names one elsewhere");
    return false;
  }

  bool check_given_file(const std::filesystem::path& file) {
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored)) {
      complain("", fmt::format("--config: {} is a directory", file.string()),
               fmt::format("-C {}", quote_for_shell((file / file_name).string())));
      return false;
    }
    if (std::filesystem::exists(file, ignored)) return true;
    complain("", fmt::format("--config: there is no {}", file.string()), "");
    return false;
  }

  void read_document() {
    const std::string shown = shown_path(result_.config.file, here_);
    DiagnosticSink sink(shown, result_.diagnostics);
    toml::table root;
    try {
      root = toml::parse(read_file(result_.config.file), std::string_view(shown));
    } catch (const toml::parse_error& refused) {
      sink.error(refused.source(), "this is not TOML: " + replace_all(std::string(refused.description()),
                                                                      "Error while", "while"));
      return;
    } catch (const SystemError& refused) {
      complain(shown, refused.what(), refused.hint());
      return;
    }
    read_root(root, sink);
  }

  void read_root(const toml::table& root, DiagnosticSink& sink) {
    TableReader reader(root, "", sink);
    const toml::table* profiles = reader.table("profile", "[profile.NAME]");
    read_sections(reader, "", result_.config, suites_, frameworks_);
    reader.finish();
    read_profiles(profiles, sink);
    frameworks_.check(sink);
    const SuiteSurroundings surroundings{frameworks_, result_.config.project_directory, shown_directory()};
    for (const SuiteSource& source : suites_)
      result_.config.suites.push_back(read_suite(source, surroundings, sink));
  }

  /// What file and profile have in common. `prefix` is "" or "profile.NAME.".
  static void read_sections(TableReader& reader, const std::string& prefix, Config& config,
                            std::vector<SuiteSource>& suites, Frameworks& frameworks) {
    DiagnosticSink& sink = reader.sink();
    const std::optional<std::string> name = reader.text("project");
    if (name && name->empty()) reader.wrong("project", "a name");
    assign(config.project, name);
    if (const auto* table = reader.table("framework", "[framework.NAME]")) frameworks.read(*table, prefix, sink);
    if (const auto* table = reader.table("suite", "[suite.NAME]")) collect_suites(*table, prefix, sink, suites);
    if (const auto* table = reader.table("clones", "[clones]"))
      read_clones(*table, "[" + prefix + "clones]", sink, config.clones);
    if (const auto* table = reader.table("run", "[run]")) read_run(*table, "[" + prefix + "run]", sink, config.run);
    for (const toml::table* table : reader.tables("override"))
      read_override(*table, "[[" + prefix + "override]]", sink, config.overrides);
  }

  void read_profiles(const toml::table* profiles, DiagnosticSink& sink) {
    std::vector<std::string> known;
    static const toml::table none;
    for (const auto& [key, value] : profiles ? *profiles : none) {
      const std::string name(key.str());
      known.push_back(name);
      const toml::table* table = value.as_table();
      if (!table) {
        sink.error(value.source(), fmt::format("\"{}\" in [profile] is no profile", name),
                   "write [profile.NAME]");
      } else if (line_.options.profile == name) {
        read_profile(*table, name, sink, result_.config, suites_, frameworks_);
      } else {
        // Mistakes in the others are told too; what they say goes nowhere.
        Config config;
        std::vector<SuiteSource> suites;
        Frameworks frameworks;
        read_profile(*table, name, sink, config, suites, frameworks);
      }
    }
    const std::optional<std::string>& wanted = line_.options.profile;
    if (wanted && std::find(known.begin(), known.end(), *wanted) == known.end())
      complain(sink.file(), fmt::format("--profile-config: there is no [profile.{}]", *wanted),
               suggestion(*wanted, known));
  }

  static void read_profile(const toml::table& table, const std::string& name, DiagnosticSink& sink,
                           Config& config, std::vector<SuiteSource>& suites, Frameworks& frameworks) {
    TableReader reader(table, fmt::format("[profile.{}]", name), sink);
    read_sections(reader, fmt::format("profile.{}.", name), config, suites, frameworks);
    reader.finish();
  }

  /// With neither suite nor sharder.toml, the file of testrepository or stestr says enough.
  void take_testr_file_if_no_suite() {
    Config& config = result_.config;
    if (!config.suites.empty() || !needs_suite()) return;
    if (has_testr_file(config.project_directory)) {
      const SuiteSurroundings surroundings{frameworks_, config.project_directory, shown_directory()};
      config.suites.push_back(suite_of_testr_file(surroundings, result_.diagnostics));
    } else {
      complain(shown_path(config.file, here_), "there is no suite",
               "[suite.unit] with framework = \"...\" makes one");
    }
  }

  /// Relative paths of the file are relative to the project. Globs of what clones hold after setup (programs,
  /// inputs, collect) stay as they are: they are expanded there.
  void make_paths_absolute() {
    ClonesConfig& clones = result_.config.clones;
    const auto absolute = [&](std::string& path) {
      path = (result_.config.project_directory / path).lexically_normal().string();
    };
    std::for_each(clones.hide.begin(), clones.hide.end(), absolute);
    std::for_each(clones.share.begin(), clones.share.end(), absolute);
    for (MountConfig& mount : clones.mounts) {
      absolute(mount.source);
      absolute(mount.target);
    }
  }

  /// The project is visible where it lies, what people keep secret in it is not.
  void hide_secrets_of_project() {
    for (const char* name : {".ssh", ".gnupg", ".aws", ".netrc", ".docker", ".kube"})
      result_.config.clones.hide.push_back((result_.config.project_directory / name).string());
  }

  std::string shown_directory() const {
    const std::string shown = shown_path(result_.config.project_directory, here_);
    return shown == "." ? "" : shown + "/";
  }

  CommandLine line_;
  std::filesystem::path here_;
  LoadResult result_;
  Frameworks frameworks_;
  std::vector<SuiteSource> suites_;
};

}  // namespace

LoadResult load(const CommandLine& command_line, const Environment& environment,
                const std::filesystem::path& working_directory) {
  return Loader(command_line, environment, working_directory).load();
}

}  // namespace sharder
