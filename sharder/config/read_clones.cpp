#include <fmt/format.h>

#include "sharder/config/hidden_paths.hpp"
#include "sharder/config/sections.hpp"
#include "sharder/config/values.hpp"

namespace sharder {
namespace {

constexpr std::int64_t most_processes = 4'194'304;   // the kernel's largest pid_max
constexpr std::int64_t most_open_files = 1'048'576;  // the kernel's default fs.nr_open

void read_setup(const toml::table& table, const std::string& name, DiagnosticSink& sink, SetupConfig& setup) {
  TableReader reader(table, name, sink);
  assign(setup.commands, reader.commands("command"));
  assign(setup.services, reader.boolean("services"));
  assign(setup.inputs, reader.texts("inputs"));
  reader.finish();
}

void read_start(const toml::table& table, const std::string& name, DiagnosticSink& sink, StartConfig& start) {
  TableReader reader(table, name, sink);
  assign(start.commands, reader.commands("command"));
  assign(start.ready, reader.command("ready"));
  assign(start.stop, reader.command("stop"));
  assign(start.timeout, reader.duration("timeout"));
  reader.finish();
}

void read_mount(const toml::table& table, const std::string& name, DiagnosticSink& sink,
                std::vector<MountConfig>& mounts) {
  TableReader reader(table, name, sink);
  MountConfig mount;
  for (const auto& [key, target] : {std::pair{"source", &mount.source}, std::pair{"target", &mount.target}}) {
    if (!reader.node(key)) reader.error(key, fmt::format("\"{}\" is missing in {}", key, name));
    assign(*target, reader.text(key));
    if (target->empty() && table.contains(key) && table.get(key)->is_string()) reader.wrong(key, "a path");
  }
  assign(mount.mode, reader.word("mode", {"ro", "cow", "rw"}));
  reader.finish();
  mounts.push_back(mount);
}

void read_mounts(TableReader& reader, std::vector<MountConfig>& mounts) {
  const std::vector<const toml::table*> tables = reader.tables("mounts");
  if (!reader.node("mounts")) return;
  mounts.clear();
  for (const toml::table* each : tables)
    read_mount(*each, "mounts of " + reader.name(), reader.sink(), mounts);
}

void read_workers(TableReader& reader, WorkersChoice& workers) {
  const toml::node* found = reader.node("workers");
  if (!found) return;
  std::string text;
  if (const auto* word = found->as_string()) text = word->get();
  if (const auto* number = found->as_integer()) text = std::to_string(number->get());
  const std::optional<WorkersChoice> choice = parse_workers(text);
  if (!choice)
    reader.wrong("workers", "\"auto\", a number from 1 to 4096 or a share of the cores such as \"50%\"");
  assign(workers, choice);
}

void read_user(TableReader& reader, std::string& user) {
  const std::optional<std::string> name = reader.text("user");
  if (name && name->empty()) reader.wrong("user", "invoker, root or the name of a user");
  assign(user, name);
}

void read_hide(TableReader& reader, std::vector<std::string>& hide) {
  const std::optional<std::vector<std::string>> globs = reader.texts("hide");
  if (!globs) return;
  hide.clear();
  for (const std::string& glob : *globs) {
    if (glob == "...") {
      const std::vector<std::string> usual = default_hidden_paths();
      hide.insert(hide.end(), usual.begin(), usual.end());
    } else if (glob.empty()) {
      reader.error("hide", fmt::format("\"hide\" in {} contains \"\", expected paths", reader.name()),
                   "\"...\" stands for the default list");
    } else {
      hide.push_back(glob);
    }
  }
}

void read_limits(TableReader& reader, ClonesConfig& clones) {
  assign(clones.memory_bytes, reader.size_or_auto("memory"));
  assign(clones.disk_bytes, reader.size_or_auto("disk"));
  if (const auto number = reader.integer("processes", 16, most_processes))
    clones.processes = static_cast<int>(*number);
  if (const auto number = reader.integer("open_files", 16, most_open_files))
    clones.open_files = static_cast<int>(*number);
}

}  // namespace

void read_clones(const toml::table& table, const std::string& name, DiagnosticSink& sink,
                 ClonesConfig& clones) {
  TableReader reader(table, name, sink);
  const std::optional<std::string> base = reader.text("base");
  if (base && base->empty()) reader.wrong("base", "host or the name of a base");
  assign(clones.base, base);
  read_workers(reader, clones.workers);
  if (const auto word = reader.word("fresh", words_of(freshness_words)))
    clones.fresh = *value_of(freshness_words, *word);
  assign(clones.share, reader.texts("share"));
  read_user(reader, clones.user);
  assign(clones.privileged, reader.boolean("privileged"));
  assign(clones.network, reader.word("network", {"none", "bridge"}));
  assign(clones.nesting, reader.boolean("nesting"));
  read_limits(reader, clones);
  assign(clones.storage, reader.word("storage", {"tmpfs", "disk"}));
  read_hide(reader, clones.hide);
  read_mounts(reader, clones.mounts);
  assign(clones.collect, reader.texts("collect"));
  const std::string inner = name.substr(0, name.size() - 1);
  if (const toml::table* setup = reader.table("setup"))
    read_setup(*setup, inner + ".setup]", sink, clones.setup);
  if (const toml::table* start = reader.table("start"))
    read_start(*start, inner + ".start]", sink, clones.start);
  reader.finish();
}

}  // namespace sharder
