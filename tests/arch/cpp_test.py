"""The reader of C++ itself: what it takes for code, for text and for a function."""

import unittest

import cpp

_SAMPLE = r'''
#include "order/decide.h"
#define TWICE(x) { \
    x; x; }

namespace a::b {
extern "C" {
int Plain(int a) {  // a { in a comment
  const char* text = "} in a string \" and {";
  return a + '}' + 1'000;
}
}

template <typename T, typename U = std::map<int, T>>
class Box : public Base<int(int)> {
 public:
  explicit Box(int size)
      : size_{size}, limits_(Limits{1, 2}) {
    if (size > 3) {
      Grow([&] { ++size_; });
    }
  }
  bool operator()(int) const noexcept { return true; }

 private:
  int size_{0};
  std::function<int(int)> call_ = [](int value) { return value; };
};

constexpr std::array<Row, Count(3)> kRows{{
    {"a", [](int) { return 1; }},
}};

auto Raw() -> std::string {
  return R"x(
    } { " not the end )" nor this
  )x";
}
}  // namespace a::b
'''


class ReaderTest(unittest.TestCase):
    def test_Functions_AreFoundWithTheirWholeLength(self) -> None:
        found = [(one.name, one.lines) for one in cpp.functions_of(_SAMPLE)]
        self.assertEqual(
            found,
            [("Plain", 4), ("Box", 6), ("operator()", 1), ("call_", 1), ("Raw", 5)],
        )

    def test_FirstLine_IsThatOfTheHead(self) -> None:
        first = cpp.functions_of(_SAMPLE)[0]
        self.assertEqual(_SAMPLE.split("\n")[first.line - 1][:9], "int Plain")

    def test_Code_HasNeitherCommentsNorTexts(self) -> None:
        code = cpp.code_of('f("getenv"); // getenv\n/* getenv\n */ g();')
        self.assertNotIn("getenv", code)
        self.assertEqual(code.count("\n"), 2)
        self.assertIn("g();", code)

    def test_Literals_AreTextsButNotIncludes(self) -> None:
        found = [one.text for one in cpp.literals_of(_SAMPLE)]
        self.assertEqual(len(found), 4)  # "C", the string, "a" and the raw one
        self.assertNotIn("order/decide.h", found)
        self.assertIn('nor this', found[3])

    def test_Comments_AreFoundWithTheirLine(self) -> None:
        found = cpp.comments_of('int a = "// no".size();\n// yes\n')
        self.assertEqual([(one.line, one.text) for one in found], [(2, "// yes")])

    def test_UnclosedBrace_IsSaid(self) -> None:
        with self.assertRaisesRegex(ValueError, "line 1: { is never closed"):
            cpp.functions_of("int F() { if (a) {")

    def test_DigitSeparators_DoNotBeginACharacter(self) -> None:
        found = cpp.functions_of("int F() { return 1'000; }\nint G() { return 2'0; }\n")
        self.assertEqual([one.name for one in found], ["F", "G"])


if __name__ == "__main__":
    unittest.main()
