// The interface document, parsed: its tables and samples, section by section. The document is a
// word processor's export, so cells are lines that begin with a tab and rows end at an empty line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace guarantee::contract {

struct Row {
  std::string wire;
  std::string title;
  std::string length;
  std::string empty;  // "是", "否" or nothing
  std::string remark;
};

struct Section {
  std::string number;  // "3.1"
  std::string path;    // as printed
  std::vector<Row> request;
  std::vector<Row> answer;
  std::string request_sample;  // quotes normalised
  std::string answer_sample;
};

// All sections of chapter 3 that have tables, in order.
[[nodiscard]] std::vector<Section> ReadDocument(const std::string& file);

}  // namespace guarantee::contract
