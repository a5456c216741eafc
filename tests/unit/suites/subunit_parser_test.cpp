#include <gtest/gtest.h>

#include "sharder/suites/list_formats.hpp"
#include "sharder/suites/result_formats.hpp"
#include "sharder/suites/subunit2.hpp"
#include "sharder/suites/line_splitter.hpp"
#include "tests/unit/suites/event_text.hpp"

namespace sharder {
namespace {

struct Told {
  std::string test;
  SubunitStatus status = SubunitStatus::none;
  std::string file_name = {}, file = {};
  std::vector<std::string> tags = {};
  std::string mime = {};
};

std::string packet(const Told& told) {
  SubunitPacket packet;
  packet.test = told.test;
  packet.status = told.status;
  packet.file_name = told.file_name;
  packet.file = told.file;
  packet.tags = told.tags;
  packet.mime = told.mime;
  return encode_subunit(packet);
}

const MakeParser make = [] { return make_subunit_parser({"zope:layer"}); };

TEST(SubunitParser, KnowsEveryStatus) {
  std::string stream;
  for (const SubunitStatus status :
       {SubunitStatus::exists, SubunitStatus::in_progress, SubunitStatus::success,
        SubunitStatus::unexpected_success, SubunitStatus::skip, SubunitStatus::fail,
        SubunitStatus::expected_failure})
    stream += packet({"t", status});
  EXPECT_EQ(
      text_of_run(make, stream, 0),
      "started t\nfinished t passed\nfinished t unexpected-success\nfinished t skipped\nfinished t failed\n"
      "finished t expected-failure\n");
}

TEST(SubunitParser, GathersAttachmentsUntilTheResult) {
  const std::string stream =
      packet({"a", SubunitStatus::in_progress}) + packet({"a", {}, "traceback", "Traceback:\n  File x\n"}) +
      packet({"b", {}, "log", "of b"}) + packet({"a", {}, "traceback", "ValueError: no\n"}) +
      packet({"a", {}, "stdout", "said\n"}) + packet({"a", {}, "picture", "\x89PNG", {}, "image/png"}) +
      packet({"a", SubunitStatus::fail}) + packet({"b", SubunitStatus::success});
  const std::vector<ResultEvent> events = events_of(make, stream, 1);
  EXPECT_EQ(text_of(events), "started a\nfinished a failed [ValueError: no]\nfinished b passed\n");
  EXPECT_EQ(events[1].details, "Traceback:\n  File x\nValueError: no\n\n--- stdout ---\nsaid\n");
  EXPECT_EQ(events[2].details, "\n--- log ---\nof b");
}

TEST(SubunitParser, TellsReasonsAndLateFailures) {
  EXPECT_EQ(text_of_run(make,
                        packet({"a", SubunitStatus::skip, "reason", "no\ndatabase"}) +
                            packet({"a", {}, "message", "error at teardown: x"}) +
                            packet({"a", SubunitStatus::fail, "traceback", "long", {"late"}}),
                        0),
            "finished a skipped [no]\nfinished a failed late [error at teardown: x]\n");
}

TEST(SubunitParser, PassesOverResultsThatAreOfNoTest) {
  EXPECT_EQ(text_of_run(make, packet({"Layer:setUp", SubunitStatus::success, {}, {}, {"zope:layer"}}), 0),
            "");
}

TEST(SubunitParser, TellsOfTheTestsOfAClassOrModuleThatWasNotSetUp) {
  const auto of = [](std::vector<std::string> names) {
    return [names] { return make_subunit_parser({}, names); };
  };
  const std::string skips = packet({"setUpClass (m.C)", SubunitStatus::in_progress}) +
                            packet({"setUpClass (m.C)", SubunitStatus::skip, "reason", "abstract"});
  EXPECT_EQ(text_of_run(of({"m.C.b", "m.C.a", "m.CD.a", "m.B.a"}), skips, 0),
            "finished m.C.a skipped [abstract]\nfinished m.C.b skipped [abstract]\n");
  const std::string fails = packet({"setUpModule (m)", SubunitStatus::fail, "traceback", "ValueError: no\n"});
  EXPECT_EQ(text_of_run(of({"m.C.a", "mm.C.a"}), fails, 1),
            "finished m.C.a failed [setUpModule (m): ValueError: no]\n");
}

TEST(SubunitParser, ChargesASharedTearDownToTheLastTest) {
  const std::string stream = packet({"m.C.a", SubunitStatus::success}) + packet({"m.C.b", SubunitStatus::success}) +
                             packet({"tearDownClass (m.C)", SubunitStatus::fail, "traceback", "OSError: busy\n"});
  EXPECT_EQ(text_of_run([] { return make_subunit_parser({}); }, stream, 1),
            "finished m.C.a passed\nfinished m.C.b passed\n"
            "finished m.C.b failed late [tearDownClass (m.C): OSError: busy]\n");
}

TEST(SubunitParser, HandsOnWhatIsPrintedBetween) {
  EXPECT_EQ(
      text_of_run(make,
                  "warning: x\n" + packet({"", {}, "stdout", "abc"}) + packet({"a", SubunitStatus::success}),
                  0),
      "output 14 bytes\nfinished a passed\n");
}

TEST(SubunitParser, BoundsWhatItKeeps) {
  std::string stream;
  for (int i = 0; i < 50; ++i) stream += packet({"a", {}, "traceback", std::string(100'000, 'x')});
  const std::vector<ResultEvent> events = make()->consume(stream + packet({"a", SubunitStatus::fail}));
  ASSERT_EQ(events.size(), 1u);
  EXPECT_LT(events[0].details.size(), 66u << 10);
  EXPECT_LT(events[0].message.size(), 5000u);
}

TEST(SubunitParser, UnderstandsVersion1) {
  const std::string stream =
      "time: 2012-09-21 10:00:00Z\n"
      "tags: worker-0\n"
      "test: pkg.T.a\n"
      "some output\n"
      "failure: pkg.T.other\n"
      "success: pkg.T.a\n"
      "test: pkg.T.b (x [1])\n"
      "failure: pkg.T.b (x [1]) [\n"
      "Traceback (most recent call last):\n"
      " ]\n"
      "AssertionError: 1 != 2\n"
      "]\n"
      "testing c\n"
      "error: c [ multipart\n"
      "Content-Type: text/plain;charset=utf8\n"
      "traceback\n"
      "5\r\nab\n]\n"
      "4\r\ncde\n"
      "0\r\n"
      "]\n"
      "test d\nskip d [\nno database\n]\n"
      "test: e\nxfail: e\ntest: f\nuxsuccess: f\ntest: cut\nfailure: cut [\nhalf";
  const std::vector<ResultEvent> events = events_of(make, stream, 1);
  EXPECT_EQ(text_of(events),
            "started pkg.T.a\noutput 33 bytes of pkg.T.a\nfinished pkg.T.a passed\n"
            "started pkg.T.b (x [1])\nfinished pkg.T.b (x [1]) failed [AssertionError: 1 != 2]\n"
            "started c\nfinished c failed [cde]\nstarted d\nfinished d skipped [no database]\n"
            "started e\nfinished e expected-failure\nstarted f\nfinished f unexpected-success\n"
            "started cut\nfinished cut failed [half]\n");
  ASSERT_EQ(events[5].name, "pkg.T.b (x [1])");
  EXPECT_EQ(events[5].details, "Traceback (most recent call last):\n]\nAssertionError: 1 != 2\n");
}

TEST(SubunitParser, CutsALongLineOfVersion1AtOnePlaceHoweverItComes) {
  const std::string stream = "time: x\n" + std::string(line_limit_bytes, 'y') + "test: a\nsuccess: a\n";
  EXPECT_NE(text_of(events_of(make, stream, 0)).find("finished a passed"), std::string::npos);
}

TEST(ListSubunit, TakesWhatExists) {
  ListingBuilder builder;
  list_subunit("noise\n" + packet({"a b", SubunitStatus::exists, {}, {}, {"slow"}}) +
                   packet({"Layer:setUp", SubunitStatus::exists, {}, {}, {"zope:layer"}}),
               {"zope:layer"}, builder);
  const Listing listing = builder.finish();
  ASSERT_EQ(listing.tests.size(), 1u);
  EXPECT_EQ(listing.tests[0].name, "a b");
  EXPECT_EQ(listing.tests[0].tags, std::vector<std::string>{"slow"});
  EXPECT_TRUE(listing.problems.empty());
}

TEST(ListSubunit, TakesWhatVersion1Starts) {
  ListingBuilder builder;
  list_subunit("test: a\nsuccess: a\ntest: b\nsuccess: b\n", {}, builder);
  EXPECT_EQ(builder.finish().tests.size(), 2u);
}

TEST(ListSubunit, SaysWhenThereIsNoSubunitInIt) {
  ListingBuilder builder;
  list_subunit("pkg.a\npkg.b\n", {}, builder);
  const Listing listing = builder.finish();
  ASSERT_EQ(listing.problems.size(), 1u);
  EXPECT_EQ(listing.problems[0], "no subunit packet, but text (is the format \"ids\"?): pkg.a\npkg.b");
}

}  // namespace
}  // namespace sharder
