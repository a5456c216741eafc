#include "sharder/config/presets.hpp"

#include <vector>

namespace sharder {

// Generated from the files (cmake/EmbedText.cmake).
std::string_view preset_text(std::string_view name);
std::vector<std::string_view> preset_text_names();

const std::map<std::string, std::string_view>& preset_texts() {
  static const std::map<std::string, std::string_view> texts = [] {
    std::map<std::string, std::string_view> by_name;
    for (const std::string_view file : preset_text_names())
      by_name.emplace(file.substr(0, file.rfind(".toml")), preset_text(file));
    return by_name;
  }();
  return texts;
}

}  // namespace sharder
