#include "platform-simulator/conformance/report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace guarantee::platform_simulator::conformance {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kDeviationsShown = 200;

const char* DirectionName(const contract::Interface& interface) {
  if (!interface.ToPlatform()) return "in";
  return interface.FromPlatform() ? "both" : "out";
}

const NoticesSeen& SeenOf(const Findings& findings, std::string_view section) {
  static const NoticesSeen kNone;
  const auto found = findings.notices.find(section);
  return found == findings.notices.end() ? kNone : found->second;
}

std::string SeenText(const Findings& findings, const contract::Interface& interface) {
  if (!interface.ToPlatform()) return "";
  if (!findings.listened) return "-";
  const NoticesSeen& seen = SeenOf(findings, interface.section);
  if (seen.accepted + seen.faults.size() == 0) return "not seen";
  return seen.faults.empty() ? fmt::format("{} seen", seen.accepted)
                             : fmt::format("{} wrong", seen.faults.size());
}

bool IsOffered(const Tally& tally) { return tally.cases() == 0 || tally.not_offered == 0; }

// For text and attributes.
std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char letter : text) {
    switch (letter) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        // XML knows no other control characters.
        escaped += static_cast<unsigned char>(letter) < 0x20 ? ' ' : letter;
    }
  }
  return escaped;
}

std::string TestCase(const CaseResult& result) {
  const double seconds = static_cast<double>(result.spent.count()) / 1000.0;
  std::string text = fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\"",
                                 result.one->interface->section, Escaped(result.one->id), seconds);
  if (result.verdict.grade == Grade::kPassed) return text + "/>\n";
  const bool skipped = result.verdict.grade == Grade::kNotOffered;
  const std::string found = Escaped(result.verdict.found);
  return text + fmt::format(">\n      <{0} message=\"{1}\">{2}</{0}>\n    </testcase>\n",
                            skipped ? "skipped" : "failure", found,
                            skipped ? "" : "expected: " + Escaped(result.one->expected.Describe()));
}

std::string NoticeCase(const Findings& findings, const contract::Interface& interface) {
  const NoticesSeen& seen = SeenOf(findings, interface.section);
  const std::string head =
      fmt::format("    <testcase classname=\"{0}\" name=\"{0}/notices\"", interface.section);
  if (!seen.faults.empty()) {
    return head +
           fmt::format("><failure message=\"{}\"/></testcase>\n", Escaped(seen.faults.front()));
  }
  return head + (seen.accepted > 0 ? "/>\n" : "><skipped message=\"not seen\"/></testcase>\n");
}

}  // namespace

Tally Count(const Findings& findings, std::string_view section) {
  Tally tally;
  for (const CaseResult& result : findings.results) {
    if (!section.empty() && result.one->interface->section != section) continue;
    tally.passed += result.verdict.grade == Grade::kPassed ? 1U : 0U;
    tally.deviations += result.verdict.grade == Grade::kDeviates ? 1U : 0U;
    tally.not_offered += result.verdict.grade == Grade::kNotOffered ? 1U : 0U;
  }
  return tally;
}

std::size_t Deviations(const Findings& findings) {
  std::size_t count = Count(findings, {}).deviations;
  for (const auto& [section, seen] : findings.notices) count += seen.faults.size();
  return count;
}

std::vector<std::string> Missing(const Findings& findings, const contract::Contract& contract) {
  std::vector<std::string> missing;
  for (const contract::Interface& interface : contract.interfaces()) {
    if (interface.FromPlatform() && !IsOffered(Count(findings, interface.section))) {
      missing.push_back(interface.section + " not offered");
    }
    if (!findings.listened || !interface.ToPlatform()) continue;
    if (SeenOf(findings, interface.section).accepted == 0) {
      missing.push_back(interface.section + " not seen");
    }
  }
  return missing;
}

