// The interface document as data: every interface with its options compiled. Loaded once at start
// from the descriptors linked into the program and never changed; safe from every thread.
#pragma once

#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/message.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "contract/plan.h"

namespace guarantee::contract {

// The numbers of these four are those of their namesakes in guarantee.contract.v1.
enum class Direction { kPlatformToInstitution = 1, kInstitutionToPlatform = 2, kBoth = 3 };
enum class FlowKind { kOrder = 1, kGuarantee = 2, kClaim = 3, kInvoice = 4, kCredit = 5 };
enum class AnswerShape { kPlain = 1, kRedirect = 2, kWithdrawal = 3, kCreditCheck = 4 };
enum class NotAfter { kNever = 0, kPurchaseDeadline = 1, kOpening = 2 };

// Where the number of the flow key comes from.
struct FlowPlan {
  FlowKind kind = FlowKind::kOrder;
  const FieldPlan* field = nullptr;
  bool keyed_hash = false;  // the number is a keyed hash of the field
  std::string through;      // the section whose register row resolves the field; empty: none
};

// What the gateway's register keeps; `number` null: the interface has no register.
struct RegisterPlan {
  const FieldPlan* number = nullptr;
  std::vector<const FieldPlan*> unique;
};

struct Interface {
  Interface() = default;
  Interface(const Interface&) = delete;
  Interface& operator=(const Interface&) = delete;
  Interface(Interface&&) = default;
  Interface& operator=(Interface&&) = default;
  ~Interface() = default;

  std::string section;  // "3.1"
  std::string title;    // the document's heading
  std::string path;     // without a leading slash
  Direction direction = Direction::kPlatformToInstitution;
  bool synchronous = false;   // answered by the service, not by the gateway
  std::string service;        // "order", "credit", "claim" or "invoice"
  std::string request_topic;  // empty: we never receive it
  std::string notice_topic;   // empty: we never send it
  FlowPlan flow;
  RegisterPlan registered;
  AnswerShape answer = AnswerShape::kPlain;
  bool wrapped_out = false;
  bool array_in = false;
  std::string answers;                // section of the request that this notice answers
  const FieldPlan* result = nullptr;  // says success or failure; null: no such field
  const FieldPlan* reason = nullptr;  // carries the reason of a failure; null: none
  NotAfter not_after = NotAfter::kNever;
  std::size_t body_limit_bytes = 0;
  std::size_t string_limit_bytes = 0;
  std::string wrapper;  // the key that notices are wrapped in
  MessagePlan message;
  MessagePlan reply;
  const google::protobuf::MethodDescriptor* method = nullptr;
  const google::protobuf::Message* prototype = nullptr;  // owned by its factory

  [[nodiscard]] bool FromPlatform() const { return direction != Direction::kInstitutionToPlatform; }
  [[nodiscard]] bool ToPlatform() const { return direction != Direction::kPlatformToInstitution; }
};

class Contract {
 public:
  // Compiles the table linked into this program. Any finding of the lint refuses it (permanent,
  // "contract.lint"), and so does a program without the descriptors ("contract.missing").
  [[nodiscard]] static Result<std::shared_ptr<const Contract>> Load();
  // The same for any table, as one read from a descriptor set; the service's pool must outlive the
  // contract, and the contract the messages that are decoded by it.
  [[nodiscard]] static Result<std::shared_ptr<const Contract>> Load(
      const google::protobuf::ServiceDescriptor& service);

  // By path without leading slash or prefix, exact and case-sensitive; null: unknown. Returns
  // interfaces of both directions: a server asks FromPlatform() (the simulator ToPlatform()).
  [[nodiscard]] const Interface* FindPath(std::string_view path) const;
  // The same for a request target as it comes over HTTP: query, leading and doubled slashes, one
  // trailing slash and the prefix are taken off first (rulings 2.1).
  [[nodiscard]] const Interface* Route(std::string_view target) const;
  [[nodiscard]] const Interface* FindSection(std::string_view section) const;
  // By full message name; null when no interface carries it.
  [[nodiscard]] const Interface* FindMessage(std::string_view full_name) const;
  // The notice that answers this request; null: it has none.
  [[nodiscard]] const Interface* NoticeOf(const Interface& request) const;
  // In the document's order.
  [[nodiscard]] const std::vector<Interface>& interfaces() const { return interfaces_; }
  // What the document's base address ends in, with its trailing slash.
  [[nodiscard]] const std::string& prefix() const { return prefix_; }
  [[nodiscard]] const google::protobuf::ServiceDescriptor& service() const { return *service_; }

 private:
  Contract() = default;
  void Index();

  const google::protobuf::ServiceDescriptor* service_ = nullptr;
  // Makes the messages of a table that is not linked in.
  google::protobuf::DynamicMessageFactory dynamic_;
  std::string prefix_;
  std::vector<Interface> interfaces_;
  std::unordered_map<std::string_view, const Interface*> by_path_;
  std::unordered_map<std::string_view, const Interface*> by_section_;
  std::unordered_map<std::string_view, const Interface*> by_message_;
  std::unordered_map<std::string_view, const Interface*> by_answered_;
};

// The message's empty instance, owned by the caller.
[[nodiscard]] std::unique_ptr<google::protobuf::Message> NewMessage(const Interface& interface);

}  // namespace guarantee::contract
