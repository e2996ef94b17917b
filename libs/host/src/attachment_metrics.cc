#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <mutex>

#include "host/attachments.h"
#include "node/health.h"

namespace guarantee::host {

struct AttachmentMetrics::Families {
  Families(prometheus::Registry& registry, const std::string& group) {
    auto& ended = prometheus::BuildCounter()
                      .Name("guarantee_attachments_total")
                      .Help("attachments by what became of them")
                      .Register(registry);
    stored = &ended.Add({{"group", group}, {"result", "stored"}});
    refused = &ended.Add({{"group", group}, {"result", "refused"}});
    failed_tries = &prometheus::BuildCounter()
                        .Name("guarantee_attachment_failed_tries_total")
                        .Help("fetches that failed and are repeated")
                        .Register(registry)
                        .Add({{"group", group}});
    in_flight = &prometheus::BuildGauge()
                     .Name("guarantee_attachment_fetches_in_flight")
                     .Help("attachments that are being fetched")
                     .Register(registry)
                     .Add({{"group", group}});
  }

  std::mutex mutex;  // two scrapes may meet
  prometheus::Counter* stored = nullptr;
  prometheus::Counter* refused = nullptr;
  prometheus::Counter* failed_tries = nullptr;
  prometheus::Gauge* in_flight = nullptr;
};

AttachmentMetrics::AttachmentMetrics(prometheus::Registry& registry, const std::string& group)
    : families_(std::make_unique<Families>(registry, group)) {}

AttachmentMetrics::~AttachmentMetrics() = default;

void AttachmentMetrics::Refresh(const AttachmentCounts& counts) {
  const std::lock_guard lock(families_->mutex);
  node::CountUpTo(*families_->stored, counts.stored);
  node::CountUpTo(*families_->refused, counts.refused);
  node::CountUpTo(*families_->failed_tries, counts.failed_tries);
  families_->in_flight->Set(static_cast<double>(counts.in_flight));
}

}  // namespace guarantee::host
