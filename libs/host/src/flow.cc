#include "host/flow.h"

#include "rpc/steps.h"

namespace guarantee::host {

Result<void> FillFlow(sql::SqlWriteStore& store, const std::string& flow,
                      rpc::v1::FlowReply& reply) {
  const auto history = store.LoadHistory(flow, kStepsMax);
  if (!history) return tl::unexpected(history.error());
  const auto journal = store.LoadJournal(flow, kStepsMax);
  if (!journal) return tl::unexpected(journal.error());
  for (const messaging::JournalLine& line : *journal) rpc::AddStep(line, reply);
  for (const sql::HistoryRecord& record : *history) {
    rpc::AddStep(record.record.entry, record.published_at, record.position, reply);
  }
  rpc::SortSteps(reply);
  return {};
}

}  // namespace guarantee::host
