// Which tests run, and in which order.
#include <gmock/gmock.h>

#include "tests/end-to-end/end_to_end.hpp"

namespace sharder::end_to_end {
namespace {

using testing::HasSubstr;

class Selecting : public EndToEnd {
 protected:
  void SetUp() override {
    EndToEnd::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    toml(
        "[framework.mine]\n"
        "list = { command = \"cat list.json\", format = \"json\" }\n"
        "run = { command = \"true {id}\", format = \"exit\", feed = \"each\" }\n"
        "[suite.net]\nframework = \"mine\"\n[suite.disk]\nframework = \"mine\"\n");
    std::string list;
    for (const char* id : {"alpha", "beta", "gamma", "alphabet"})
      list += "{\"id\": \"" + std::string(id) + "\", \"tags\": [\"" + (id[0] == 'a' ? "first" : "other") +
              "\"]}\n";
    write("list.json", list);
  }

  std::string listed(Words words) const {
    words.insert(words.begin(), "list");
    const Transcript transcript = sharder(std::move(words));
    std::string line = transcript.output;
    for (char& c : line)
      if (c == '\n') c = ' ';
    return transcript.status == 0 ? line
                                  : "status " + std::to_string(transcript.status) + ": " + transcript.all();
  }
};

TEST_F(Selecting, ByPattern) {
  EXPECT_EQ(listed({"--suite", "net"}), "net/alpha net/beta net/gamma net/alphabet ");
  EXPECT_EQ(listed({"net/alpha"}), "net/alpha net/alphabet ");
  EXPECT_EQ(listed({"--exact", "net/alpha"}), "net/alpha ");
  EXPECT_EQ(listed({"re:^disk/.*a$"}), "disk/alpha disk/beta disk/gamma ");
  EXPECT_EQ(listed({"--suite", "disk", "tag:first"}), "disk/alpha disk/alphabet ");
  EXPECT_EQ(listed({"net", "!alpha"}), "net/beta net/gamma ");
  EXPECT_EQ(listed({"--suite", "net", "!tag:first", "!gamma"}), "net/beta ");
}

TEST_F(Selecting, ByLoadList) {
  const RunOutcome result =
      run({"--load-list", "-", "--order", "listed", "-j", "1"}, {}, "disk/gamma\nnet/beta\n");
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_EQ(result.results.at("results").at("tests").size(), 2u);
  const Transcript unknown = sharder({"run", "--load-list", "-"}, {}, "net/alpa\n");
  EXPECT_EQ(unknown.status, 2) << unknown.all();
  EXPECT_THAT(unknown.error_output, HasSubstr("net/alpa"));
  EXPECT_THAT(unknown.error_output, HasSubstr("did you mean \"net/alpha\""));
}

TEST_F(Selecting, OfNothingIsAnErrorUnlessAllowed) {
  const RunOutcome nothing = run({"zeta"});
  EXPECT_EQ(nothing.status, 4) << nothing.all();
  EXPECT_THAT(nothing.error_output, HasSubstr("zeta"));
  EXPECT_EQ(run({"zeta", "--no-tests", "pass"}).status, 0);
  EXPECT_EQ(sharder({"list", "zeta"}).status, 4);
}

TEST_F(Selecting, ByPartitionCoversEachTestOnce) {
  std::multiset<std::string> parts, all{"alpha", "beta", "gamma", "alphabet"};
  for (const char* part : {"1/3", "2/3", "3/3"}) {
    const RunOutcome result = run({"--suite", "net", "--partition", part});
    EXPECT_EQ(result.status, 0) << result.all();
    for (const Json& test : result.results.at("results").at("tests"))
      parts.insert(test.at("extra").at("name").get<std::string>());
  }
  EXPECT_EQ(parts, all);
  EXPECT_EQ(run({"--suite", "net", "--partition", "9/9"}).status, 0) << "an empty part is no error";
}

TEST_F(Selecting, APartSaysOfWhatItIsAPart) {
  const RunOutcome one = run({"--suite", "net", "--partition", "1/3"});
  const RunOutcome two = run({"--suite", "net", "--partition", "2/3"});
  EXPECT_THAT(two.output, HasSubstr("part 2 of 3, which have 4 tests together"));
  const Json started = two.events("run.started").at(0), divided = two.events("run.divided").at(0);
  EXPECT_EQ(started.at("part"), 2);
  EXPECT_EQ(started.at("parts"), 3);
  EXPECT_EQ(divided.at("tests"), 4);
  EXPECT_EQ(divided.at("division"), one.events("run.divided").at(0).at("division"));
  const RunOutcome other = run({"--suite", "disk", "--partition", "2/3"});
  EXPECT_NE(other.events("run.divided").at(0).at("division"), divided.at("division"));
}

TEST_F(Selecting, OrderIsRepeatable) {
  const auto order_of = [&](Words words) {
    words.insert(words.end(), {"-j", "1", "--suite", "net"});
    const RunOutcome result = run(std::move(words));
    std::string order;
    for (const Json& event : result.events("attempt.started"))
      order += event.at("test").get<std::string>().substr(4) + " ";
    return order;
  };
  EXPECT_EQ(order_of({"--order", "listed"}), "alpha beta gamma alphabet ");
  EXPECT_EQ(order_of({"--order", "reverse"}), "alphabet gamma beta alpha ");
  const std::string shuffled = order_of({"--order", "shuffle", "--seed", "3"});
  EXPECT_EQ(order_of({"--order", "shuffle", "--seed", "3"}), shuffled);
  std::set<std::string> orders;
  for (const char* seed : {"1", "2", "3", "4"})
    orders.insert(order_of({"--order", "shuffle", "--seed", seed}));
  EXPECT_GT(orders.size(), 1u);
}

TEST_F(Selecting, SaysTheSeedInForce) {
  EXPECT_THAT(run({"--seed", "4711"}).output, HasSubstr("seed 4711"));
}

TEST_F(Selecting, HonoursAnOuterShard) {
  const RunOutcome result =
      run({"--suite", "net"}, {{"TEST_TOTAL_SHARDS", "2"},
                               {"TEST_SHARD_INDEX", "0"},
                               {"TEST_SHARD_STATUS_FILE", (outside() / "understood").string()}});
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_EQ(result.results.at("results").at("tests").size(), 2u);
  EXPECT_TRUE(std::filesystem::exists(outside() / "understood"));
}

TEST_F(Selecting, OverridesAndVariablesCount) {
  write("sharder.toml", read(project() / "sharder.toml") +
                            "[[override]]\nmatch = \"gamma\"\ntimeout = \"7s\"\nlocks = [\"gpu\"]\n");
  const Transcript list = sharder({"list", "--format", "json", "--exact", "net/gamma"});
  const Json test = Json::parse(list.output, nullptr, false);
  ASSERT_TRUE(test.is_object()) << list.all();
  EXPECT_EQ(test.at("timeout"), 7.0);
  EXPECT_EQ(test.at("locks"), Json::array({"gpu"}));
  EXPECT_THAT(run({}, {{"SHARDER_RUN_SEED", "99"}}).output, HasSubstr("seed 99"));
}

}  // namespace
}  // namespace sharder::end_to_end
