#include "tests/end-to-end/ordinary_user.hpp"

#include <unistd.h>

#include <cstdlib>
#include <set>

namespace sharder::end_to_end {
namespace {

namespace fs = std::filesystem;

/// Above what adduser gives, below what systemd and we take.
constexpr const char* user_id = "54321";

/// Copies programs with what they link, and makes what a root has besides.
constexpr const char* make_root = R"(
set -e
cd "$1"
for program in sh id cat sleep touch mkdir ls test; do
  path=$(command -v $program)
  case $program in test) path=/usr/bin/test;; esac
  cp --dereference --parents "$path" .
  ldd "$path" | grep -o '/[^ ]*' | sort -u | xargs -I{} cp --dereference --parents {} .
done
mkdir -p bin usr/bin etc dev proc sys tmp run
for program in usr/bin/*; do test -e bin/${program#usr/bin/} || ln -s ../$program bin/; done
echo root:x:0:0::/root:/bin/sh > etc/passwd
echo root:x:0: > etc/group
)";

}  // namespace

void OrdinaryUser::SetUp() {
  EndToEnd::SetUp();
  if (IsSkipped() || HasFatalFailure()) return;
  if (::access("/usr/bin/newuidmap", X_OK) != 0) {
    const char* required = std::getenv("SHARDER_REQUIRE_LXC");
    if (required != nullptr && std::string(required) == "1") FAIL() << "uidmap is not installed";
    GTEST_SKIP() << "uidmap is not installed";
  }
  // Where the build lies he may have no way to.
  fs::create_directories(outside() / "bin");
  for (const char* name : {"sharder", "sharder-launcher", "sharder-agent"})
    fs::copy_file(fs::path(binary()).parent_path() / name, outside() / "bin" / name);
  fs::create_directories(home());
  fs::create_directories(outside() / "etc");
  EXPECT_EQ(call({"chown", "-R", user_id + std::string(":") + user_id, home().string()}).status, 0);
}

void OrdinaryUser::TearDown() {
  if (!project().empty()) {
    EXPECT_EQ(left_runs(), "");
  }
  EndToEnd::TearDown();
}

void OrdinaryUser::hand_over_project() const {
  EXPECT_EQ(call({"chown", "-R", user_id + std::string(":") + user_id, project().string()}).status, 0);
}

Command OrdinaryUser::as_user(Words words) const {
  const std::string etc = (outside() / "etc").string();
  const std::string account = std::string("tester:x:") + user_id + ":" + user_id + "::" + home().string() + ":/bin/sh";
  const std::string copies = "(cat /etc/passwd; echo '" + account + "') > " + etc + "/passwd; printf %s '" +
                             subordinate_ids + "' > " + etc + "/subuid; cp " + etc + "/subuid " + etc + "/subgid; ";
  const std::string mounts =
      "for file in passwd subuid subgid; do mount --bind " + etc + "/$file /etc/$file; done; ";
  const std::string enter = "set -e; " + copies + mounts + spoil + "; exec setpriv --reuid " + user_id + " --regid " +
                            user_id + " --clear-groups \"$@\"";
  Words all{"unshare", "--mount", "sh", "-c", enter, "sh", (outside() / "bin/sharder").string()};
  all.insert(all.end(), words.begin(), words.end());
  return {std::move(all), {{"HOME", home().string()}}, {}, project()};
}

Transcript OrdinaryUser::sharder_as_user(Words words) const {
  return Program(as_user(std::move(words)), outside()).wait();
}

std::unique_ptr<Program> OrdinaryUser::start_as_user(Words words) const {
  return std::make_unique<Program>(as_user(std::move(words)), outside());
}

RunOutcome OrdinaryUser::run_as_user(Words words) {
  words.insert(words.begin(), {"run", "--no-history"});
  return outcome(sharder_as_user(std::move(words)));
}

fs::path OrdinaryUser::small_root() const {
  const fs::path root = outside() / "small-root";
  fs::create_directories(root);
  const Transcript made = call({"sh", "-c", make_root, "sh", root.string()});
  EXPECT_EQ(made.status, 0) << made.all();
  return root;
}

std::string OrdinaryUser::left_runs() const {
  const std::set<std::string> stays{".lock", "locks", "slots"};
  std::string left;
  std::error_code error;
  for (fs::directory_iterator at(home() / ".local/state/sharder/runs", error), end; !error && at != end;
       at.increment(error))
    if (const std::string name = at->path().filename(); !stays.contains(name)) left += name + " ";
  return left;
}

}  // namespace sharder::end_to_end
