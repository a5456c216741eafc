#include "sharder/host/profile_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <set>

#include "sharder/config/table_reader.hpp"
#include "sharder/host/sha256.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

const std::vector<std::string> storage_words{"nvme", "ssd", "disk", "virtual", "network", "memory"};

/// More than twice as much from the second thread of a core has never been measured.
constexpr double largest_smt_gain = 2;

/// The largest machines have a few thousand threads. hwloc compares every part with all its siblings, so that both
/// bounds are needed: 5,000 cores side by side take it eight seconds.
constexpr double most_threads = 4096, most_siblings = 1024;

/// At most how much hwloc's short form describes, "pack:2 core:8 pu:2" or "2 8 2": its counts are multiplied.
struct Extent {
  double threads = 1, siblings = 1;
};

Extent extent_of(const std::string& synthetic) {
  Extent extent;
  int depth = 0;
  for (std::size_t at = 0; at < synthetic.size(); ++at) {
    const char c = synthetic[at];
    if (c == '[' || c == '(') ++depth;
    // hwloc passes over one that closes nothing.
    if ((c == ']' || c == ')') && depth > 0) --depth;
    const bool begins = std::isdigit(static_cast<unsigned char>(c)) != 0 &&
                        (at == 0 || synthetic[at - 1] == ':' || synthetic[at - 1] == ' ');
    if (!begins || depth > 0) continue;
    const double count = std::strtod(synthetic.c_str() + at, nullptr);
    extent.threads *= std::max(1.0, count);
    extent.siblings = std::max(extent.siblings, count);
  }
  return extent;
}

bool is_plain_name(const std::string& name) {
  const auto plain = [](unsigned char c) { return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '-'; };
  return !name.empty() && std::all_of(name.begin(), name.end(), plain);
}

class ProfileReader {
 public:
  ProfileReader(const ProfileFile& file, const toml::table& table, DiagnosticSink& sink)
      : file_(file), sink_(sink), top_(table, "", sink) {}

  HardwareProfile read() && {
    read_names();
    section("topology", true, &ProfileReader::read_topology);
    section("cpu", true, &ProfileReader::read_cpu);
    section("memory", true, &ProfileReader::read_memory);
    section("storage", true, &ProfileReader::read_storage);
    section("speed", true, &ProfileReader::read_speed);
    section("smt", false, &ProfileReader::read_smt);
    section("limits", false, &ProfileReader::read_limits);
    section("price", false, &ProfileReader::read_price);
    top_.finish();
    return std::move(profile_);
  }

 private:
  using Section = void (ProfileReader::*)(TableReader&);

  void read_names() {
    require(top_, "format");
    if (const auto format = top_.integer("format", 1, 1000000); format && *format != profile_format)
      top_.error("format",
                 fmt::format("the profile has format {}, this sharder reads {}", *format, profile_format),
                 "a newer sharder may read it");
    require(top_, "name");
    assign(profile_.name, top_.text("name"));
    if (!profile_.name.empty() && !is_plain_name(profile_.name))
      top_.error("name", fmt::format("\"{}\" is no name for a profile", profile_.name),
                 "lower-case letters, digits and dashes");
    else if (!profile_.name.empty() && profile_.name != file_.name)
      top_.error("name",
                 fmt::format("the profile calls itself \"{}\", its file \"{}\"", profile_.name, file_.name));
    require(top_, "description");
    assign(profile_.description, top_.text("description"));
  }

  /// Every section says where its values come from.
  void section(const char* key, bool required, Section read_section) {
    const toml::table* table = top_.table(key);
    if (!table) {
      if (required && !top_.node(key)) sink_.error({}, fmt::format("the section [{}] is missing", key));
      return;
    }
    TableReader reader(*table, fmt::format("[{}]", key), sink_);
    (this->*read_section)(reader);
    require(reader, "source", "where these values come from: measured how, a data sheet, or \"estimate\"");
    if (const auto source = reader.text("source")) {
      if (trim(*source).empty()) reader.error("source", fmt::format("the source of [{}] is empty", key));
      profile_.sources[key] = *source;
    }
    reader.finish();
  }

  void require(TableReader& reader, const std::string& key, const std::string& hint = {}) {
    if (reader.node(key)) return;
    const std::string where = reader.name().empty() ? "" : " in " + reader.name();
    reader.error(key, fmt::format("\"{}\"{} is missing", key, where), hint);
  }

  /// A decimal number above zero.
  std::optional<double> number(TableReader& reader, const std::string& key, double highest) {
    const toml::node* node = reader.node(key);
    if (!node) return std::nullopt;
    const std::optional<double> value = node->is_number() ? node->value<double>() : std::nullopt;
    if (value && std::isfinite(*value) && *value > 0 && *value <= highest) return value;
    reader.wrong(key, fmt::format("a number above 0, up to {:g}", highest));
    return std::nullopt;
  }

