#include "platform-simulator/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <mutex>
#include <thread>
#include <vector>

#include "contract/encode.h"
#include "crypto/digest.h"
#include "messaging/event.h"
#include "platform-simulator/applications.h"
#include "platform-simulator/http_call.h"
#include "platform-simulator/receipts.h"

namespace guarantee::platform_simulator {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kRequestTimeout{10'000};
constexpr Money kAmount{500'000'00};

class History {
 public:
  explicit History(const std::string& file) : stream_(file, std::ios::binary | std::ios::trunc) {}
  void Write(const Json& line) {
    const std::string text = line.dump(-1, ' ', false, Json::error_handler_t::replace);
    const std::lock_guard lock(mutex_);
    stream_ << text << '\n' << std::flush;
  }
  [[nodiscard]] bool good() const { return stream_.good(); }

 private:
  std::mutex mutex_;
  std::ofstream stream_;
};

struct Outcome {
  std::string type;
  int status = 0;
  std::string code;
  std::string message;
};

struct Tally {
  std::int64_t ok = 0;
  std::int64_t fail = 0;
  std::int64_t unknown = 0;
  std::vector<std::int64_t> micros;  // of the first attempts that were accepted
};

// What all connections share.
struct Load {
  const PlayOptions& options;
  const PlayEndpoints& endpoints;
  const contract::Interface& apply;
  History& history;
  const std::string run;
  const Steady::time_point begin = Steady::now();
  std::atomic<std::int64_t> taken{0};
};

Outcome Judge(const contract::Interface& apply, const Result<HttpAnswer>& answer) {
  if (!answer) return {"info", 0, {}, Describe(answer.error())};
  const contract::PlatformAnswer read = contract::ReadAnswer(apply, answer->body);
  Outcome outcome{"info", answer->status, read.code, read.message};
  if (answer->status == 200 && read.verdict == contract::Verdict::kAccepted) outcome.type = "ok";
  // A definite no; everything of 500 and above may have had its effect.
  const bool definite = answer->status >= 200 && answer->status < 500;
  if (definite && read.verdict == contract::Verdict::kRefused) outcome.type = "fail";
  return outcome;
}

// One connection: one request in flight, taken from the common schedule.
class Worker {
 public:
  Worker(Load& load, int number) : load_(load), number_(number) {}

  Result<void> Run() {
    for (const PartnerEndpoint& partner : load_.endpoints.partners) {
      auto sealer = Sealer::Make("S1");
      if (!sealer) return tl::unexpected(sealer.error());
      sealers_[partner.id] = std::move(*sealer);
    }
    while (true) {
      const std::int64_t turn = load_.taken++;
      const auto due =
          load_.begin + std::chrono::microseconds(turn * 1'000'000 / load_.options.rate);
      if (due >= load_.begin + std::chrono::seconds(load_.options.seconds)) return {};
      std::this_thread::sleep_until(due);
      if (Result<void> sent = One(turn); !sent) return sent;
    }
  }
  [[nodiscard]] Tally&& TakeTally() { return std::move(tally_); }

 private:
  Result<void> One(std::int64_t turn);
  Result<void> Connect();
  Outcome Attempt(const PartnerEndpoint& partner, const std::string& body, Json head, int attempt);

