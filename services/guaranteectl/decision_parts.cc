#include "guaranteectl/decision_parts.h"

#include <fmt/format.h>

#include <fstream>

#include "base/clock.h"
#include "base/money.h"
#include "crypto/digest.h"
#include "crypto/identifier.h"
#include "guarantee/rpc/v1/order.grpc.pb.h"
#include "guaranteectl/client.h"

namespace guarantee::guaranteectl {
namespace {

namespace event = guarantee::event::v1;
namespace v1 = guarantee::rpc::v1;

// What a decision may carry itself; larger files are uploaded first.
constexpr std::size_t kInlineBytesMax = 512U << 10;
constexpr std::size_t kChunkBytes = 64U << 10;
constexpr std::size_t kFileBytesMax = 24U << 20;

Result<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Refused(kUsageCode, "cannot read " + path);
  std::string bytes(kFileBytesMax + 1, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  if (bytes.size() > kFileBytesMax) return Refused("letter.size", path + " exceeds 24 MiB");
  if (bytes.empty()) return Refused("letter.size", path + " is empty");
  return bytes;
}

Result<void> Upload(const std::string& tls_folder, const std::string& address,
                    const std::string& bytes, v1::DocumentHead& head) {
  const auto stub = v1::OrderService::NewStub(rpc::Connect(address, tls_folder));
  grpc::ClientContext context;
  rpc::SetDeadline(context, kCallTimeout);
  const auto writer = stub->PutDocument(&context, &head);
  for (std::size_t at = 0; at < bytes.size(); at += kChunkBytes) {
    v1::DocumentChunk chunk;
    chunk.set_data(bytes.substr(at, kChunkBytes));
    if (!writer->Write(chunk)) break;  // Finish says why
  }
  writer->WritesDone();
  const grpc::Status status = writer->Finish();
  if (status.ok()) return {};
  return tl::unexpected(rpc::ToError(status));
}

std::string SentenceOf(const Outcome& outcome) {
  std::string sentence = fmt::format("{}: {}", outcome.business_no, outcome.result);
  if (!outcome.reason.empty()) sentence += fmt::format(" ({})", outcome.reason);
  if (!outcome.text.empty()) sentence += fmt::format(" {}", outcome.text);
  return sentence;
}

}  // namespace

std::string DecisionId(const Arguments& arguments) {
  std::string given = arguments.Value("--decision-id");
  if (!given.empty()) return given;
  return crypto::MakeIdentifier(SystemClock().Now(), crypto::SystemRandom());
}

Result<void> AttachLetter(const Context& context, const std::string& path,
                          event::SuppliedLetter& letter) {
  const Result<std::string> bytes = ReadFile(path);
  if (!bytes) return tl::unexpected(bytes.error());
  const std::string digest = crypto::ToHex(crypto::Sha256(*bytes));
  letter.set_sha256(digest);
  if (bytes->size() <= kInlineBytesMax) {
    letter.set_file(*bytes);
    return {};
  }
  Result<void> put = CheckAddresses(context.endpoints.order, "order");
  for (const std::string& address : context.endpoints.order) {
    v1::DocumentHead head;
    put = Upload(context.endpoints.tls_folder, address, *bytes, head);
    if (put && head.sha256() != digest) {
      return Permanent("letter.digest", "the service stored other bytes than were sent");
    }
    if (put || put.error().kind != ErrorKind::kRetryable) return put;
  }
  return put;
}

Result<std::int64_t> FenOf(const Arguments& arguments, std::string_view option) {
  const Result<Money> amount = Money::Parse(arguments.Value(option));
  if (!amount) {
    return Refused(kUsageCode, fmt::format("{} must be an amount as in 500.00", option));
  }
  return amount->fen;
}

Report ReportOf(const Outcome& outcome) {
  Report report;
  report.document = {{"decision_id", outcome.decision_id},
                     {"result", outcome.result},
                     {"businessNo", outcome.business_no}};
  if (!outcome.reason.empty()) report.document["reason"] = outcome.reason;
  if (!outcome.text.empty()) report.document["text"] = outcome.text;
  if (outcome.result == "refused" || !outcome.reason.empty()) {
    report.exit = Exit::kRefused;
    report.warning = "refused: " + SentenceOf(outcome);
    return report;
  }
  report.text = SentenceOf(outcome) + fmt::format(", decision {}\n", outcome.decision_id);
  return report;
}

}  // namespace guarantee::guaranteectl
