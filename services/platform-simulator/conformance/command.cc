#include "platform-simulator/conformance/command.h"

#include <fmt/format.h>

#include <fstream>
#include <thread>

#include "base/clock.h"
#include "crypto/random.h"
#include "platform-simulator/applications.h"
#include "platform-simulator/conformance/arguments.h"
#include "platform-simulator/conformance/generate.h"
#include "platform-simulator/conformance/listener.h"
#include "platform-simulator/endpoints.h"

namespace guarantee::platform_simulator::conformance {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kNoticesEvery{200};
constexpr std::size_t kProgressEvery = 500;

// Whom to call, and where its notices can be seen.
struct Place {
  Target target;
  std::string partner;
  std::string platform_url;  // of a serving simulator; empty: unknown
};

Result<Place> FindPlace(const Options& options) {
  if (options.endpoints.empty()) {
    return Place{{options.target, options.user, options.password, options.roots}, {}, {}};
  }
  const auto endpoints = LoadEndpoints(options.endpoints);
  if (!endpoints) return tl::unexpected(endpoints.error());
  for (const PartnerEndpoint& partner : endpoints->partners) {
    if (!options.partner.empty() && partner.id != options.partner) continue;
    const std::string url = options.target.empty() ? endpoints->gateways.front() : options.target;
    return Place{
        {url, partner.user, partner.password, options.roots}, partner.id, partner.platform_url};
  }
  return Refused("usage", "no such partner", options.partner);
}

std::string RunDigits() {
  std::string digits;
  for (const char letter : NewRunNumber(SystemClock().Now())) {
    // The random end in hexadecimal becomes digits; numbers may be sent as such.
    digits += letter >= 'a' ? static_cast<char>(letter - 'a' + '0') : letter;
  }
  return digits;
}

std::vector<Case> Chosen(const contract::Contract& contract, const Options& options,
                         const Context& context) {
  std::vector<Case> cases = GenerateCases(contract, context);
  std::erase_if(cases, [&options](const Case& one) {
    return !options.sections.empty() && !options.sections.contains(one.interface->section);
  });
  return cases;
}

// Where the notices of this run are read, from its beginning on.
class Notices {
 public:
  Result<void> Begin(const Options& options, const Place& place,
                     std::shared_ptr<const contract::Contract> contract) {
    place_ = place;
    if (options.listen) {
      auto listener = Listener::Start(*options.listen, std::move(contract));
      if (!listener) return tl::unexpected(listener.error());
      listener_ = std::move(*listener);
      return {};
    }
    if (place.platform_url.empty()) return {};
    // A platform that is no simulator of ours keeps no receipts; then nothing is seen.
    const Result<Receipts> before = ReadReceipts(place.platform_url, place.partner, 0);
    if (before) since_ = before->next;
    return {};
  }
  [[nodiscard]] bool listened() const { return listener_ != nullptr || since_.has_value(); }
  // Until everything was seen, or for that long.
  void Await(std::chrono::seconds most, const contract::Contract& contract, Findings& findings) {
    findings.listened = listened();
    if (!findings.listened) return;
    const auto until = Steady::now() + most;
    do {
      findings.notices = Seen();
      if (Missing(findings, contract).empty()) return;
      std::this_thread::sleep_for(kNoticesEvery);
    } while (Steady::now() < until);
    findings.notices = Seen();
  }

 private:
  [[nodiscard]] std::map<std::string, NoticesSeen, std::less<>> Seen() const {
    if (listener_) return listener_->Seen();
    const auto receipts = ReadReceipts(place_.platform_url, place_.partner, *since_);
    if (!receipts) return {};
    return receipts->seen;
  }

  Place place_;
  std::unique_ptr<Listener> listener_;
  std::optional<std::int64_t> since_;
};

int Fail(const Error& error, std::ostream& errors) {
  errors << "platform-simulator: " << error.message
         << (error.field.empty() ? "" : ": " + error.field) << '\n';
  const bool usage = error.code == "usage" || error.code == "endpoints" ||
                     error.code == "http.url" || error.code == "conformance.listen";
  return usage ? kExitUsage : kExitUnreachable;
}

int List(const std::vector<Case>& cases, std::ostream& out) {
  for (const Case& one : cases) out << one.id << "  " << one.expected.Describe() << '\n';
  out << cases.size() << " cases\n";
  return kExitConforms;
}

std::string Render(const Options& options, const Findings& findings,
                   const contract::Contract& contract) {
  if (options.format == "json") return JsonReport(findings, contract);
  if (options.format == "junit") return JunitReport(findings, contract);
  return Table(findings, contract);
}

bool Write(const Options& options, const std::string& report, std::ostream& out) {
  if (options.out.empty()) return static_cast<bool>(out << report << std::flush);
  std::ofstream file(options.out, std::ios::binary);
  file << report << std::flush;
  return file.good();
}

int Conclude(const Options& options, const Findings& findings, const contract::Contract& contract,
             std::ostream& errors) {
  const std::vector<std::string> missing = Missing(findings, contract);
  if (!missing.empty()) errors << fmt::format("{}\n", fmt::join(missing, ", "));
  if (Deviations(findings) > 0) return kExitDeviates;
  return options.require_all && !missing.empty() ? kExitDeviates : kExitConforms;
}

int Run(const Options& options, const std::shared_ptr<const contract::Contract>& contract,
        std::ostream& out, std::ostream& errors) {
  const Result<Place> place = FindPlace(options);
  if (!place) return Fail(place.error(), errors);
  const Context context{RunDigits(), SystemClock().Now(), place->target.user};
  const std::vector<Case> cases = Chosen(*contract, options, context);
  if (cases.empty()) return Fail({ErrorKind::kRefused, "usage", {}, "no such section"}, errors);
  Result<Runner> runner = Runner::Connect(place->target, *contract);
  if (!runner) return Fail(runner.error(), errors);
  Notices notices;
  if (Result<void> begun = notices.Begin(options, *place, contract); !begun) {
    return Fail(begun.error(), errors);
  }
  std::size_t done = 0;
  Findings findings{place->target.url, {}, false, {}};
  findings.results = runner->Run(cases, [&](const CaseResult&) {
    if (++done % kProgressEvery == 0) errors << done << " of " << cases.size() << " cases\n";
  });
  notices.Await(options.wait, *contract, findings);
  if (!Write(options, Render(options, findings, *contract), out)) {
    return Fail({ErrorKind::kRefused, "usage", {}, "cannot write " + options.out}, errors);
  }
  return Conclude(options, findings, *contract, errors);
}

}  // namespace

int RunCommand(std::span<const std::string> words, std::ostream& out, std::ostream& errors) {
  const Result<Options> options = ParseArguments(words);
  if (!options) return Fail(options.error(), errors);
  const auto contract = contract::Contract::Load();
  if (!contract) return Fail(contract.error(), errors);
  if (options->list) {
    const Context context{RunDigits(), SystemClock().Now(), "user"};
    return List(Chosen(**contract, *options, context), out);
  }
  return Run(*options, *contract, out, errors);
}

}  // namespace guarantee::platform_simulator::conformance
