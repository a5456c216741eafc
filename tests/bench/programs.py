"""The test programs: one that sleeps or burns as it is told, and a GoogleTest binary whose tests do."""

import shutil
import subprocess
from pathlib import Path

from .measure import Broken, environment
from .suites import Suite

# Burning is measured in CPU time of the thread, so that a test is as much work on a busy machine as on an idle one.
PASTIME = """\
#include <time.h>
static double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}
static void spend(double seconds, bool burns) {
  if (burns) {
    while (cpu_seconds() < seconds) for (volatile int spin = 0; spin < 20000; spin = spin + 1) {}
    return;
  }
  timespec rest{static_cast<time_t>(seconds), static_cast<long>((seconds - static_cast<time_t>(seconds)) * 1e9)};
  while (nanosleep(&rest, &rest) != 0) {}
}
"""

SPEND = PASTIME + """\
#include <cstdlib>
#include <string>
int main(int count, char** words) {
  if (count != 3) return 2;
  spend(std::atof(words[2]), std::string(words[1]) == "burn");
}
"""

GOOGLETEST = PASTIME + """\
#include <gtest/gtest.h>
#include <filesystem>
#include <fstream>
#include <string>
class Case : public testing::Test {
 public:
  Case(double seconds, bool burns) : seconds_(seconds), burns_(burns) {}
  void TestBody() override { spend((burns_ ? cpu_seconds() : 0) + seconds_, burns_); }

 private:
  double seconds_;
  bool burns_;
};
int main(int count, char** words) {
  testing::InitGoogleTest(&count, words);
  std::ifstream list(std::filesystem::read_symlink("/proc/self/exe").string() + ".cases");
  std::string name, how;
  double seconds = 0;
  while (list >> name >> how >> seconds) {
    const bool burns = how == "burn";
    testing::RegisterTest("Suite", name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
                          [=]() -> Case* { return new Case(seconds, burns); });
  }
  return RUN_ALL_TESTS();
}
"""


class Programs:
    """Compiles each program once, into `directory`, when it is first wanted; copies it, since clones see only their
    project."""

    def __init__(self, directory: Path):
        self._directory = directory

    def put_spend(self, project: Path) -> Path:
        return self._put(self._compiled("spend", SPEND, []), project)

    def put_googletest(self, project: Path) -> Path:
        return self._put(self._compiled("suite_test", GOOGLETEST, ["-lgtest", "-pthread"]), project)

    @staticmethod
    def _put(program: Path, project: Path) -> Path:
        project.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy(program, project / program.name))

    def _compiled(self, name: str, source: str, libraries: list[str]) -> Path:
        program = self._directory / name
        if not program.exists():
            self._directory.mkdir(parents=True, exist_ok=True)
            (self._directory / f"{name}.cpp").write_text(source)
            command = ["g++", "-std=c++20", "-O1", "-o", str(program), f"{name}.cpp", *libraries]
            done = subprocess.run(command, cwd=self._directory, env=environment(), capture_output=True, text=True)
            if done.returncode != 0:
                raise Broken(f"cannot compile {name}:\n{done.stderr}")
        return program


def verb(suite: Suite) -> str:
    return "burn" if suite.burns else "sleep"
