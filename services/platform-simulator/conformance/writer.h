// What all generators of cases share: valid bodies with numbers of their own, and the verdict of a
// body without fault.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "platform-simulator/conformance/body.h"
#include "platform-simulator/conformance/case.h"

namespace guarantee::platform_simulator::conformance {

// What the cases of one run have in common.
struct Context {
  std::string run;                    // digits that no earlier run used; at most 24
  UnixMillis now;                     // the times in the bodies are relative to it
  std::string user;                   // for the case that spells its password wrong
  mutable std::uint64_t counter = 1;  // of the numbers given out
};

// Writes the cases of one interface. Not thread-safe.
class CaseWriter {
 public:
  CaseWriter(const contract::Interface& interface, const contract::Contract& contract,
             const Context& context, std::vector<Case>& cases);

  [[nodiscard]] const contract::Interface& interface() const { return interface_; }
  [[nodiscard]] const contract::Contract& contract() const { return contract_; }
  [[nodiscard]] const Context& context() const { return context_; }

  // Digits that no other call of the run gives.
  [[nodiscard]] std::string Number();
  // Every field with a valid value, the numbers new.
  [[nodiscard]] Body Base();
  // A valid value for the field, as a token; new where it is a number.
  [[nodiscard]] std::string ValueOf(const contract::FieldPlan& field);
  // Another valid value than `token`, as a token.
  [[nodiscard]] std::string OtherValueOf(const contract::FieldPlan& field, std::string_view token);
  // Whether one of the conditions holds for a body with these members.
  [[nodiscard]] bool AnyHolds(const std::vector<contract::ConditionPlan>& conditions,
                              const Body& body) const;
  // The base, changed so that none of the conditions holds.
  [[nodiscard]] Body BaseWithout(const std::vector<contract::ConditionPlan>& conditions);

  // What a body without fault gets: accepted, or refused because its numbers are unknown.
  [[nodiscard]] Expectation Clean() const;
  [[nodiscard]] Expectation Refused(std::string_view wire) const;
  [[nodiscard]] Expectation Malformed() const;

  [[nodiscard]] Request Post(std::string body) const;
  // `name` is what follows the section in the id.
  void Add(const std::string& name, std::vector<Request> requests, Expectation expected);
  void Add(const std::string& name, const std::string& body, Expectation expected);
  // A body that is refused, then one that is not: the first must not have used anything up.
  void AddCorrected(const std::string& name, const std::string& refused,
                    const std::string& corrected);
  // The base with one field's value replaced.
  void AddField(const contract::FieldPlan& field, const std::string& name, std::string token,
                Expectation expected);

 private:
  [[nodiscard]] std::string TimeOf(const contract::FieldPlan& field) const;

  const contract::Interface& interface_;
  const contract::Contract& contract_;
  const Context& context_;
  std::vector<Case>& cases_;
};

// Names something of the sender's or ours, and is no code of a person.
[[nodiscard]] bool IsNumber(const contract::FieldPlan& field);
// The platform sends it: no switch's extra, and not what only the other side writes.
[[nodiscard]] bool IsSent(const contract::FieldPlan& field);

}  // namespace guarantee::platform_simulator::conformance
