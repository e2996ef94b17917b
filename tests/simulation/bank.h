// The institution's people and systems: they look at what is open and decide, mostly as they
// should, sometimes twice or against each other; over the decisions topics or by a call.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "book.h"
#include "checks.h"
#include "desks.h"
#include "messaging/write_store.h"
#include "scene.h"

namespace guarantee::simulation {

class Bank {
 public:
  Bank(Scene& scene, Book& book, Nodes nodes, order::OrderTasks& orders)
      : scene_(scene), book_(book), nodes_(nodes), orders_(orders) {}

  // One decision about something.
  void Step();
  // By a call only: also in the middle of another transaction on the same row.
  void CallOn(const messaging::StoredRow& row, Node& node);
  // Ends what waits for people, for the time when nobody sends anything any more; whether there
  // was something.
  [[nodiscard]] bool Close();

 private:
  void About(Node& node, const messaging::StoredRow& row, bool call);
  void AboutOrder(const messaging::StoredRow& row, bool call);
  void AboutGuarantee(const messaging::StoredRow& row, bool call);
  void AboutClaims(const messaging::StoredRow& row, bool call);
  void AboutCredit(const messaging::StoredRow& row, bool call);
  void AboutInvoices(const messaging::StoredRow& row, bool call);
  void Early();
  [[nodiscard]] bool CloseClaim(const messaging::StoredRow& row);
  template <typename Message>
  [[nodiscard]] Message Head();
  template <typename Message>
  void Give(Node& node, const char* topic, const messaging::StoredRow& row, Message message,
            bool call);

  Scene& scene_;
  Book& book_;
  const Nodes nodes_;
  order::OrderTasks& orders_;
  std::uint64_t last_ = 0;  // decision, payment, number
};

}  // namespace guarantee::simulation