  void read_topology(TableReader& reader) {
    assign(profile_.synthetic, reader.text("synthetic"));
    assign(profile_.xml, reader.text("xml"));
    assign(profile_.sha256, reader.text("sha256"));
    std::optional<MachineTopology> synthetic, xml;
    if (!profile_.synthetic.empty()) synthetic = parse_synthetic(reader);
    if (!profile_.xml.empty())
      xml = parse_xml(reader);
    else if (!profile_.sha256.empty())
      reader.error("sha256", "\"sha256\" in [topology] is given without \"xml\"");
    if (profile_.synthetic.empty() && profile_.xml.empty())
      reader.error("xml", "[topology] has neither \"synthetic\" nor \"xml\"",
                   "synthetic = \"pack:1 l3:2 core:8 pu:2\", or the output of lstopo --of xml");
    if (synthetic && xml) compare(reader, *synthetic, *xml);
    known_ = xml.has_value() || synthetic.has_value();
    if (known_) profile_.topology = xml ? std::move(*xml) : std::move(*synthetic);
    count(reader, "packages", profile_.topology.packages);
    count(reader, "cores", static_cast<int>(profile_.topology.cores.size()));
    count(reader, "threads", profile_.topology.threads);
  }

  std::optional<MachineTopology> parse_synthetic(TableReader& reader) {
    const Extent extent = extent_of(profile_.synthetic);
    if (extent.threads > most_threads || extent.siblings > most_siblings) {
      reader.error("synthetic",
                   fmt::format("\"synthetic\" in [topology] describes more than {} threads, or more than {} of a kind "
                               "side by side",
                               most_threads, most_siblings),
                   "group them: \"pack:4 core:512 pu:2\"");
      return std::nullopt;
    }
    try {
      return synthetic_topology(profile_.synthetic);
    } catch (const SystemError&) {
      reader.error("synthetic", fmt::format("hwloc does not understand \"{}\"", profile_.synthetic),
                   "for example \"pack:2 [numa(memory=64GB)] l3:8 core:8 pu:2\"");
      return std::nullopt;
    }
  }

  std::optional<MachineTopology> parse_xml(TableReader& reader) {
    if (profile_.xml.find('/') != std::string::npos) {
      reader.error("xml", fmt::format("\"{}\" is a path", profile_.xml), "the XML lies beside the profile");
      return std::nullopt;
    }
    const std::optional<std::string> text = file_.read_beside(profile_.xml);
    if (!text) {
      reader.error("xml", fmt::format("there is no {} beside the profile", profile_.xml));
      return std::nullopt;
    }
    check_digest(reader, *text);
    try {
      return xml_topology(*text);
    } catch (const SystemError&) {
      reader.error("xml", fmt::format("{} is no topology that hwloc can read", profile_.xml),
                   "lstopo --of xml writes one");
      return std::nullopt;
    }
  }

  void check_digest(TableReader& reader, const std::string& text) {
    const std::string digest = sha256(text);
    const std::string hint = fmt::format("if the file is right, sha256 = \"{}\"", digest);
    if (profile_.sha256.empty())
      require(reader, "sha256", hint);
    else if (profile_.sha256 != digest)
      reader.error("sha256",
                   fmt::format("{} is not the file that \"sha256\" in [topology] names", profile_.xml), hint);
  }

  void compare(TableReader& reader, const MachineTopology& synthetic, const MachineTopology& xml) {
    if (synthetic.cores.size() == xml.cores.size() && synthetic.threads == xml.threads &&
        synthetic.packages == xml.packages)
      return;
    const auto told = [](const MachineTopology& machine) {
      return fmt::format("{} packages, {} cores and {} threads", machine.packages, machine.cores.size(),
                         machine.threads);
    };
    reader.error("synthetic",
                 fmt::format("\"synthetic\" has {}, {} has {}", told(synthetic), profile_.xml, told(xml)),
                 "leave \"synthetic\" away: the XML counts");
  }

  /// What is stated beside the topology, so that a slip in either shows.
  void count(TableReader& reader, const char* key, int actual) {
    const auto stated = reader.integer(key, 1, 1 << 20);
    if (!stated || !known_ || *stated == actual) return;
    reader.error(key,
                 fmt::format("\"{}\" in [topology] is {}, but the topology has {}", key, *stated, actual));
  }

  void read_cpu(TableReader& reader) {
    require(reader, "model");
    assign(profile_.cpu_model, reader.text("model"));
  }