  Load& load_;
  const int number_;
  std::size_t gateway_ = static_cast<std::size_t>(number_);
  std::unique_ptr<HttpConnection> connection_;
  std::map<std::string, std::unique_ptr<Sealer>> sealers_;
  Tally tally_;
};

// The next replica each time one has failed us.
Result<void> Worker::Connect() {
  if (connection_) return {};
  const auto& gateways = load_.endpoints.gateways;
  auto made = HttpConnection::Make(gateways[gateway_++ % gateways.size()], kRequestTimeout);
  if (!made) return tl::unexpected(made.error());
  connection_ = std::move(*made);
  return {};
}

Outcome Worker::Attempt(const PartnerEndpoint& partner, const std::string& body, Json head,
                        int attempt) {
  head["attempt"] = attempt;
  head["time"] = messaging::ToRfc3339(SystemClock().Now());
  head["type"] = "invoke";
  load_.history.Write(head);
  Outcome outcome =
      Judge(load_.apply, connection_->Post(load_.apply.path, partner.user, partner.password, body));
  head["time"] = messaging::ToRfc3339(SystemClock().Now());
  head["type"] = outcome.type;
  head["status"] = outcome.status;
  head["code"] = outcome.code;
  head["message"] = outcome.message;
  load_.history.Write(head);
  return outcome;
}

Result<void> Worker::One(std::int64_t turn) {
  const auto& partners = load_.endpoints.partners;
  const PartnerEndpoint& partner = partners[static_cast<std::size_t>(turn) % partners.size()];
  // The partners' numbers are the same on purpose.
  const std::int64_t number = turn / static_cast<std::int64_t>(partners.size());
  const Application application{fmt::format("YW{}-{}", load_.run, number),
                                fmt::format("DD{}-{}", load_.run, number), kAmount};
  const Result<std::string> body =
      WriteApplication(load_.apply, application, SystemClock().Now(), *sealers_[partner.id]);
  if (!body) return tl::unexpected(body.error());
  const Json head{{"time", ""},
                  {"connection", number_},
                  {"attempt", 0},
                  {"type", ""},
                  {"partner", partner.id},
                  {"business_no", application.business_no},
                  {"order_no", application.order_no},
                  {"body_sha256", crypto::ToHex(crypto::Sha256(*body))}};
  const auto begun = Steady::now();
  for (int attempt = 1;; ++attempt) {
    if (Result<void> connected = Connect(); !connected) return connected;
    const Outcome outcome = Attempt(partner, *body, head, attempt);
    const auto spent = Steady::now() - begun;
    if (outcome.type == "ok") {
      ++tally_.ok;
      if (attempt == 1) {
        tally_.micros.push_back(
            std::chrono::duration_cast<std::chrono::microseconds>(spent).count());
      }
      return {};
    }
    if (outcome.type == "fail") return ++tally_.fail, Result<void>();
    connection_.reset();
    if (spent > load_.options.request_timeout) return ++tally_.unknown, Result<void>();
    std::this_thread::sleep_for(kAttemptPause);
  }
}

std::int64_t Percentile(const std::vector<std::int64_t>& sorted, std::size_t percent) {
  if (sorted.empty()) return 0;
  return sorted[std::min(sorted.size() - 1, sorted.size() * percent / 100)];
}

void Print(Tally& tally, std::chrono::duration<double> spent, std::ostream& out) {
  std::sort(tally.micros.begin(), tally.micros.end());
  out << fmt::format(
             "{} accepted, {} refused, {} unknown; {:.0f} accepted a second; first attempts: "
             "median {:.1f} ms, 99 % {:.1f} ms\n",
             tally.ok, tally.fail, tally.unknown, static_cast<double>(tally.ok) / spent.count(),
             static_cast<double>(Percentile(tally.micros, 50)) / 1000.0,
             static_cast<double>(Percentile(tally.micros, 99)) / 1000.0)
      << std::flush;
}

}  // namespace

Result<bool> RunLoad(const PlayOptions& options, const PlayEndpoints& endpoints,
                     const contract::Contract& contract, std::ostream& out) {
  History history(options.history);
  if (!history.good()) return Refused("load.history", "cannot write " + options.history);
  Load load{options, endpoints, *FindOrderInterfaces(contract).apply, history,
            NewRunNumber(SystemClock().Now())};
  std::vector<std::unique_ptr<Worker>> workers;
  std::vector<Result<void>> results(static_cast<std::size_t>(options.connections));
  std::vector<std::jthread> threads;
  for (int number = 0; number < options.connections; ++number) {
    workers.push_back(std::make_unique<Worker>(load, number));
    threads.emplace_back(
        [worker = workers.back().get(), result = &results[static_cast<std::size_t>(number)]] {
          *result = worker->Run();
        });
  }
  for (std::jthread& thread : threads) thread.join();
  Tally total;
  for (const auto& worker : workers) {
    const Tally tally = worker->TakeTally();
    total.ok += tally.ok;
    total.fail += tally.fail;
    total.unknown += tally.unknown;
    total.micros.insert(total.micros.end(), tally.micros.begin(), tally.micros.end());
  }
  for (const Result<void>& result : results) {
    if (!result) return tl::unexpected(result.error());
  }
  if (!history.good()) return Retryable("load.history", "the history is incomplete");
  Print(total, Steady::now() - load.begin, out);
  return total.fail == 0 && total.unknown == 0;
}

}  // namespace guarantee::platform_simulator
