#include <fmt/format.h>

#include <cstring>
#include <pugixml.hpp>
#include <unordered_set>
#include <utility>

#include "sharder/model/bounded_output.hpp"
#include "sharder/suites/limits.hpp"
#include "sharder/suites/result_formats.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

/// Largest result file that is read; the clone's side stops there too.
constexpr std::size_t longest_file_bytes = 64 << 20;

class JunitParser : public ResultParser {
 public:
  explicit JunitParser(std::vector<std::string> names) {
    for (std::string& name : names) names_.insert(std::move(name));
  }

  std::vector<ResultEvent> consume(std::string_view bytes) override {
    bytes = bytes.substr(0, longest_file_bytes - std::min(longest_file_bytes, content_.size()));
    content_ += bytes;
    return {};
  }

  std::vector<ResultEvent> finish(std::optional<int>) override {
    std::vector<ResultEvent> events;
    // In place: a file of 64 MiB is held once.
    pugi::xml_document document;
    const pugi::xml_parse_result parsed = document.load_buffer_inplace(content_.data(), content_.size());
    if (!parsed) {
      ResultEvent event;
      event.kind = ResultEvent::Kind::output;
      event.details = fmt::format("\n[the JUnit result file is broken at byte {}: {}]\n", parsed.offset,
                                  parsed.description());
      events.push_back(std::move(event));
    }
    // Walks without recursion: a hostile file may be nested as deeply as it is long.
    pugi::xml_node node = document.first_child();
    while (node) {
      const bool is_case = std::strcmp(node.name(), "testcase") == 0;
      if (is_case) take_case(node, events);
      if (!is_case && node.first_child()) {
        node = node.first_child();
        continue;
      }
      while (node && !node.next_sibling()) node = node.parent();
      node = node.next_sibling();
    }
    return events;
  }

 private:
  /// A case without a name is nobody's.
  void take_case(const pugi::xml_node& node, std::vector<ResultEvent>& events) const {
    ResultEvent event = event_of(node);
    if (!event.name.empty()) events.push_back(std::move(event));
  }

  ResultEvent event_of(const pugi::xml_node& node) const {
    ResultEvent event;
    event.name = name_of(node);
    BoundedOutput details{details_limit_bytes};
    for (const pugi::xml_node& child : node.children()) {
      const std::string_view kind = child.name();
      const bool failure = kind == "failure" || kind == "error";
      if (failure)
        event.outcome = Outcome::failed;
      else if (kind == "skipped" && event.outcome == Outcome::passed)
        event.outcome = Outcome::skipped;
      else if (kind != "system-out" && kind != "system-err")
        continue;
      if (event.message.empty()) event.message = first_line(child.attribute("message").value());
      if (failure && event.message.empty()) event.message = first_line(child.child_value());
      details.append(child.child_value());
      details.append("\n");
    }
    event.details = details.text();
    return event;
  }

  static std::string first_line(std::string_view text) {
    text = trim(text);
    return std::string(text.substr(0, std::min<std::size_t>(text.find('\n'), 500)));
  }

  /// The id that the list gave, in whichever spelling it stands in the file.
  std::string name_of(const pugi::xml_node& node) const {
    const std::string name = node.attribute("name").value();
    const std::string class_name = node.attribute("classname").value();
    const std::string file = node.attribute("file").value();
    const std::string path = replace_all(class_name, ".", "/");
    for (const std::string& spelling :
         {class_name + "." + name, name, file + "::" + name, class_name + "::" + name, path + ".py::" + name,
          class_name + "/" + name, class_name + "#" + name, class_name + " " + name})
      if (names_.contains(spelling)) return spelling;
    return class_name.empty() ? name : class_name + "." + name;
  }

  std::unordered_set<std::string> names_;
  std::string content_;
};

}  // namespace

std::unique_ptr<ResultParser> make_junit_parser(std::vector<std::string> names) {
  return std::make_unique<JunitParser>(std::move(names));
}

}  // namespace sharder
