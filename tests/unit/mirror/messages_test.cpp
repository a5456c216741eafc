#include "sharder/mirror/messages.hpp"

#include <gtest/gtest.h>

#include "sharder/mirror/settings.hpp"

namespace sharder::mirror {
namespace {

constexpr const char* started =
    R"({"seq":1,"time":"T0","event":"run.started","run_id":"r1","host":"ci/worker+1#","project":"demo"})";

TEST(Messages, AnEventIsATopicBelowItsRun) {
  Translator translator("site/ci");
  ASSERT_TRUE(translator.translate(started));
  const std::string line = R"({"seq":2,"event":"attempt.finished","test":"a"})";
  const std::optional<Message> message = translator.translate(line);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->topic, "site/ci/ci-worker-1-/r1/attempt/finished");
  EXPECT_EQ(message->payload, line);
  EXPECT_FALSE(message->retained);
}

TEST(Messages, AnEventOfOneWordIsOneLevel) {
  Translator translator("ci");
  translator.translate(started);
  EXPECT_EQ(translator.translate(R"({"event":"notice","text":"x"})")->topic, "ci/ci-worker-1-/r1/notice");
}

TEST(Messages, TheStateFollowsTheRun) {
  Translator translator("ci");
  translator.translate(started);
  EXPECT_EQ(translator.state().topic, "ci/ci-worker-1-/r1/state");
  EXPECT_EQ(translator.state().payload,
            R"({"host":"ci/worker+1#","project":"demo","run_id":"r1","state":"running","time":"T0"})");
  EXPECT_TRUE(translator.state().retained);
  EXPECT_FALSE(translator.finished());
  translator.translate(R"({"event":"run.finished","time":"T1","exit_status":1,"counts":{"failed":2}})");
  EXPECT_TRUE(translator.finished());
  EXPECT_EQ(translator.state().payload,
            R"({"counts":{"failed":2},"exit_status":1,"host":"ci/worker+1#","project":"demo","run_id":"r1",)"
            R"("state":"finished","time":"T1"})");
}

TEST(Messages, TheLastWillIsRetainedInPlaceOfTheState) {
  Translator translator("ci");
  translator.translate(started);
  EXPECT_EQ(translator.last_will().topic, translator.state().topic);
  EXPECT_EQ(translator.last_will().payload, R"({"state":"lost"})");
  EXPECT_TRUE(translator.last_will().retained);
}

TEST(Messages, WhatIsNoEventOrComesBeforeItsRunIsPassedOver) {
  Translator translator("ci");
  EXPECT_FALSE(translator.translate(R"({"event":"test.listed"})"));
  translator.translate(started);
  for (const char* line : {"", "no json", "[1]", R"({"seq":3})", R"({"event":7})"})
    EXPECT_FALSE(translator.translate(line)) << line;
}

TEST(Messages, ALevelOfATopicHasNothingThatMeansSomethingThere) {
  EXPECT_EQ(topic_level("host.example"), "host.example");
  EXPECT_EQ(topic_level("a/b+c#d"), "a-b-c-d");
  EXPECT_EQ(topic_level(std::string("a\nb\0c\x7f", 6)), "a-b-c-");
  EXPECT_EQ(topic_level("köln"), "köln");
  EXPECT_EQ(topic_level(""), "-");
  EXPECT_EQ(topic_level("\xff").find('\xff'), std::string::npos);
}

TEST(Settings, AreReadBackAsTheyWereSaid) {
  const Settings settings{.host = "broker",
                          .prefix = "ci",
                          .user = "ada",
                          .password = "a \"quoted\" word",
                          .port = 8883,
                          .encrypted = true,
                          .ca = "/ca",
                          .certificate = "/own"};
  const std::string line = line_of(settings);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const std::optional<Settings> read = parse_settings(line);
  ASSERT_TRUE(read);
  EXPECT_EQ(line_of(*read), line);
  EXPECT_EQ(read->password, settings.password);
  EXPECT_FALSE(parse_settings("{}"));
  EXPECT_FALSE(parse_settings("nothing"));
}

}  // namespace
}  // namespace sharder::mirror
