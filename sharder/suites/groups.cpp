#include "sharder/suites/groups.hpp"

#include <string_view>

#include "sharder/suites/regular_expression.hpp"
#include "sharder/support/errors.hpp"

namespace sharder {
namespace {

/// The name without the parameters at its end, which may hold any character: "a.py::test[1.5]",
/// "m.C.test(x)".
std::string_view without_parameters(std::string_view name) {
  if (name.ends_with(']')) return name.substr(0, name.find('['));
  if (name.ends_with(')')) return name.substr(0, name.find('('));
  return name;
}

/// "a/test_b.py::TestC::test_d" -> "a/test_b.py::TestC"; "Suite.Name" -> "Suite"; "m.C.test" -> "m.C".
std::string_view class_of(std::string_view name) {
  name = without_parameters(name);
  const std::size_t colons = name.rfind("::");
  const std::size_t end = colons != std::string_view::npos ? colons : name.rfind('.');
  return end == std::string_view::npos ? std::string_view{} : name.substr(0, end);
}

/// The program where there is one; "a/test_b.py::C::d" -> "a/test_b.py"; "package.module.C.test" ->
/// "package.module".
std::string_view file_of(const Test& test) {
  if (!test.program.empty()) return test.program;
  const std::string_view name = without_parameters(test.name);
  const std::size_t colons = name.find("::");
  if (colons != std::string_view::npos) return name.substr(0, colons);
  const std::string_view of_class = class_of(name);
  const std::string_view module = class_of(of_class);
  return module.empty() ? of_class : module;
}

}  // namespace

Grouping::Grouping(const std::string& group_by) {
  if (group_by.empty()) return;
  if (group_by == "file")
    kind_ = Kind::file;
  else if (group_by == "class")
    kind_ = Kind::class_of_tests;
  else if (group_by.starts_with("re:"))
    kind_ = Kind::expression;
  else
    throw ConfigError("group_by = \"" + group_by + "\" is unknown", "file, class or re:EXPRESSION");
  if (kind_ == Kind::expression) expression_ = std::make_shared<RegularExpression>(group_by.substr(3));
}

void Grouping::apply(Test& test) const {
  if (!test.group.empty() || kind_ == Kind::none) return;
  if (kind_ == Kind::file) {
    test.group = file_of(test);
  } else if (kind_ == Kind::expression) {
    test.group = expression_->first_group(test.name).value_or("");
  } else if (const std::string_view of_class = class_of(test.name); !of_class.empty()) {
    test.group = (test.program.empty() ? "" : test.program + ":") + std::string(of_class);
  }
}

}  // namespace sharder
