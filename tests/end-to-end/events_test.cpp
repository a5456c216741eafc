// sharder run --events: the stream of events in files and at a broker, and the run that does not notice either.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "tests/end-to-end/end_to_end.hpp"
#include "tests/end-to-end/message_broker.hpp"

namespace sharder::end_to_end {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Events : public EndToEnd {
 protected:
  void suite() {
    exec_suite();
    script("t/a", "exit 0");
    script("t/b", "exit 1");
    script("t/c", "test $SHARDER_ATTEMPT = 2");
  }
  /// Ends when the test lets it.
  void held_suite() {
    exec_suite("[clones]\nmounts = [{ source = \"" + outside().string() +
               "/gate\", target = \"/gate\", mode = \"ro\" }]\n");
    std::filesystem::create_directories(outside() / "gate");
    script("t/a", "exit 0");
    script("t/b", "until test -e /gate/open; do sleep 0.02; done; exit 1");
  }
  void open_gate() const { std::ofstream(outside() / "gate/open") << "open"; }

  RunOutcome run_with(Words words) {
    words.insert(words.begin(), {"-j", "2"});
    return run(std::move(words));
  }
  std::unique_ptr<Program> start_with(Words words) {
    words.insert(words.begin(), {"run", "--no-history", "-j", "2", "--reruns", "0"});
    return start(std::move(words));
  }
  std::filesystem::path journal() const { return project() / ".sharder/latest/journal.ndjson"; }
  bool wait_for_event(const std::string& text) const {
    return eventually([&] { return read(journal()).find(text) != std::string::npos; });
  }
  MessageBroker broker(MessageBroker::Settings settings = {}) const {
    return {outside() / "broker", std::move(settings)};
  }
  std::unique_ptr<Program> listen(const MessageBroker& broker) const { return broker.listen(outside() / "listener"); }
  /// A run that has its first verdict and waits for open_gate(), and a broker that somebody listens to.
  struct WatchedRun {
    MessageBroker broker;
    std::unique_ptr<Program> listener, program;
  };
  WatchedRun watched_run() {
    held_suite();
    WatchedRun run{broker(), nullptr, nullptr};
    run.broker.start();
    run.listener = listen(run.broker);
    run.program = start_with({"--events", run.broker.url()});
    EXPECT_TRUE(run.listener->wait_for_text("\"test.finished\""));
    return run;
  }
  /// What it has heard until `text` came.
  static std::vector<Received> heard(Program& listener, const std::string& text) {
    EXPECT_TRUE(listener.wait_for_text(text)) << "nobody said " << text;
    listener.signal(SIGTERM);
    return messages_in(listener.wait().output);
  }
  static std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
  }
  static int warnings_of(const RunOutcome& outcome) {
    int count = 0;
    for (const Json& notice : outcome.events("notice"))
      if (notice.at("weight") == "warning" && notice.at("text").get<std::string>().starts_with("events:")) ++count;
    return count;
  }
  /// The payloads of events, and the last state.
  static std::vector<std::string> payloads(const std::vector<Received>& messages) {
    std::vector<std::string> lines;
    for (const Received& message : messages)
      if (!message.topic.ends_with("/state")) lines.push_back(message.payload);
    return lines;
  }
  static std::string last_state(const std::vector<Received>& messages) {
    std::string state;
    for (const Received& message : messages)
      if (message.topic.ends_with("/state")) state = message.payload;
    return state;
  }
  std::string secret_file(const std::string& name, const std::string& content, int mode = 0600) const {
    write(name, content, mode);
    return (project() / name).string();
  }
};

TEST_F(Events, AFileHasTheLinesOfTheJournal) {
  suite();
  std::ofstream(outside() / "events") << "earlier\n";
  const RunOutcome outcome = run_with({"--events", (outside() / "events").string()});
  EXPECT_EQ(outcome.status, 1) << outcome.all();
  EXPECT_EQ(read(outside() / "events"), "earlier\n" + read(outcome.directory / "journal.ndjson"));
}

TEST_F(Events, LinesAreThereAsTheyHappen) {
  held_suite();
  const std::unique_ptr<Program> program = start_with({"--events", "file://" + (outside() / "events").string()});
  EXPECT_TRUE(eventually([&] { return read(outside() / "events").find("\"test.finished\"") != std::string::npos; }));
  open_gate();
  EXPECT_EQ(program->wait().status, 1);
  EXPECT_THAT(read(outside() / "events"), HasSubstr("\"run.finished\""));
}

