#include "guaranteectl/commands.h"

namespace guarantee::guaranteectl {
namespace {

const std::vector<Command>& OrderCommands() {
  static const std::vector<Command> commands = {
      {{"flow", "show"},
       {"NO"},
       {},
       "what happened to an order: every step, oldest first",
       FlowShow},
      {{"order", "list"}, {}, {{"--limit", "N"}}, "orders, newest first", OrderList},
      {{"order", "show"}, {"NO"}, {}, "one order, by any of its numbers", OrderShow},
      {{"order", "decide"},
       {"NO", "approve|reject|accept-cancel|decline-cancel"},
       {{"--reason", "TEXT"},
        {"--letter", "FILE"},
        {"--premium", "AMOUNT"},
        {"--payer-name", "NAME"},
        {"--payer-account", "ACCOUNT"},
        {"--reference", "TEXT"},
        {"--materials-complete", ""},
        {"--materials-pending", ""},
        {"--decision-id", "ID"}},
       "decide an order, or the platform's wish to close it; an approval vouches for the materials "
       "unless --materials-pending",
       OrderDecide},
      {{"order", "materials"},
       {"NO"},
       {{"--bidder-name", "NAME", true}, {"--bidder-code", "CODE", true}, {"--decision-id", "ID"}},
       "the bidder has proved who he is, and left what underwriting needs",
       OrderMaterials},
      {{"order", "premium"},
       {"NO"},
       {{"--payer-name", "NAME", true},
        {"--payer-account", "ACCOUNT", true},
        {"--amount", "AMOUNT", true},
        {"--reference", "TEXT"},
        {"--decision-id", "ID"}},
       "the premium arrived",
       OrderPremium},
      {{"order", "letter"},
       {"NO", "FILE"},
       {{"--guarantee-no", "NO"}, {"--decision-id", "ID"}},
       "the signed letter (PDF) of an approved order",
       OrderLetter},
  };
  return commands;
}

const std::vector<Command>& CreditAndClaimCommands() {
  static const std::vector<Command> commands = {
      {{"credit", "list"}, {}, {{"--limit", "N"}}, "credit lines, newest first", CaseList},
      {{"credit", "show"}, {"NO"}, {}, "one credit line", CaseShow},
      {{"credit", "decide"},
       {"NO", "approve|reject"},
       {{"--limit", "AMOUNT"},
        {"--valid-from", "DATE"},
        {"--valid-to", "DATE"},
        {"--reason", "TEXT"},
        {"--decision-id", "ID"}},
       "grant a line (10,000,000.00 for 365 days unless said otherwise) or none",
       CreditDecide},
      {{"claim", "list"}, {}, {{"--limit", "N"}}, "claims, newest first", CaseList},
      {{"claim", "show"}, {"NO"}, {}, "one claim", CaseShow},
      {{"claim", "decide"},
       {"NO", "approve|reject"},
       {{"--amount", "AMOUNT"},
        {"--discrepancies", "TEXT;..."},
        {"--reason", "TEXT"},
        {"--decision-id", "ID"}},
       "pay (two people have to approve) or refuse, with everything that speaks against it",
       ClaimDecide},
      {{"claim", "confirm"},
       {"NO"},
       {{"--reference", "TEXT", true},
        {"--amount", "AMOUNT"},
        {"--reason", "TEXT"},
        {"--decision-id", "ID"}},
       "the bank paid an approved claim",
       ClaimConfirm},
      {{"claim", "register"},
       {"GUARANTEE_NO"},
       {{"--beneficiary-name", "NAME"},
        {"--beneficiary-code", "CODE"},
        {"--attachments", "TEXT;..."},
        {"--reason", "TEXT"},
        {"--decision-id", "ID"}},
       "a claim that came on paper; the platform is told",
       ClaimRegister},
  };
  return commands;
}

const std::vector<Command>& LetterCommands() {
  static const std::vector<Command> commands = {
      {{"invoice", "list"}, {}, {{"--limit", "N"}}, "invoices, newest first", CaseList},
      {{"invoice", "show"}, {"NO"}, {}, "one invoice", CaseShow},
      {{"invoice", "decide"},
       {"NO", "approve|reject"},
       {{"--invoice-no", "NO"},
        {"--invoice-code", "CODE"},
        {"--url", "URL"},
        {"--reason", "TEXT"},
        {"--decision-id", "ID"}},
       "issued, with the tax system's number and link (with --endpoints, a development system, "
       "both "
       "are made up unless given), or there will be none",
       InvoiceDecide},
      {{"invoice", "reverse"},
       {"NO"},
       {{"--red-no", "NO"}, {"--red-code", "CODE"}, {"--reason", "TEXT"}, {"--decision-id", "ID"}},
       "a red letter took the invoice back: after a returned premium, or with the reason",
       InvoiceReverse},
      {{"refund", "list"}, {}, {{"--limit", "N"}}, "letters to be given back", CaseList},
      {{"refund", "show"}, {"NO"}, {}, "one of them", CaseShow},
      {{"refund", "decide"},
       {"NO", "approve|reject"},
       {{"--reason", "TEXT"}, {"--decision-id", "ID"}},
       "take the letter back, or not",
       RefundDecide},
      {{"cancellation", "list"}, {}, {{"--limit", "N"}}, "guarantees to be ended", CaseList},
      {{"cancellation", "show"}, {"NO"}, {}, "one of them", CaseShow},
      {{"cancellation", "decide"},
       {"NO", "approve|reject"},
       {{"--reason", "TEXT"}, {"--decision-id", "ID"}},
       "end the guarantee, or not",
       CancellationDecide},
      {{"cancellation", "propose"},
       {"GUARANTEE_NO"},
       {{"--business-no", "NO"}, {"--reason", "TEXT"}, {"--decision-id", "ID"}},
       "ask the platform to end a guarantee",
       CancellationPropose},
      {{"guarantee", "list"}, {}, {{"--limit", "N"}}, "guarantees, newest first", CaseList},
      {{"guarantee", "show"}, {"NO"}, {}, "one guarantee", CaseShow},
      {{"guarantee", "letter"},
       {"NO", "FILE"},
       {{"--reason", "TEXT"}, {"--decision-id", "ID"}},
       "the plain letter (PDF) of a restored guarantee",
       GuaranteeLetter},
  };
  return commands;
}

// Of every kind of case that a request with an attachment may belong to.
const std::vector<Command>& AttachmentCommands() {
  static const std::vector<Command> commands = [] {
    std::vector<Command> all;
    for (const std::string_view kind : {"order", "credit", "claim", "cancellation"}) {
      all.push_back({{kind, "attachments"},
                     {"NO"},
                     {},
                     "files that came with its requests, and what became of each",
                     AttachmentList});
      all.push_back({{kind, "attachment"},
                     {"NO", "FILE"},
                     {{"--id", "ID"}},
                     "writes one of them into a new file",
                     AttachmentSave});
      all.push_back({{kind, "fetch"},
                     {"NO"},
                     {{"--id", "ID"}},
                     "has one that was refused, or waits, fetched anew",
                     AttachmentRetry});
    }
    return all;
  }();
  return commands;
}

const std::vector<Command>& ToolCommands() {
  static const std::vector<Command> commands = {
      {{"notice", "list"},
       {},
       {{"--state", "pending|parked|accepted"}, {"--limit", "N"}},
       "what goes to the platforms, newest first",
       NoticeList},
      {{"notice", "retry"}, {"ID"}, {}, "send a parked or waiting notice now", NoticeRetry},
      {{"contract", "openapi"}, {}, {}, "the interfaces as OpenAPI 3.1", ContractOpenApi},
      {{"contract", "manual"},
       {},
       {},
       "the interfaces as a manual for partners (Markdown)",
       ContractManual},
      {{"lag"}, {}, {}, "what waits unread, by group and partition", ShowLag},
      {{"topic", "create"},
       {},
       {{"--brokers", "HOST:PORT,...", true},
        {"--file", "FILE", true},
        {"--replication", "N", true}},
       "create the topics of a catalogue that are missing",
       TopicCreate},
      {{"partner", "hash-password"},
       {},
       {},
       "reads a password on stdin, prints its argon2id hash",
       PartnerHashPassword},
  };
  return commands;
}

std::vector<Command> AllCommands() {
  std::vector<Command> all;
  for (const auto* some : {&OrderCommands(), &CreditAndClaimCommands(), &LetterCommands(),
                           &AttachmentCommands(), &ToolCommands()}) {
    all.insert(all.end(), some->begin(), some->end());
  }
  return all;
}

}  // namespace

const std::vector<Command>& Commands() {
  static const std::vector<Command> commands = AllCommands();
  return commands;
}

}  // namespace guarantee::guaranteectl
