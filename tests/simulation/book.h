// What the platform asked and what it was told: every acknowledged request has one outcome.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace guarantee::simulation {

struct RequestKey {
  std::string partner;
  std::string section;
  std::string business_no;

  auto operator<=>(const RequestKey&) const = default;
};

struct Asked {
  std::string number;      // of the order, the guarantee or the applicant
  bool withdrawn = false;  // by a call that was answered with success
};

// By identities of notices: a repeat of one is no second notice.
struct Told {
  std::set<std::string> successes;
  std::set<std::string> failures;
};

// A premium that reached us by a decision of its own.
struct Paid {
  std::string order_flow;
  std::string reference;
};

struct Book {
  std::vector<Paid> payments;
  std::map<std::string, std::set<std::string>> returned;  // by reference: identities of the tasks
  std::map<RequestKey, Asked> asked;                      // acknowledged requests that get a notice
  std::map<RequestKey, Told> told;                        // by the notice's section
};

}  // namespace guarantee::simulation