TEST_F(Events, StandardOutputHasThemForItself) {
  suite();
  const RunOutcome outcome = run_with({"--events", "-"});
  EXPECT_EQ(outcome.output, read(outcome.directory / "journal.ndjson"));
  EXPECT_THAT(outcome.error_output, HasSubstr("t/b"));
}

TEST_F(Events, AFifoWithoutReaderHoldsNothingUp) {
  suite();
  const std::string fifo = (outside() / "fifo").string();
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  const RunOutcome outcome = run_with({"--events", fifo});
  EXPECT_EQ(outcome.status, 1) << outcome.all();
  const std::size_t lines = outcome.journal().size();
  EXPECT_THAT(outcome.error_output, HasSubstr("events: " + std::to_string(lines) + " of " + std::to_string(lines) +
                                              " lines did not reach " + fifo));
}

TEST_F(Events, AReaderThatGoesDoesNotEndTheRun) {
  held_suite();
  const std::string fifo = (outside() / "fifo").string();
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  std::filesystem::create_directories(outside() / "reader");
  Program reader({{"/bin/sh", "-c", "head -n 1 " + fifo}, {}, {}, outside()}, outside() / "reader");
  const std::unique_ptr<Program> program = start_with({"--events", fifo});
  EXPECT_EQ(reader.wait().status, 0);
  EXPECT_TRUE(wait_for_event("nobody reads"));
  open_gate();
  const RunOutcome result = outcome(program->wait());
  EXPECT_EQ(result.status, 1) << result.all();
  EXPECT_EQ(result.verdicts(), "t/a=passed t/b=failed");
  EXPECT_EQ(warnings_of(result), 1);
}

TEST_F(Events, WhatCannotBeIsRefusedAtOnce) {
  suite();
  const std::string open_file = secret_file("open", "user\npassword\n", 0644);
  const auto refused = [&](Words words) {
    words.insert(words.begin(), {"run", "--no-history"});
    const Transcript transcript = sharder(std::move(words));
    EXPECT_EQ(transcript.status, 2) << transcript.all();
    return transcript.error_output;
  };
  EXPECT_THAT(refused({"--events", "amqp://host/x"}), HasSubstr("unknown scheme"));
  EXPECT_THAT(refused({"--events", "mqtt://host"}), HasSubstr("no prefix"));
  EXPECT_THAT(refused({"--events", "mqtt://me:secret@host/ci"}),
              AllOf(HasSubstr("--events-credentials"), Not(HasSubstr("secret"))));
  EXPECT_THAT(refused({"--events", "/nowhere/at/all"}), HasSubstr("no such file or directory"));
  EXPECT_THAT(refused({"--events", "mqtt://host/ci", "--events-credentials", open_file}), HasSubstr("chmod 600"));
  EXPECT_THAT(refused({"--events", "mqtt://host/ci", "--events-ca", open_file}), HasSubstr("mqtts://"));
  EXPECT_FALSE(std::filesystem::exists(project() / ".sharder/latest"));
}

TEST_F(Events, ABrokerHasAllOfThemInOrder) {
  suite();
  MessageBroker broker = this->broker();
  broker.start();
  const std::unique_ptr<Program> listener = listen(broker);
  const RunOutcome outcome = run_with({"--events", broker.url()});
  EXPECT_EQ(outcome.status, 1) << outcome.all();
  EXPECT_THAT(outcome.error_output, Not(HasSubstr("events:")));
  const std::vector<Received> messages = heard(*listener, "\"state\":\"finished\"");
  EXPECT_EQ(payloads(messages), lines_of(read(outcome.directory / "journal.ndjson")));
  for (const Received& message : messages) {
    const Json payload = Json::parse(message.payload);
    if (!payload.contains("event")) continue;
    std::string area = payload.at("event").get<std::string>();
    std::replace(area.begin(), area.end(), '.', '/');
    EXPECT_THAT(message.topic, AllOf(testing::StartsWith("ci/"),
                                     testing::EndsWith(outcome.directory.filename().string() + "/" + area)));
  }
}

