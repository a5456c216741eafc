#include "sharder/config/events_target.hpp"

#include <gtest/gtest.h>

#include "sharder/support/errors.hpp"

namespace sharder {
namespace {

EventsTarget parsed(const std::string& text) { return parse_events_target(text, "/here"); }

std::string refusal(const std::string& text) {
  try {
    return "taken as " + parsed(text).shown();
  } catch (const UsageError& refused) {
    return refused.what();
  }
}

TEST(EventsTarget, APathIsRelativeToTheCallersDirectory) {
  EXPECT_EQ(parsed("events.ndjson").file, "/here/events.ndjson");
  EXPECT_EQ(parsed("../x").file, "/x");
  EXPECT_EQ(parsed("/tmp/x").file, "/tmp/x");
  EXPECT_EQ(parsed("with:colon").file, "/here/with:colon");
  EXPECT_EQ(parsed("-").file, "-");
  EXPECT_TRUE(parsed("-").is_file);
}

TEST(EventsTarget, FileUrlsArePaths) {
  for (const char* url : {"file:///tmp/a%20b", "file:/tmp/a%20b", "file://localhost/tmp/a%20b", "FILE:///tmp/a%20b"})
    EXPECT_EQ(parsed(url).file, "/tmp/a b") << url;
  EXPECT_EQ(refusal("file://elsewhere/x"), "--events: a file of another machine in \"file://elsewhere/x\"");
  EXPECT_EQ(refusal("file://"), "--events: there is no path in \"file://\"");
}

TEST(EventsTarget, BrokersHaveHostPortUserAndPrefix) {
  const BrokerAddress plain = parsed("mqtt://broker.example/ci").broker;
  EXPECT_EQ(plain.host, "broker.example");
  EXPECT_EQ(plain.port, 1883);
  EXPECT_EQ(plain.prefix, "ci");
  EXPECT_FALSE(plain.encrypted);
  const BrokerAddress all = parsed("mqtts://ada%40site@[::1]:9/site/ci/").broker;
  EXPECT_EQ(all.user, "ada@site");
  EXPECT_EQ(all.host, "::1");
  EXPECT_EQ(all.port, 9);
  EXPECT_EQ(all.prefix, "site/ci");
  EXPECT_TRUE(all.encrypted);
  EXPECT_EQ(all.shown(), "mqtts://[::1]:9/site/ci");
  EXPECT_EQ(parsed("mqtts://h/p").broker.port, 8883);
}

TEST(EventsTarget, WhatIsWrongIsNamed) {
  EXPECT_EQ(refusal("http://h/p"), "--events: an unknown scheme, http: in \"http://h/p\"");
  EXPECT_EQ(refusal("mqtt:h/p"), "--events: no // behind the scheme in \"mqtt:h/p\"");
  EXPECT_EQ(refusal("mqtt:///p"), "--events: there is no host in \"mqtt:///p\"");
  EXPECT_EQ(refusal("mqtt://a b/p"), "--events: a host that cannot be in \"mqtt://a b/p\"");
  EXPECT_EQ(refusal("mqtt://[::1/p"), "--events: a [ without its ] in \"mqtt://[::1/p\"");
  EXPECT_EQ(refusal("mqtt://[::1]x/p"), "--events: something behind the address's ] in \"mqtt://[::1]x/p\"");
  for (const char* port : {"", "0", "65536", "x", "-1"})
    EXPECT_EQ(refusal("mqtt://h:" + std::string(port) + "/p"),
              "--events: the port is \"" + std::string(port) + "\" in \"mqtt://h:" + port + "/p\"");
  for (const char* url : {"mqtt://h", "mqtt://h/"})
    EXPECT_EQ(refusal(url), "--events: there is no prefix of topics in \"" + std::string(url) + "\"");
}

TEST(EventsTarget, APrefixIsNoPattern) {
  for (const char* url : {"mqtt://h/a/+/b", "mqtt://h/a#", "mqtt://h/%23"})
    EXPECT_EQ(refusal(url), "--events: a wildcard (+ or #) in the prefix in \"" + std::string(url) + "\"");
  EXPECT_EQ(refusal("mqtt://h/$SYS"), "--events: a prefix that begins with $ in \"mqtt://h/$SYS\"");
  EXPECT_EQ(refusal("mqtt://h/a%0Ab"), "--events: a control character in the prefix in \"mqtt://h/a%0Ab\"");
  EXPECT_EQ(refusal("mqtt://h/%ff"), "--events: bytes that are not UTF-8 in the prefix in \"mqtt://h/%ff\"");
  EXPECT_EQ(refusal("mqtt://h/%4"), "--events: a % that begins no %XX in the prefix in \"mqtt://h/%4\"");
  EXPECT_EQ(refusal("mqtt://h/p?q"), "--events: a query (?) in \"mqtt://h/p?q\"");
}

TEST(EventsTarget, APasswordIsRefusedAndNotRepeated) {
  EXPECT_EQ(refusal("mqtt://ada:secret@h/p"), "--events: a password in a URL is seen by everybody on this machine");
}

}  // namespace
}  // namespace sharder
