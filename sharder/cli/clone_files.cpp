#include "sharder/cli/clone_files.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "containers/bases/identity.hpp"
#include "sharder/config/hidden_paths.hpp"
#include "sharder/suites/adapters.hpp"
#include "sharder/suites/framework.hpp"
#include "sharder/support/files.hpp"
#include "sharder/support/text.hpp"

namespace sharder {

std::string hosts_with(std::string hosts, const std::string& host_name) {
  for (const std::string& line : split_lines(hosts)) {
    std::vector<std::string> words = split(replace_all(line.substr(0, line.find('#')), "\t", " "), ' ');
    if (std::find(words.begin(), words.end(), host_name) != words.end()) return hosts;
  }
  if (!hosts.empty() && hosts.back() != '\n') hosts += '\n';
  return hosts + "127.0.1.1\t" + host_name + "\n";
}

std::vector<ExtraFile> files_for_clones(const Identity& user, const std::filesystem::path& root,
                                        const std::string& host_name) {
  std::vector<ExtraFile> files = account_files(user, root);
  const std::string hosts = read_file_if_any(root / "etc/hosts").value_or("127.0.0.1\tlocalhost\n::1\tlocalhost\n");
  files.push_back({"/etc/hosts", hosts_with(hosts, host_name), 0644});
  for (const char* name : {"etc/shadow", "etc/gshadow"})
    if (const auto shadow = read_file_if_any(root / name))
      files.push_back({std::string("/") + name, without_passwords(*shadow), 0600});
  for (const std::string_view adapter : adapter_text_names())
    files.push_back({fmt::format("{}/{}", adapters_directory, adapter), std::string(adapter_text(adapter)), 0644});
  return files;
}

}  // namespace sharder
