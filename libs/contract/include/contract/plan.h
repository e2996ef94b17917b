// The options of one message, compiled: plain values that decoding and encoding walk without
// touching descriptors' options again. Immutable after Contract::Load, safe from every thread.
#pragma once

#include <google/protobuf/descriptor.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace guarantee::contract {

// The numbers are those of guarantee.contract.v1.FieldKind, where each is explained.
enum class FieldKind {
  kText = 1,
  kIdentity = 2,
  kListed = 3,
  kTime = 4,
  kMoney = 5,
  kRate = 6,
  kAttachment = 7,
  kDocument = 8,
  kNumber = 9,
};

// The numbers are those of guarantee.contract.v1.Switch.
enum class Switch {
  kNone = 0,
  kCompatSample31 = 1,
  kRelaxedInvoice = 2,
  kRemarkOnFailure = 3,
  kDualResult = 4,
};

struct ListedValue {
  std::string wire;
  int number = 0;
  std::string title;
};

// Holds when the sibling at index `field` has enum number `value` and `unless` is off.
struct ConditionPlan {
  std::size_t field = 0;
  int value = 0;
  Switch unless = Switch::kNone;
};

inline constexpr std::size_t kNoField = static_cast<std::size_t>(-1);

struct FieldPlan {
  const google::protobuf::FieldDescriptor* descriptor = nullptr;
  std::string name;   // in the message
  std::string wire;   // on the wire
  std::string title;  // in the document
  FieldKind kind = FieldKind::kText;
  std::size_t max_length = 0;       // declared, code points; 0: none
  std::size_t accepted_length = 0;  // the most taken in, code points; 0: none
  std::size_t sent_length = 0;      // the most written, code points; 0: none
  bool required = false;
  bool expected = false;
  bool sealed = false;
  bool sensitive = false;
  bool outside_digest = false;
  bool keep_empty = false;
  bool only_on_success = false;
  bool receive_only = false;
  bool whole = false;
  bool ours = false;
  bool warn_uscc = false;
  bool prefer_wire = false;
  std::vector<ConditionPlan> required_if;
  std::vector<ConditionPlan> strict_uscc_if;
  std::size_t default_from = kNoField;
  Switch default_when = Switch::kNone;
  Switch only_when = Switch::kNone;
  std::string also_wire;
  Switch only_when_also = Switch::kNone;
  std::vector<ListedValue> values;  // kListed: in declared order
  std::string deviation;
  std::string sample;
  std::vector<std::size_t> keys;  // indexes into MessagePlan::keys, the declared key first
};

// One key that is read, declared or alias.
struct KeyPlan {
  std::string key;
  std::size_t field = 0;
};

struct MessagePlan {
  const google::protobuf::Descriptor* descriptor = nullptr;
  std::vector<FieldPlan> fields;  // in the document's order
  std::vector<KeyPlan> keys;

  // By name in the message; null when there is none.
  [[nodiscard]] const FieldPlan* Find(std::string_view name) const;
  // By name on the wire, aliases not counted.
  [[nodiscard]] const FieldPlan* FindWire(std::string_view wire) const;
  // Index into `keys`, or kNoField.
  [[nodiscard]] std::size_t FindKey(std::string_view key) const;
};

}  // namespace guarantee::contract
