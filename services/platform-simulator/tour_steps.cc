#include "platform-simulator/tour_steps.h"

#include "contract/messages.h"

namespace guarantee::platform_simulator {
namespace {

namespace messages = contract::messages;

constexpr Money kAmount{500'000'00};
// One fen above what the demonstration approves.
constexpr Money kTooMuch{10'000'000'01};
constexpr const char* kLeft = "-W";
constexpr std::string_view kAnyText;
// No partner's key, in any writing.
constexpr const char* kOtherKey = "bm9ib2R5J3Mga2V5IQ==";

Step Send(const char* section, const char* number, const char* what, std::vector<Value> values = {},
          Wanted wanted = Wanted::kAccepted, const char* ending = "") {
  return {Act::kSend, section, number, what, wanted, std::move(values), {}, ending};
}

Step Await(const char* section, const char* number, const char* what) {
  return {Act::kAwait, section, number, what, Wanted::kAccepted, {}, {}, ""};
}

Step Operate(const char* section, const char* what, std::vector<const char*> words) {
  return {Act::kOperate, section, "", what, Wanted::kAccepted, {}, std::move(words), ""};
}

Step Refused(const char* section, const char* number, const char* what, std::string_view text,
             std::vector<Value> values = {}) {
  Step step = Send(section, number, what, std::move(values), Wanted::kRefused);
  step.text = text;
  return step;
}

Step AwaitFailure(const char* section, const char* number, const char* what) {
  Step step = Await(section, number, what);
  step.wanted = Wanted::kFailure;
  return step;
}

Step Unchanging(Step step) {
  step.changes = false;
  return step;
}

Step Open() { return Send("3.22", "", "the opening was a minute ago", {{"open_time", "$past"}}); }

Step Restore() {
  return Send("3.7", "HY", "the key of the sealed fields",
              {{"secret_key", "$secret_key"}, {"out_time", ""}});
}

const std::vector<Value>& Beneficiary() {
  static const std::vector<Value> values = {{"beneficiary", "$their_name"},
                                            {"beneficiary_code", "$their_code"}};
  return values;
}

const std::vector<Value>& Invoice() {
  static const std::vector<Value> values = {
      {"bidder_name", "$bidder_name"}, {"bidder_code", "$bidder_code"}, {"amount_fen", "$cost"}};
  return values;
}

std::vector<Leg> Credits() {
  const std::vector<Value> applicant = {{"apply_code", "$applicant"}};
  return {{"C1",
           "An applicant gets a line",
           {},
           false,
           {Send("3.5", "SX", "an application for credit", applicant),
            Await("3.6", "SX", "the line is granted"),
            Unchanging(Send("3.21", "CX", "may the applicant have a letter", applicant,
                            Wanted::kFinding))}},
          {"C2",
           "An applicant thinks better of it",
           {},
           false,
           {Send("3.5", "SX", "an application for credit", applicant),
            Await("3.6", "SX", "the line is granted"),
            Send("3.17", "SX", "the application is withdrawn", {}, Wanted::kWithdrawal)}}};
}

std::vector<Leg> BeforeOpening() {
  return {{"O1",
           "An order that was rejected is cancelled",
           kTooMuch,
           false,
           {Unchanging(Send("3.3", "", "the order is to be closed")),
            Await("3.4", "", "it is closed")}},
          {"L1",
           "A letter is given back",
           kAmount,
           true,
           {Send("3.23", "", "the purchase deadline moves", {{"bzj_end_time", "$tomorrow"}}),
            Send("3.15", "TH", "the bidder gives the letter back"),
            Await("3.16", "TH", "the letter was taken back")}},
          {"L2",
           "A bidder keeps the letter after all",
           kAmount,
           true,
           {Send("3.15", "TH", "the bidder gives the letter back", {}, Wanted::kAccepted, kLeft),
            Send("3.18", "TH", "and thinks better of it", {}, Wanted::kWithdrawal, kLeft)}}};
}

std::vector<Leg> Cancellations() {
  return {{"L3",
           "A letter is cancelled",
           kAmount,
           true,
           {Open(), Send("3.9", "ZX", "the letter is to end"),
            Await("3.10", "ZX", "the letter has ended")}},
          {"L4",
           "A cancellation is withdrawn",
           kAmount,
           true,
           {Open(), Send("3.9", "ZX", "the letter is to end", {}, Wanted::kAccepted, kLeft),
            Send("3.20", "ZX", "it shall live on", {}, Wanted::kWithdrawal, kLeft)}},
          {"L5",
           "The institution proposes to cancel",
           kAmount,
           true,
           {Open(),
            Operate("3.9", "the operator proposes", {"cancellation", "propose", "$guarantee_no"}),
            Await("3.9", "", "the platform is asked"),
            Send("3.10", "", "the platform consents",
                 {{"business_no", "$own_number"}, {"operate_result", "0"}})}}};
}

std::vector<Leg> Claims() {
  return {{"L6",
           "A claim is paid, the premium invoiced",
           kAmount,
           true,
           {Open(), Restore(), Await("3.8", "HY", "the letter in plain"),
            Send("3.13", "FP", "an invoice for the premium", Invoice()),
            Await("3.14", "FP", "the invoice"), Send("3.11", "LP", "a claim", Beneficiary()),
            Await("3.12", "LP", "the claim is paid")}},
          {"L7",
           "A claim is withdrawn",
           kAmount,
           true,
           {Open(), Restore(), Await("3.8", "HY", "the letter in plain"),
            Send("3.11", "LP", "a claim", Beneficiary(), Wanted::kAccepted, kLeft),
            Send("3.19", "LP", "the bidder withdraws it", {}, Wanted::kWithdrawal, kLeft)}},
          {"L8",
           "A claim on paper is registered",
           kAmount,
           true,
           {Open(), Restore(), Await("3.8", "HY", "the letter in plain"),
            Operate("3.11", "the operator registers it",
                    {"claim", "register", "$guarantee_no", "--beneficiary-name", "$their_name",
                     "--beneficiary-code", "$their_code"}),
            Await("3.11", "", "the platform is told"),
            Send("3.12", "", "the platform says that it was paid",
                 {{"business_no", "$own_number"},
                  {"operate_result", "0"},
                  {"payer_amount_fen", "$amount"}})}}};
}

// The gates of the clock and of the state (rulings 4), on either side of the opening.
std::vector<Leg> Refusals() {
  std::vector<Value> wrong_amount = Invoice();
  wrong_amount.back().text = "0.01";
  return {
      {"L9",
       "Too early",
       kAmount,
       true,
       {Refused("3.7", "HY", "a key before the opening", messages::kNotOpened,
                {{"secret_key", "$secret_key"}, {"out_time", ""}}),
        Unchanging(Send("3.3", "", "the order is to be closed")),
        AwaitFailure("3.4", "", "it has its letter"), Send("3.9", "ZX", "the letter is to end"),
        AwaitFailure("3.10", "ZX", "not before the opening"),
        Send("3.11", "LP", "a claim", Beneficiary()),
        AwaitFailure("3.12", "LP", "not before the opening"),
        Refused("3.20", "ZZ", "a number that nothing has", messages::kNumberUnknown)}},
      {"L10",
       "Too late",
       kAmount,
       true,
       {Open(), Send("3.15", "TH", "the bidder gives the letter back"),
        AwaitFailure("3.16", "TH", "not after the opening"),
        Refused("3.7", "HX", "another key", messages::kKeyWrong,
                {{"secret_key", kOtherKey}, {"out_time", ""}}),
        Restore(), Await("3.8", "HY", "the letter in plain"),
        Refused("3.22", "", "the opening cannot move now", messages::kRestored,
                {{"open_time", "$tomorrow"}}),
        Refused("3.23", "", "the deadline cannot move now", kAnyText,
                {{"bzj_end_time", "$tomorrow"}}),
        Send("3.13", "FA", "an invoice of another amount", wrong_amount),
        AwaitFailure("3.14", "FA", "the amount is not the premium"),
        Send("3.13", "FB", "an invoice for the premium", Invoice()),
        Await("3.14", "FB", "the invoice"), Send("3.13", "FC", "a second one", Invoice()),
        AwaitFailure("3.14", "FC", "there is one"), Send("3.9", "ZX", "the letter is to end"),
        Await("3.10", "ZX", "the letter has ended"), Send("3.11", "LP", "a claim", Beneficiary()),
        AwaitFailure("3.12", "LP", "the letter has ended")}}};
}

}  // namespace

const std::vector<Leg>& TourLegs() {
  static const std::vector<Leg> legs = [] {
    std::vector<Leg> all;
    for (const auto part : {Credits, BeforeOpening, Cancellations, Claims, Refusals}) {
      for (Leg& leg : part()) all.push_back(std::move(leg));
    }
    return all;
  }();
  return legs;
}

}  // namespace guarantee::platform_simulator
