// [clones.setup], [clones.start], share and collect: a suite that needs its own server, as sharder is for.
#include "tests/end-to-end/end_to_end.hpp"

namespace sharder::end_to_end {
namespace {

class Services : public EndToEnd {
 protected:
  /// A server on port 4000 that answers each connection with how many came before; "stays" or returns at
  /// once.
  void write_server() const {
    write("server.py",
          "import os, socket, sys\n"
          "s = socket.create_server(('127.0.0.1', 4000))\n"
          "if sys.argv[1] == 'returns' and os.fork(): os._exit(0)\n"
          "n = 0\n"
          "while True:\n"
          "    c = s.accept()[0]\n"
          "    c.sendall(str(n).encode())\n"
          "    c.close()\n"
          "    n += 1\n");
    write("ask.py",
          "import socket; print(socket.create_connection(('127.0.0.1', 4000), 5).recv(100).decode())\n");
  }
  static std::string start_section(const std::string& kind) {
    return "[clones.start]\ncommand = \"/usr/bin/python3 server.py " + kind +
           "\"\nready = \"/usr/bin/python3 ask.py\"\ntimeout = \"20s\"\n";
  }
  static constexpr const char* ask = "exec /usr/bin/python3 ask.py";
};

TEST_F(Services, StayInTheForegroundOrReturn) {
  write_server();
  for (const char* kind : {"stays", "returns"}) {
    SCOPED_TRACE(kind);
    exec_suite(start_section(kind));
    for (const char* name : {"t/a", "t/b", "t/c", "t/d"}) script(name, ask);
    const RunOutcome result = run({"-j", "2", "--reruns", "0"});
    EXPECT_EQ(result.status, 0) << result.all();
    // Services are nobody's leak.
    for (const Json& attempt : result.events("attempt.finished"))
      EXPECT_TRUE(attempt.at("leaks").empty()) << attempt;
  }
}

TEST_F(Services, AreFreshForReruns) {
  write_server();
  exec_suite(start_section("stays"));
  // The first attempt is not the first to ask; a rerun is alone in its clone, after `ready` only.
  script("t/a", ask);
  script("t/b", "n=$(/usr/bin/python3 ask.py); echo $n; test $n = 1");
  const RunOutcome result = run({"-j", "1", "--order", "listed"});
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_EQ(result.outcomes("t/b"), "failed passed");
  EXPECT_EQ(result.verdict("t/b"), "flaky");
}

TEST_F(Services, ShareFilesThatAreNamedAndNoOthers) {
  write("server.sh",
        "mkdir -p /srv/shared; chmod 777 /srv/shared; touch /srv/shared/up; while [ -e /srv/shared ]; do "
        "sleep 1; done");
  exec_suite(
      "[clones]\nshare = [\"/srv/shared\"]\n"
      "[clones.start]\ncommand = \"sh server.sh\"\nready = \"test -e /srv/shared/up\"\n");
  script("t/a", "test -e /srv/shared/up && touch /srv/shared/from-a /srv/not-shared");
  script("t/b", "test -e /srv/shared/from-a && test ! -e /srv/not-shared");
  const RunOutcome result = run({"-j", "1", "--order", "listed", "--reruns", "0"});
  EXPECT_EQ(result.status, 0) << result.all();
}

TEST_F(Services, AreReplacedWhenATestKilledThem) {
  write_server();
  exec_suite("[clones]\nfresh = \"worker\"\n" + start_section("stays"));
  script("t/a",
         "for p in /proc/[0-9]*; do grep -qs server.py $p/cmdline && kill -9 ${p#/proc/}; done; exit 1");
  script("t/b", ask);
  const RunOutcome result = run({"-j", "1", "--order", "listed", "--reruns", "0"});
  EXPECT_EQ(result.verdict("t/b"), "passed") << result.all();
  EXPECT_EQ(result.events("clone.lost").size(), 1u);
}

TEST_F(Services, SetupIsALayerUnderEveryClone) {
  exec_suite("[clones.setup]\ncommand = \"sh setup.sh\"\n");
  write("setup.sh",
        "mkdir -p /srv/schema build; echo loaded > /srv/schema/state; date +%N > /srv/schema/when; echo "
        "built > build/thing\n");
  for (const char* name : {"t/a", "t/b"})
    script(name, "cat /srv/schema/when; test -e build/thing && grep -q loaded /srv/schema/state");
  const RunOutcome result = run({"-j", "2", "--reruns", "0"});
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_EQ(result.output_of("t/a"), result.output_of("t/b"));
  ASSERT_EQ(result.events("setup.finished").size(), 1u);
  EXPECT_EQ(result.events("setup.finished")[0].at("cached"), false);
  EXPECT_FALSE(std::filesystem::exists("/srv/schema"));
  EXPECT_FALSE(std::filesystem::exists(project() / "build"));
  const RunOutcome again = run({"--reruns", "0"});
  EXPECT_EQ(again.events("setup.finished")[0].at("cached"), false) << "without inputs it lives for the run";
}

TEST_F(Services, SetupWithInputsIsKept) {
  // The cache is the machine's: what this test adds to it, it takes away again.
  const std::string unique = project().string(), cache = "/var/lib/sharder/layers", before = names_in(cache);
  exec_suite("[clones.setup]\ncommand = \"sh -c 'cp schema.sql /srv/loaded; echo " + unique +
             "'\"\ninputs = [\"*.sql\"]\n");
  write("schema.sql", "one\n");
  script("t/a", "cat /srv/loaded");
  const RunOutcome first = run(), second = run();
  EXPECT_EQ(first.output_of("t/a"), "one\n") << first.all();
  EXPECT_EQ(first.events("setup.finished").at(0).at("cached"), false);
  EXPECT_EQ(second.events("setup.finished").at(0).at("cached"), true);
  EXPECT_EQ(second.output_of("t/a"), "one\n") << second.all();
  write("schema.sql", "two\n");
  const RunOutcome changed = run();
  EXPECT_EQ(changed.events("setup.finished").at(0).at("cached"), false);
  EXPECT_EQ(changed.output_of("t/a"), "two\n") << changed.all();
  for (const auto& layer : std::filesystem::directory_iterator(cache))
    if (before.find(layer.path().filename()) == std::string::npos) std::filesystem::remove(layer.path());
}

TEST_F(Services, SetupMayBuildWhatIsListed) {
  toml(
      "[suite.unit]\nframework = \"exec\"\nprograms = [\"build/*_test\"]\n[clones.setup]\ncommand = \"sh "
      "make.sh\"\n");
  write("make.sh",
        "mkdir -p build; printf '#!/bin/sh\\nexit 0\\n' > build/new_test; chmod 755 build/new_test\n");
  const RunOutcome result = run();
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_EQ(result.verdicts(), "build/new_test=passed");
}

TEST_F(Services, WhatCollectNamesIsKept) {
  exec_suite("[clones]\ncollect = [\"**/*.gcda\", \".coverage*\"]\n");
  script("t/a", "mkdir -p deep/er; echo a > deep/er/x.gcda; echo a > .coverage.a; echo no > other");
  script("t/b", "echo b > y.gcda");
  const RunOutcome result = run({"-j", "1", "--order", "listed"});
  EXPECT_EQ(result.status, 0) << result.all();
  const std::string found =
      call({"sh", "-c", "cd .sharder/latest/artifacts && find . -type f | sed 's#.*/[0-9]*/##' | sort"})
          .output;
  EXPECT_NE(found.find("x.gcda"), std::string::npos) << found << result.all();
  EXPECT_NE(found.find(".coverage.a"), std::string::npos) << found;
  EXPECT_NE(found.find("y.gcda"), std::string::npos) << found;
  EXPECT_EQ(found.find("other"), std::string::npos) << found;
}

}  // namespace
}  // namespace sharder::end_to_end