TEST_F(Events, TheStateIsThereForWhoeverComesLater) {
  suite();
  MessageBroker broker = this->broker();
  broker.start();
  EXPECT_EQ(run_with({"--events", broker.url()}).status, 1);
  const std::vector<Received> later = heard(*listen(broker), "/state 1 ");
  ASSERT_EQ(later.size(), 1u);
  const Json state = Json::parse(later[0].payload);
  EXPECT_EQ(state.at("state"), "finished");
  EXPECT_EQ(state.at("exit_status"), 1);
  EXPECT_EQ(state.at("counts").at("flaky"), 1);
}

TEST_F(Events, ARunThatIsKilledIsLost) {
  auto [broker, listener, program] = watched_run();
  program->signal(SIGKILL);
  program->wait();
  EXPECT_EQ(last_state(heard(*listener, R"({"state":"lost"})")), R"({"state":"lost"})");
}

TEST_F(Events, ARunThatGoesOnIsRunningAgain) {
  auto [broker, listener, program] = watched_run();
  program->signal(SIGKILL);
  program->wait();
  const std::size_t before = payloads(heard(*listener, R"({"state":"lost"})")).size();
  listener = listen(broker);
  open_gate();
  const Transcript second = start_with({"--events", broker.url(), "--resume", "latest"})->wait();
  EXPECT_EQ(second.status, 1) << second.all();
  const std::vector<Received> messages = heard(*listener, "\"state\":\"finished\"");
  EXPECT_GT(before, 0u);
  ASSERT_FALSE(payloads(messages).empty());
  EXPECT_EQ(Json::parse(payloads(messages).front()).at("event"), "run.started");
  EXPECT_THAT(payloads(messages), testing::Not(testing::Contains(HasSubstr("\"test.listed\""))));
}

TEST_F(Events, ABrokerIsTakenAtItsPassword) {
  suite();
  const std::string passwords = secret_file("passwords", "");
  ASSERT_EQ(call({"/usr/bin/mosquitto_passwd", "-b", passwords, "ada", "secret"}).status, 0);
  MessageBroker broker =
      this->broker({"allow_anonymous false\npassword_file " + passwords + "\n", {"-u", "ada", "-P", "secret"}});
  broker.start();
  const std::unique_ptr<Program> listener = listen(broker);
  const std::string right = secret_file("right", "ada\nsecret\n"), wrong = secret_file("wrong", "ada\nguess\n");
  EXPECT_EQ(run_with({"--events", broker.url(), "--events-credentials", right}).status, 1);
  EXPECT_THAT(last_state(heard(*listener, "\"state\":\"finished\"")), HasSubstr("finished"));
  const RunOutcome refused = run_with({"--events", broker.url(), "--events-credentials", wrong});
  EXPECT_EQ(refused.status, 1) << refused.all();
  EXPECT_THAT(refused.error_output, AllOf(HasSubstr("not authorised"), HasSubstr("lines did not reach mqtt://")));
}

TEST_F(Events, EncryptedAndOnlyToABrokerWhoIsVouchedFor) {
  suite();
  const std::string top = project().string();
  const Transcript made =
      call({"/bin/sh", "-ec",
            "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.pem\n"
            "openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout broker.key -out broker.csr\n"
            "printf 'subjectAltName=DNS:localhost,IP:127.0.0.1' > names\n"
            "openssl x509 -req -in broker.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out "
            "broker.pem\n"
            "openssl req -newkey rsa:2048 -nodes -subj /CN=worker -keyout own.key -out own.csr\n"
            "openssl x509 -req -in own.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out own.crt\n"
            "cat own.crt own.key > own.pem; chmod 600 own.pem"});
  ASSERT_EQ(made.status, 0) << made.all();
  MessageBroker broker = this->broker(
      {"allow_anonymous true\nrequire_certificate true\ncafile " + top + "/ca.pem\ncertfile " + top +
           "/broker.pem\nkeyfile " + top + "/broker.key\n",
       {"-h", "localhost", "--cafile", top + "/ca.pem", "--cert", top + "/own.pem", "--key", top + "/own.pem"}});
  broker.start();
  const std::unique_ptr<Program> listener = listen(broker);
  const std::string url = broker.url("mqtts", "localhost");
  const RunOutcome outcome =
      run_with({"--events", url, "--events-ca", top + "/ca.pem", "--events-certificate", top + "/own.pem"});
  EXPECT_EQ(outcome.status, 1) << outcome.all();
  EXPECT_EQ(payloads(heard(*listener, "\"state\":\"finished\"")), lines_of(read(outcome.directory / "journal.ndjson")));
  const RunOutcome stranger = run_with({"--events", url, "--events-certificate", top + "/own.pem"});
  EXPECT_EQ(stranger.status, 1) << stranger.all();
  EXPECT_THAT(stranger.error_output, HasSubstr("lines did not reach mqtts://localhost"));
}