std::string Table(const Findings& findings, const contract::Contract& contract) {
  std::string text = fmt::format(
      "Conformance of {}\n\n{:<6}{:<6}{:>7}{:>8}{:>11}{:>13}  {:<10}{}\n", findings.target, "", "",
      "cases", "passed", "deviating", "not offered", "notices", "interface");
  for (const contract::Interface& interface : contract.interfaces()) {
    const Tally tally = Count(findings, interface.section);
    text += fmt::format("{:<6}{:<6}{:>7}{:>8}{:>11}{:>13}  {:<10}{}\n", interface.section,
                        DirectionName(interface), tally.cases(), tally.passed, tally.deviations,
                        tally.not_offered, SeenText(findings, interface), interface.title);
  }
  const Tally all = Count(findings, {});
  text += fmt::format("{:<12}{:>7}{:>8}{:>11}{:>13}\n", "all", all.cases(), all.passed,
                      all.deviations, all.not_offered);
  std::size_t shown = 0;
  for (const CaseResult& result : findings.results) {
    if (result.verdict.grade != Grade::kDeviates) continue;
    if (shown++ == kDeviationsShown) return text + "  …\n";
    text += fmt::format("{}  {}\n    expected {}\n    found    {}\n", shown == 1 ? "\n" : "",
                        result.one->id, result.one->expected.Describe(), result.verdict.found);
  }
  for (const auto& [section, seen] : findings.notices) {
    for (const std::string& fault : seen.faults) {
      text += fmt::format("  {} notice: {}\n", section, fault);
    }
  }
  return text;
}

std::string JsonReport(const Findings& findings, const contract::Contract& contract) {
  const Tally all = Count(findings, {});
  Json report{{"target", findings.target},      {"cases", all.cases()},
              {"passed", all.passed},           {"deviations", Deviations(findings)},
              {"not_offered", all.not_offered}, {"missing", Missing(findings, contract)},
              {"interfaces", Json::array()},    {"found", Json::array()}};
  for (const contract::Interface& interface : contract.interfaces()) {
    const Tally tally = Count(findings, interface.section);
    const NoticesSeen& seen = SeenOf(findings, interface.section);
    Json line{{"section", interface.section},
              {"title", interface.title},
              {"direction", DirectionName(interface)},
              {"cases", tally.cases()},
              {"passed", tally.passed},
              {"deviations", tally.deviations},
              {"not_offered", tally.not_offered}};
    line["notices"] = findings.listened && interface.ToPlatform()
                          ? Json{{"accepted", seen.accepted}, {"faults", seen.faults}}
                          : Json();
    report["interfaces"].push_back(std::move(line));
  }
  for (const CaseResult& result : findings.results) {
    if (result.verdict.grade != Grade::kDeviates) continue;
    report["found"].push_back({{"id", result.one->id},
                               {"expected", result.one->expected.Describe()},
                               {"found", result.verdict.found}});
  }
  return report.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string JunitReport(const Findings& findings, const contract::Contract& contract) {
  const Tally all = Count(findings, {});
  std::string text = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"conformance\" tests=\"{}\" "
      "failures=\"{}\" skipped=\"{}\">\n",
      all.cases(), all.deviations, all.not_offered);
  for (const contract::Interface& interface : contract.interfaces()) {
    const Tally tally = Count(findings, interface.section);
    const bool notices = findings.listened && interface.ToPlatform();
    if (tally.cases() == 0 && !notices) continue;
    text +=
        fmt::format("  <testsuite name=\"{} {}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">\n",
                    interface.section, Escaped(interface.title), tally.cases(), tally.deviations,
                    tally.not_offered);
    for (const CaseResult& result : findings.results) {
      if (result.one->interface == &interface) text += TestCase(result);
    }
    if (notices) text += NoticeCase(findings, interface);
    text += "  </testsuite>\n";
  }
  return text + "</testsuites>\n";
}

}  // namespace guarantee::platform_simulator::conformance
