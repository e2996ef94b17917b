// The reader of the document, and that it read what is there.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "document.h"

namespace guarantee::contract {
namespace {

std::string WithoutBookmarks(std::string line) {
  for (std::size_t at = line.find("[bookmark:"); at != std::string::npos;
       at = line.find("[bookmark:")) {
    line.erase(at, line.find(']', at) - at + 1);
  }
  const std::size_t start = line.find_first_not_of(' ');
  return start == std::string::npos ? "" : line.substr(start);
}

std::vector<std::string> Lines(const std::string& file) {
  std::ifstream stream(file);
  EXPECT_TRUE(stream) << file;
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(WithoutBookmarks(line));
  return lines;
}

// "3.1" of "3.1 投保申请"; nothing for a sub-heading or any other line.
std::string SectionNumber(const std::string& line) {
  if (line.compare(0, 2, "3.") != 0) return {};
  std::size_t end = 2;
  while (end < line.size() && line[end] >= '0' && line[end] <= '9') ++end;
  if (end == 2 || end == line.size() || line[end] == '.') return {};
  // "3. 1. 1" and "3.1.1功能描述" are sub-headings.
  return line.substr(0, end);
}

void Replace(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
    text.replace(at, from.size(), to);
  }
}

class Reader {
 public:
  explicit Reader(std::vector<std::string> lines) : lines_(std::move(lines)) {}

  std::vector<Section> Run() {
    for (at_ = 0; at_ < lines_.size(); ++at_) Read(lines_[at_]);
    return std::move(sections_);
  }

 private:
  void Read(const std::string& line) {
    const std::string number = SectionNumber(line);
    if (!number.empty()) {
      sections_.emplace_back();
      sections_.back().number = number;
      return;
    }
    // Chapter 4 begins; nothing behind it belongs to an interface.
    if (line.compare(0, std::string("四、").size(), "四、") == 0) at_ = lines_.size();
    if (sections_.empty() || at_ >= lines_.size()) return;
    if (line.find("接口url：") != std::string::npos ||
        line.find("接口地址：") != std::string::npos) {
      sections_.back().path = line.substr(line.find("：") + std::string("：").size());
    }
    if (line == "\t字段") ReadTable();
    if (line == "\t代码示例：") ReadSample();
  }

  // From the head row to the first line that is neither a cell nor a gap between rows.
  void ReadTable() {
    auto& section = sections_.back();
    auto& rows = section.request.empty() ? section.request : section.answer;
    at_ += 5;
    while (NextRow()) rows.push_back(TakeRow());
    --at_;
  }

  // Whether another row of the table follows.
  bool NextRow() {
    while (at_ < lines_.size() && lines_[at_].empty()) ++at_;
    return at_ < lines_.size() && lines_[at_][0] == '\t' && lines_[at_] != "\t代码示例：";
  }

  // Five cells; a cell may run over several lines.
  Row TakeRow() {
    std::vector<std::string> cells;
    for (; at_ < lines_.size() && !lines_[at_].empty(); ++at_) {
      if (lines_[at_][0] == '\t') {
        cells.push_back(WithoutBookmarks(lines_[at_].substr(1)));
      } else {
        cells.back() += lines_[at_];
      }
    }
    cells.resize(5);
    return {cells[0], cells[1], cells[2], cells[3], cells[4]};
  }

  void ReadSample() {
    auto& section = sections_.back();
    auto& sample = section.request_sample.empty() ? section.request_sample : section.answer_sample;
    int depth = 0;
    do {
      ++at_;
      for (const char letter : lines_[at_]) depth += letter == '{' ? 1 : letter == '}' ? -1 : 0;
      sample += lines_[at_] + "\n";
    } while (depth > 0 || sample.find('{') == std::string::npos);
    Replace(sample, "“", "\"");
    Replace(sample, "”", "\"");
  }

  std::vector<std::string> lines_;
  std::size_t at_ = 0;
  std::vector<Section> sections_;
};

}  // namespace

std::vector<Section> ReadDocument(const std::string& file) { return Reader(Lines(file)).Run(); }

namespace {

TEST(DocumentReader, FindsEverySectionWithItsTablesAndSamples) {
  const auto sections =
      ReadDocument(std::string(GUARANTEE_SOURCE_DIR) + "/tests/data/interface-document.txt");
  ASSERT_EQ(sections.size(), 23U);
  for (std::size_t at = 0; at < sections.size(); ++at) {
    const Section& section = sections[at];
    EXPECT_EQ(section.number, "3." + std::to_string(at + 1));
    EXPECT_FALSE(section.path.empty()) << section.number;
    EXPECT_GE(section.request.size(), 2U) << section.number;
    EXPECT_FALSE(section.request_sample.empty()) << section.number;
    // 3.11 is the one without an answer.
    EXPECT_EQ(section.answer.empty(), section.number == "3.11") << section.number;
    EXPECT_EQ(section.answer_sample.empty(), section.number == "3.11") << section.number;
  }
  EXPECT_EQ(sections[0].request.size(), 17U);
  EXPECT_EQ(sections[1].request.size(), 15U);
  EXPECT_EQ(sections[12].request.size(), 16U);
}

}  // namespace
}  // namespace guarantee::contract
