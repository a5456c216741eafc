#include "sharder/mirror/messages.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sharder/support/text.hpp"

namespace sharder::mirror {
namespace {

using Json = nlohmann::json;

std::string text_of(const Json& event, const char* key) {
  const auto found = event.find(key);
  return found != event.end() && found->is_string() ? found->get<std::string>() : "";
}

/// The fields of `keys` that the event has.
void copy_fields(const Json& event, std::initializer_list<const char*> keys, Json& state) {
  for (const char* key : keys)
    if (const auto found = event.find(key); found != event.end()) state[key] = *found;
}

/// "attempt.finished" -> "attempt/finished".
std::string topic_of(const std::string& event) {
  std::string topic;
  for (const std::string& word : split(event, '.')) topic += (topic.empty() ? "" : "/") + topic_level(word);
  return topic;
}

}  // namespace

std::string topic_level(std::string_view text) {
  std::string level = valid_utf8(text) == text ? std::string(text) : printable(text);
  const auto has_meaning = [](char c) {
    return c == '/' || c == '+' || c == '#' || c == 0x7f || static_cast<unsigned char>(c) < 0x20;
  };
  std::replace_if(level.begin(), level.end(), has_meaning, '-');
  return level.empty() ? "-" : level;
}

std::optional<Message> Translator::translate(std::string_view line) {
  const Json event = Json::parse(line, nullptr, false);
  if (!event.is_object()) return std::nullopt;
  const std::string name = text_of(event, "event");
  if (name == "run.started") {
    run_id_ = text_of(event, "run_id");
    base_ = prefix_ + "/" + topic_level(text_of(event, "host")) + "/" + topic_level(run_id_) + "/";
    Json state{{"state", "running"}};
    copy_fields(event, {"run_id", "host", "project", "time"}, state);
    state_ = state.dump();
  }
  if (name.empty() || base_.empty()) return std::nullopt;
  if (name == "run.finished") {
    Json state = Json::parse(state_);
    state["state"] = "finished";
    copy_fields(event, {"time", "exit_status", "counts"}, state);
    state_ = state.dump();
    finished_ = true;
  }
  return Message{base_ + topic_of(name), std::string(line), false};
}

}  // namespace sharder::mirror