TEST_F(Events, ABrokerThatIsNotThereChangesNothing) {
  held_suite();
  const MessageBroker broker = this->broker();
  const std::unique_ptr<Program> program = start_with({"--events", broker.url()});
  EXPECT_TRUE(wait_for_event("connection refused"));
  open_gate();
  const RunOutcome result = outcome(program->wait());
  EXPECT_EQ(result.status, 1) << result.all();
  EXPECT_EQ(result.verdicts(), "t/a=passed t/b=failed");
  EXPECT_EQ(warnings_of(result), 1);
  EXPECT_THAT(result.output, HasSubstr("warning: events: mqtt://"));
  EXPECT_THAT(result.error_output, HasSubstr("did not reach"));
}

TEST_F(Events, AMirrorThatDiesChangesNothing) {
  auto [broker, listener, program] = watched_run();
  EXPECT_EQ(call({"/usr/bin/pkill", "-KILL", "-P", std::to_string(program->pid()), "-x", "sharder-mirror"}).status, 0);
  EXPECT_TRUE(wait_for_event("sharder-mirror ended (signal 9)"));
  open_gate();
  const RunOutcome result = outcome(program->wait());
  EXPECT_EQ(result.status, 1) << result.all();
  EXPECT_EQ(result.verdicts(), "t/a=passed t/b=failed");
  EXPECT_EQ(warnings_of(result), 1);
  EXPECT_EQ(last_state(heard(*listener, R"({"state":"lost"})")), R"({"state":"lost"})");
}

TEST_F(Events, ARunThatIsStoppedIsFinished) {
  auto [broker, listener, program] = watched_run();
  program->signal(SIGINT);
  open_gate();
  EXPECT_EQ(program->wait().status, 130);
  EXPECT_EQ(Json::parse(last_state(heard(*listener, "\"state\":\"finished\""))).at("exit_status"), 130);
}

TEST_F(Events, ABrokerThatDiesIsWarnedOfOnce) {
  auto [broker, listener, program] = watched_run();
  broker.kill();
  EXPECT_TRUE(wait_for_event("\"events: mqtt://"));
  open_gate();
  const RunOutcome result = outcome(program->wait());
  EXPECT_EQ(result.status, 1) << result.all();
  EXPECT_EQ(result.verdicts(), "t/a=passed t/b=failed");
  EXPECT_EQ(warnings_of(result), 1);
  EXPECT_THAT(result.error_output, HasSubstr("did not reach"));
}

TEST_F(Events, ABrokerThatComesBackHasWhatCameMeanwhile) {
  auto [broker, listener, program] = watched_run();
  broker.kill();
  EXPECT_TRUE(wait_for_event("\"events: mqtt://"));
  broker.start();
  listener = listen(broker);
  EXPECT_TRUE(wait_for_event("is there again"));
  open_gate();
  const RunOutcome result = outcome(program->wait());
  EXPECT_EQ(result.status, 1) << result.all();
  EXPECT_EQ(warnings_of(result), 1);
  EXPECT_THAT(result.error_output, Not(HasSubstr("did not reach")));
  const std::vector<Received> messages = heard(*listener, "\"state\":\"finished\"");
  EXPECT_THAT(payloads(messages), testing::Contains(HasSubstr("\"weight\":\"warning\"")));
  EXPECT_THAT(payloads(messages), testing::Contains(HasSubstr("\"run.finished\"")));
}

TEST_F(Events, ABrokerThatHangsIsNotWaitedForLong) {
  auto [broker, listener, program] = watched_run();
  broker.signal(SIGSTOP);
  open_gate();
  EXPECT_TRUE(wait_for_event("\"run.finished\""));
  const auto ended = std::chrono::steady_clock::now();
  const RunOutcome result = outcome(program->wait());
  EXPECT_LT(std::chrono::steady_clock::now() - ended, std::chrono::seconds(6));
  EXPECT_EQ(result.status, 1) << result.all();
  EXPECT_EQ(result.verdicts(), "t/a=passed t/b=failed");
  EXPECT_THAT(result.error_output, HasSubstr("did not reach"));
  broker.signal(SIGCONT);
}

}  // namespace
}  // namespace sharder::end_to_end
