#include "sharder/cli/base.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>

#include "containers/bases/create.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

void tell(const std::string& line) {
  fmt::print(stderr, "{}\n", line);
}

int make(const std::string& name, const std::function<Base()>& action) {
  try {
    const Base base = action();
    tell(fmt::format("base \"{}\" is ready: {}, {}", name,
                     base.system.empty() ? "unknown system" : base.system, format_size(base.size_bytes)));
    return 0;
  } catch (const Interrupted& interrupted) {
    tell(fmt::format("{}; nothing was left behind", interrupted.what()));
    return 128 + interrupted.signal();
  }
}

using Row = std::array<std::string, 5>;

Row row_of(const Base& base) {
  if (base.is_host()) return {base.name, "this machine", base.system, "", ""};
  return {base.name, describe(base.source), base.system, format_size(base.size_bytes), base.created};
}

std::string table(const std::vector<Row>& rows) {
  std::array<std::size_t, 5> widths{};
  for (const Row& row : rows)
    for (std::size_t column = 0; column < row.size(); ++column)
      widths[column] = std::max(widths[column], row[column].size());
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t column = 0; column < row.size(); ++column)
      line += fmt::format("{:<{}}  ", row[column], widths[column]);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace

int base_create(BaseStore store, const BaseRequest& request) {
  return make(request.name, [&] { return create_base(store, request, tell); });
}

int base_refresh(BaseStore store, const std::string& name) {
  return make(name, [&] { return refresh_base(store, name, tell); });
}

int base_list(const BaseStore& store) {
  std::vector<Base> bases{store.find("host")};
  inspect_system(bases.front());
  for (const std::string& name : store.names()) bases.push_back(store.find(name));
  fmt::print("{}", base_list_text(bases));
  return 0;
}

int base_show(const BaseStore& store, const std::string& name) {
  Base base = store.find(name);
  if (base.is_host()) inspect_system(base);
  fmt::print("{}", base_show_text(base));
  return 0;
}

int base_remove(BaseStore store, const std::string& name) {
  store.remove(name);
  tell(fmt::format("base \"{}\" is removed", name));
  return 0;
}

std::string base_list_text(const std::vector<Base>& bases) {
  std::vector<Row> rows{{"NAME", "MADE FROM", "SYSTEM", "SIZE", "CREATED"}};
  for (const Base& base : bases) rows.push_back(row_of(base));
  return table(rows);
}

std::string base_show_text(const Base& base) {
  std::string text;
  const auto add = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) text += fmt::format("{:<11}{}\n", key, value);
  };
  add("name", base.name);
  add("made from", base.is_host() ? "this machine" : describe(base.source));
  add("mirror", base.source.mirror);
  add("packages", join(base.source.packages, " "));
  add("system", base.system);
  if (base.installed_packages > 0)
    add("installed", fmt::format("{} Debian packages", base.installed_packages));
  if (!base.is_host()) add("size", format_size(base.size_bytes));
  add("created", base.created);
  add("root", base.root.string());
  return text;
}

}  // namespace sharder
