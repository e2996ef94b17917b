#include "dispatcher/adapters/answer_text.h"

#include <algorithm>

#include "contract/formats.h"

namespace guarantee::dispatcher {
namespace {

bool IsDigit(char character) { return character >= '0' && character <= '9'; }
bool IsAlphanumeric(char character) {
  const bool lower = character >= 'a' && character <= 'z';
  const bool upper = character >= 'A' && character <= 'Z';
  return IsDigit(character) || lower || upper;
}

void AddRun(std::string_view run, std::string& out) {
  const bool masked = run.size() > kUnmaskedRunMax && std::any_of(run.begin(), run.end(), IsDigit);
  out += masked ? std::string_view("***") : run;
}

}  // namespace

std::string ShowAnswer(std::string_view text) {
  if (!contract::IsUtf8(text)) return "(not UTF-8)";
  // Cut first, generously, so that a huge text costs nothing; masking only shortens further.
  text = contract::CutToCodePoints(text, 2 * kAnswerTextPointsMax);
  std::string shown;
  std::size_t run_start = 0;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    if (at < text.size() && IsAlphanumeric(text[at])) continue;
    AddRun(text.substr(run_start, at - run_start), shown);
    run_start = at + 1;
    if (at == text.size()) break;
    const bool control = static_cast<unsigned char>(text[at]) < 0x20 || text[at] == '\x7f';
    shown += control ? ' ' : text[at];
  }
  return std::string(contract::CutToCodePoints(shown, kAnswerTextPointsMax));
}

std::string ShowCode(std::string_view code) {
  std::string shown;
  for (const char character : code.substr(0, kAnswerCodeBytesMax)) {
    if (IsAlphanumeric(character) || character == '-' || character == '.') shown += character;
  }
  return shown;
}

}  // namespace guarantee::dispatcher