  void read_memory(TableReader& reader) {
    require(reader, "size");
    assign(profile_.memory_bytes, reader.size("size"));
    const std::uint64_t nodes = profile_.topology.nodes_bytes;
    if (profile_.memory_bytes != 0 && profile_.memory_bytes < nodes)
      reader.error(
          "size",
          fmt::format("\"size\" in [memory] is {}, but the memory nodes of the topology have {} together",
                      format_size(profile_.memory_bytes), format_size(nodes)));
  }

  void read_storage(TableReader& reader) {
    require(reader, "class");
    assign(profile_.storage, reader.word("class", storage_words));
  }

  void read_speed(TableReader& reader) {
    require(reader, "core", "1 is the speed of the CI machine's cores");
    assign(profile_.core_speed, number(reader, "core", 100));
    if (const toml::node* node = reader.node("kinds"))
      read_kinds(reader, *node);
    else if (profile_.topology.kinds > 1)
      reader.error("kinds",
                   fmt::format("the cores are of {} kinds, and \"kinds\" in [speed] is missing",
                               profile_.topology.kinds),
                   "the speed of each kind beside the fastest, slowest first: kinds = [0.6, 1]");
  }

  void read_kinds(TableReader& reader, const toml::node& node) {
    const toml::array* array = node.as_array();
    std::vector<double> speeds;
    for (std::size_t i = 0; array && i < array->size(); ++i)
      speeds.push_back(array->get(i)->value<double>().value_or(0));
    const bool rising = std::is_sorted(speeds.begin(), speeds.end());
    if (speeds.empty() || speeds.front() <= 0 || !rising || speeds.back() != 1) {
      reader.error("kinds",
                   "\"kinds\" in [speed] must be numbers above 0, slowest first, with 1 for the fastest");
      return;
    }
    const auto kinds = static_cast<std::size_t>(std::max(1, profile_.topology.kinds));
    if (known_ && speeds.size() != kinds)
      reader.error(
          "kinds",
          fmt::format("\"kinds\" in [speed] has {} speeds, but the topology tells {} kind{} of cores",
                      speeds.size(), kinds, kinds == 1 ? "" : "s"),
          profile_.xml.empty() ? "a synthetic topology has one kind: use XML" : "");
    profile_.kind_speeds = std::move(speeds);
  }

  void read_smt(TableReader& reader) {
    require(reader, "gain");
    profile_.smt_gain = number(reader, "gain", largest_smt_gain);
    const bool alone = profile_.topology.threads <= static_cast<int>(profile_.topology.cores.size());
    if (known_ && alone)
      reader.error("gain", "there is a gain by SMT, but no core of the topology has two threads",
                   "pu:2 at the end of the synthetic string, or no [smt]");
  }

  void read_limits(TableReader& reader) {
    profile_.cpu_quota = number(reader, "cpus", 1 << 20);
    if (known_ && profile_.cpu_quota && *profile_.cpu_quota > profile_.topology.threads)
      reader.error("cpus", fmt::format("\"cpus\" in [limits] is {:g}, but the topology has {} threads",
                                       *profile_.cpu_quota, profile_.topology.threads));
    profile_.memory_limit_bytes = reader.size("memory");
    if (profile_.memory_bytes != 0 && profile_.memory_limit_bytes.value_or(0) > profile_.memory_bytes)
      reader.error("memory", fmt::format("\"memory\" in [limits] is {}, but the machine has {}",
                                         format_size(*profile_.memory_limit_bytes),
                                         format_size(profile_.memory_bytes)));
  }

  void read_price(TableReader& reader) {
    require(reader, "per_hour");
    require(reader, "currency");
    ProfilePrice price;
    assign(price.per_hour, number(reader, "per_hour", 1e6));
    assign(price.currency, reader.text("currency"));
    const auto capital = [](unsigned char c) { return std::isupper(c) != 0; };
    if (reader.node("currency") &&
        (price.currency.size() != 3 || !std::all_of(price.currency.begin(), price.currency.end(), capital)))
      reader.error("currency", fmt::format("\"{}\" is no currency", price.currency),
                   "three letters, such as \"EUR\"");
    profile_.price = std::move(price);
  }

  const ProfileFile& file_;
  DiagnosticSink& sink_;
  TableReader top_;
  HardwareProfile profile_;
  bool known_ = false;  // whether the topology could be read, so that other values can be held against it
};

}  // namespace

HardwareProfile read_profile(const ProfileFile& file, Diagnostics& diagnostics) {
  DiagnosticSink sink(file.path, diagnostics);
  toml::table table;
  try {
    table = toml::parse(file.text, file.path);
  } catch (const toml::parse_error& error) {
    sink.error(error.source(),
               "this is not TOML: " + replace_all(std::string(error.description()), "Error while", "while"));
    return {};
  }
  HardwareProfile profile = ProfileReader(file, table, sink).read();
  profile.file = file.path;
  return profile;
}

}  // namespace sharder
