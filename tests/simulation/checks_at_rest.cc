// What holds once everything has come to rest: nothing is owed, nothing is lost, sums agree.
#include <array>
#include <charconv>

#include "checks.h"
#include "claim/adapters/claim_codec.h"
#include "contract/flow.h"
#include "credit/adapters/credit_codec.h"
#include "desks.h"
#include "order/adapters/guarantee_codec.h"
#include "order/adapters/order_codec.h"
#include "order/app/rows.h"

namespace guarantee::simulation {
namespace {

// The notice that answers a request.
struct Answer {
  const char* request;
  const char* notice;
};
constexpr std::array<Answer, 8> kAnswers{{{"3.1", "3.2"},
                                          {"3.3", "3.4"},
                                          {"3.5", "3.6"},
                                          {"3.7", "3.8"},
                                          {"3.9", "3.10"},
                                          {"3.11", "3.12"},
                                          {"3.13", "3.14"},
                                          {"3.15", "3.16"}}};

std::string NoticeOf(const std::string& section) {
  for (const Answer& answer : kAnswers) {
    if (section == answer.request) return answer.notice;
  }
  return {};
}

// A repeat of these is answered anew, from the state that has been reached since.
bool AnsweredAnew(const std::string& section) { return section == "3.3" || section == "3.9"; }

std::int64_t Number(std::string_view text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  (void)std::from_chars(text.data(), end, value);
  return value;
}

}  // namespace

void Checks::AtRest() {
  OutcomesAtRest();
  OrdersAtRest();
  MoneyAtRest();
  PremiumsAtRest();
  CreditAtRest();
  TopicsAtRest();
}

bool Checks::Succeeded(const RequestKey& notice) const {
  const auto found = book_.told.find(notice);
  return found != book_.told.end() && !found->second.successes.empty();
}

void Checks::OutcomesAtRest() {
  for (const auto& [key, asked] : book_.asked) {
    const auto found = book_.told.find({key.partner, NoticeOf(key.section), key.business_no});
    const Told told = found == book_.told.end() ? Told{} : found->second;
    const std::string what = key.section + " " + key.business_no + " of " + key.partner;
    const bool any = !told.successes.empty() || !told.failures.empty();
    // A line may be given up after it was granted and told.
    if (asked.withdrawn && any && key.section != "3.5") {
      scene_.Violated(what + ": withdrawn, and an outcome was told");
    }
    // The answer to 3.3 ends the order and says so for both.
    const bool closed = key.section == "3.1" && Succeeded({key.partner, "3.4", key.business_no});
    if (!asked.withdrawn && !any && !closed) scene_.Violated(what + ": no outcome was told");
    if (AnsweredAnew(key.section)) continue;
    if (!told.successes.empty() && !told.failures.empty()) {
      scene_.Violated(what + ": two contrary outcomes were told");
    }
    if (told.successes.size() > 1 && key.section != "3.7") {
      scene_.Violated(what + ": done twice");
    }
  }
}

void Checks::OrdersAtRest() {
  for (const auto& [flow, state] : orders_) {
    if (!order::IsEnded(state) && state != order::State::kIssued) {
      scene_.Violated("order " + flow + ": neither issued nor ended");
    }
  }
  for (const auto& [flow, letter] : letters_) {
    if (!order::letter::IsEnded(letter.state)) {
      scene_.Violated("guarantee " + flow + ": lives on after its validity");
    }
  }
  for (Node* node : {nodes_.order, nodes_.claim, nodes_.credit, nodes_.invoice}) {
    for (const auto& [key, row] : node->store().rows()) {
      if (key.kind == node->waiting_kind() && !row.state.empty()) {
        scene_.Violated(node->name() + " " + key.id + ": records wait for ever");
      }
    }
  }
}

void Checks::MoneyAtRest() {
  std::map<std::string, std::int64_t> paid;
  for (const auto& [key, stored] : nodes_.claim->store().rows()) {
    if (key.kind != claim::kClaimsKind) continue;
    const auto row = claim::ParseClaims(stored.state);
    if (!row) continue;
    const std::string flow =
        contract::JoinFlow(row->partner, contract::FlowKind::kGuarantee, row->guarantee_no);
    for (const claim::Claim& claim : row->claims) {
      if (claim.state == claim::State::kPaid) paid[flow] += claim.paid.value_or(Money{}).fen;
      if (claim::IsOpen(claim.state)) scene_.Violated("claim " + key.id + ": open for ever");
    }
  }
  for (const auto& [key, stored] : nodes_.order->store().rows()) {
    if (key.kind != order::kGuaranteeKind || stored.state.empty()) continue;
    const auto record = order::letter::ParseGuarantee(stored.state);
    if (!record || !record->guarantee) continue;
    const std::int64_t gone = record->guarantee->amount.fen - record->guarantee->available.fen;
    if (gone != paid[key.id]) {
      scene_.Violated("guarantee " + key.id + ": " + std::to_string(gone) + " fen are gone, " +
                      std::to_string(paid[key.id]) + " were paid");
    }
    if (record->guarantee->hold) scene_.Violated("guarantee " + key.id + ": held for ever");
    paid.erase(key.id);
  }
  for (const auto& [flow, amount] : paid) {
    if (amount != 0) scene_.Violated("guarantee " + flow + ": paid, and is not there");
  }
}

// Every payment is known to its order, and kept for a letter that stands or on its way back, once.
void Checks::PremiumsAtRest() {
  std::map<std::string, std::set<std::string>> known;
  for (const auto& [key, stored] : nodes_.order->store().rows()) {
    if (key.kind != order::kOrderKind) continue;
    const auto order = order::ParseOrder(stored.state);
    if (!order) continue;
    known[key.id].insert(order->payment_references.begin(), order->payment_references.end());
    for (const std::string& reference : order->payment_references) {
      bool kept = order->state == order::State::kIssued && order->premium &&
                  order->premium->reference == reference;
      if (kept) {
        const auto letter = letters_.find(contract::JoinFlow(
            order->partner, contract::FlowKind::kGuarantee, order->letter->guarantee_no));
        kept = letter != letters_.end() && letter->second.state != order::letter::State::kRefunded;
      }
      const bool waived =
          order->premium && order->premium->waived && order->premium->reference == reference;
      const bool returned = book_.returned.contains(reference);
      if (!waived && kept == returned) {
        scene_.Violated("premium " + reference + " of " + key.id +
                        (kept ? ": kept and given back" : ": neither kept nor given back"));
      }
    }
  }
  for (const Paid& paid : book_.payments) {
    if (!known[paid.order_flow].contains(paid.reference)) {
      scene_.Violated("premium " + paid.reference + " of " + paid.order_flow + ": forgotten");
    }
  }
}

void Checks::CreditAtRest() {
  for (const auto& [key, stored] : nodes_.credit->store().rows()) {
    if (key.kind != credit::kCreditsKind) continue;
    const auto row = credit::ParseCredit(stored.state);
    if (!row) continue;
    if (credit::ReservedOf(*row) != Money{}) {
      scene_.Violated("credit " + key.id + ": reserved for ever");
    }
  }
}

// As a subscriber reads them: a flow's records by sequence without a gap, a repeat is the same
// event, and nothing of one partner speaks of another.
void Checks::TopicsAtRest() {
  for (const auto& [source, log] : scene_.bus.logs()) {
    std::map<std::string, std::map<std::int64_t, std::string_view>> flows;
    for (const messaging::Delivered& record : log) {
      const std::int64_t sequence = Number(record.FindHeader("ce_sequence"));
      const std::string_view partner = record.FindHeader("ce_source");
      for (const char* const other : kPartnerIds) {
        if (partner != other && (record.value.find(other) != std::string::npos ||
                                 record.key.find(other) != std::string::npos)) {
          scene_.Violated("a record on " + source.topic + " of " + std::string(partner) +
                          " names " + other);
        }
      }
      if (sequence == 0) continue;
      auto& seen = flows[record.key];
      const std::string_view id = record.FindHeader("ce_id");
      const auto [at, first] = seen.try_emplace(sequence, id);
      if (!first && at->second != id) {
        scene_.Violated("flow " + record.key + " on " + source.topic + ": two events are number " +
                        std::to_string(sequence));
      }
      if (first && sequence != static_cast<std::int64_t>(seen.size())) {
        scene_.Violated("flow " + record.key + " on " + source.topic + ": number " +
                        std::to_string(sequence) + " came too early");
      }
    }
  }
}

}  // namespace guarantee::simulation
