#include "containers/agent/messages.hpp"

namespace sharder::wire {
namespace {

void put(Writer& writer, const File& file) {
  writer.text(file.path);
  writer.text(file.content);
  writer.u32(file.mode);
}

File get_file(Reader& reader) {
  File file;
  file.path = reader.text();
  file.content = reader.text();
  file.mode = reader.u32();
  return file;
}

void put(Writer& writer, const Person& person) {
  writer.u32(person.uid);
  writer.u32(person.gid);
  writer.u32(static_cast<std::uint32_t>(person.groups.size()));
  for (const std::uint32_t group : person.groups) writer.u32(group);
}

Person get_person(Reader& reader) {
  Person person;
  person.uid = reader.u32();
  person.gid = reader.u32();
  const std::uint32_t groups = reader.count();
  for (std::uint32_t i = 0; i < groups && reader.ok(); ++i) person.groups.push_back(reader.u32());
  return person;
}

void put(Writer& writer, const Piece& piece) {
  writer.text(piece.target);
}
Piece get_piece(Reader& reader) {
  return Piece{reader.text()};
}

void put(Writer& writer, const LeakedProcess& leak) {
  writer.i32(leak.pid);
  writer.text(leak.command);
}

LeakedProcess get_leak(Reader& reader) {
  LeakedProcess leak;
  leak.pid = reader.i32();
  leak.command = reader.text();
  return leak;
}

void put(Writer& writer, const MountOrder& mount) {
  writer.text(mount.source);
  writer.text(mount.target);
  writer.u8(static_cast<std::uint8_t>(mount.mode));
}

MountOrder get_mount(Reader& reader) {
  MountOrder mount;
  mount.source = reader.text();
  mount.target = reader.text();
  mount.mode = static_cast<MountOrder::Mode>(reader.u8());
  return mount;
}

template <typename Value>
void put_all(Writer& writer, const std::vector<Value>& values) {
  writer.u32(static_cast<std::uint32_t>(values.size()));
  for (const Value& value : values) put(writer, value);
}

template <typename Value>
std::vector<Value> get_all(Reader& reader, Value (*get)(Reader&)) {
  std::vector<Value> values;
  const std::uint32_t elements = reader.count();
  for (std::uint32_t i = 0; i < elements && reader.ok(); ++i) values.push_back(get(reader));
  return values;
}

void put(Writer& writer, const AgentReport& report) {
  writer.u64(report.id);
  writer.u8(static_cast<std::uint8_t>(report.kind));
  writer.i32(report.code);
  writer.text(report.message);
  writer.u64(report.duration_ns);
  put_all(writer, report.leaks);
}

AgentReport get_agent_report(Reader& reader) {
  AgentReport report;
  report.id = reader.u64();
  report.kind = static_cast<AgentReport::Kind>(reader.u8());
  report.code = reader.i32();
  report.message = reader.text();
  report.duration_ns = reader.u64();
  report.leaks = get_all(reader, get_leak);
  return report;
}

bool within_bounds(const AgentReport& report) {
  if (report.kind > AgentReport::Kind::lost || report.message.size() > max_message) return false;
  if (report.leaks.size() > max_leaks) return false;
  for (const LeakedProcess& leak : report.leaks)
    if (leak.command.size() > max_leak_text) return false;
  return true;
}

bool modes_exist(const std::vector<MountOrder>& mounts) {
  for (const MountOrder& mount : mounts)
    if (mount.mode > MountOrder::Mode::read_write) return false;
  return true;
}

/// The value if the body held it and nothing more.
template <typename Value>
std::optional<Value> whole(const Reader& reader, Value&& value) {
  if (!reader.complete()) return std::nullopt;
  return std::forward<Value>(value);
}

}  // namespace

std::string encode(const Run& run) {
  Writer writer;
  writer.u64(run.id);
  writer.u8(static_cast<std::uint8_t>(run.role));
  writer.texts(run.command);
  writer.texts(run.environment);
  writer.text(run.directory);
  put(writer, run.person);
  writer.flag(run.cell);
  writer.flag(run.share_run);
  writer.flag(run.channels);
  writer.texts(run.share);
  put_all(writer, run.files);
  writer.text(run.result_file);
  writer.text(run.project);
  writer.texts(run.collect);
  writer.u8(run.streams);
  put_all(writer, run.pieces);
  return writer.take();
}

std::optional<Run> decode_run(std::string_view body) {
  Reader reader(body);
  Run run;
  run.id = reader.u64();
  run.role = static_cast<Run::Role>(reader.u8());
  run.command = reader.texts();
  run.environment = reader.texts();
  run.directory = reader.text();
  run.person = get_person(reader);
  run.cell = reader.flag();
  run.share_run = reader.flag();
  run.channels = reader.flag();
  run.share = reader.texts();
  run.files = get_all(reader, get_file);
  run.result_file = reader.text();
  run.project = reader.text();
  run.collect = reader.texts();
  run.streams = reader.u8();
  run.pieces = get_all(reader, get_piece);
  if (run.role > Run::Role::helper) return std::nullopt;
  return whole(reader, std::move(run));
}

std::string encode(const Order& order) {
  Writer writer;
  writer.u64(order.id);
  writer.i32(order.signal);
  return writer.take();
}

std::optional<Order> decode_order(std::string_view body) {
  Reader reader(body);
  Order order;
  order.id = reader.u64();
  order.signal = reader.i32();
  return whole(reader, std::move(order));
}

std::string encode(const AgentReport& report) {
  Writer writer;
  put(writer, report);
  return writer.take();
}

std::optional<AgentReport> decode_agent_report(std::string_view body) {
  Reader reader(body);
  AgentReport report = get_agent_report(reader);
  if (!within_bounds(report)) return std::nullopt;
  return whole(reader, std::move(report));
}

std::string encode(const Report& report) {
  Writer writer;
  put(writer, report.agent);
  writer.u64(report.counters.cpu_ns);
  writer.u64(report.counters.memory_peak);
  writer.u64(report.counters.memory);
  writer.u64(report.counters.out_of_memory);
  writer.texts(report.wrote);
  return writer.take();
}

std::optional<Report> decode_report(std::string_view body) {
  Reader reader(body);
  Report report;
  report.agent = get_agent_report(reader);
  report.counters.cpu_ns = reader.u64();
  report.counters.memory_peak = reader.u64();
  report.counters.memory = reader.u64();
  report.counters.out_of_memory = reader.u64();
  report.wrote = reader.texts();
  if (!within_bounds(report.agent)) return std::nullopt;
  return whole(reader, std::move(report));
}

std::string encode(const Configure& configure) {
  Writer writer;
  writer.text(configure.run_id);
  writer.text(configure.run_directory);
  writer.text(configure.base_root);
  writer.text(configure.agent_program);
  writer.text(configure.project);
  writer.texts(configure.project_hidden);
  writer.texts(configure.hide);
  put_all(writer, configure.mounts);
  put_all(writer, configure.extra_files);
  put(writer, configure.user);
  writer.text(configure.home);
  writer.flag(configure.privileged);
  writer.flag(configure.nesting);
  writer.flag(configure.bridge);
  writer.flag(configure.storage_on_disk);
  writer.u64(configure.memory_bytes);
  writer.u64(configure.disk_bytes);
  writer.u32(configure.processes);
  writer.u32(configure.open_files);
  return writer.take();
}

std::optional<Configure> decode_configure(std::string_view body) {
  Reader reader(body);
  Configure configure;
  configure.run_id = reader.text();
  configure.run_directory = reader.text();
  configure.base_root = reader.text();
  configure.agent_program = reader.text();
  configure.project = reader.text();
  configure.project_hidden = reader.texts();
  configure.hide = reader.texts();
  configure.mounts = get_all(reader, get_mount);
  configure.extra_files = get_all(reader, get_file);
  configure.user = get_person(reader);
  configure.home = reader.text();
  configure.privileged = reader.flag();
  configure.nesting = reader.flag();
  configure.bridge = reader.flag();
  configure.storage_on_disk = reader.flag();
  configure.memory_bytes = reader.u64();
  configure.disk_bytes = reader.u64();
  configure.processes = reader.u32();
  configure.open_files = reader.u32();
  if (!modes_exist(configure.mounts)) return std::nullopt;
  return whole(reader, std::move(configure));
}

std::string encode(const MakeClone& make) {
  Writer writer;
  writer.u32(make.number);
  writer.text(make.name);
  writer.text(make.cpus);
  writer.u32(static_cast<std::uint32_t>(make.memory_node));
  writer.texts(make.layers);
  return writer.take();
}

std::optional<MakeClone> decode_make_clone(std::string_view body) {
  Reader reader(body);
  MakeClone make;
  make.number = reader.u32();
  make.name = reader.text();
  make.cpus = reader.text();
  make.memory_node = static_cast<std::int32_t>(reader.u32());
  make.layers = reader.texts();
  return whole(reader, std::move(make));
}

std::string encode(const Trouble& trouble) {
  Writer writer;
  writer.text(trouble.message);
  writer.text(trouble.hint);
  writer.flag(trouble.unfit);
  return writer.take();
}

std::optional<Trouble> decode_trouble(std::string_view body) {
  Reader reader(body);
  Trouble trouble;
  trouble.message = reader.text();
  trouble.hint = reader.text();
  trouble.unfit = reader.flag();
  return whole(reader, std::move(trouble));
}

std::string encode_texts(const std::vector<std::string>& texts) {
  Writer writer;
  writer.texts(texts);
  return writer.take();
}

std::optional<std::vector<std::string>> decode_texts(std::string_view body) {
  Reader reader(body);
  std::vector<std::string> texts = reader.texts();
  return whole(reader, std::move(texts));
}

std::string encode_text(std::string_view text) {
  Writer writer;
  writer.text(text);
  return writer.take();
}

std::optional<std::string> decode_text(std::string_view body) {
  Reader reader(body);
  std::string text = reader.text();
  return whole(reader, std::move(text));
}

}  // namespace sharder::wire
