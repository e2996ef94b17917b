#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include "host/attachments.h"

namespace guarantee::host {

struct AttachmentMetrics::Families {
  Families(prometheus::Registry& registry, const std::string& group) {
    auto& ended = prometheus::BuildGauge()
                      .Name("guarantee_attachment_results")
                      .Help("attachments by what became of them, since start")
                      .Register(registry);
    stored = &ended.Add({{"group", group}, {"result", "stored"}});
    refused = &ended.Add({{"group", group}, {"result", "refused"}});
    failed_tries = &prometheus::BuildGauge()
                        .Name("guarantee_attachment_failed_tries")
                        .Help("fetches that failed and are repeated, since start")
                        .Register(registry)
                        .Add({{"group", group}});
    in_flight = &prometheus::BuildGauge()
                     .Name("guarantee_attachment_fetches_in_flight")
                     .Help("attachments that are being fetched")
                     .Register(registry)
                     .Add({{"group", group}});
  }

  prometheus::Gauge* stored = nullptr;
  prometheus::Gauge* refused = nullptr;
  prometheus::Gauge* failed_tries = nullptr;
  prometheus::Gauge* in_flight = nullptr;
};

AttachmentMetrics::AttachmentMetrics(prometheus::Registry& registry, const std::string& group)
    : families_(std::make_unique<Families>(registry, group)) {}

AttachmentMetrics::~AttachmentMetrics() = default;

void AttachmentMetrics::Refresh(const AttachmentCounts& counts) {
  families_->stored->Set(static_cast<double>(counts.stored));
  families_->refused->Set(static_cast<double>(counts.refused));
  families_->failed_tries->Set(static_cast<double>(counts.failed_tries));
  families_->in_flight->Set(static_cast<double>(counts.in_flight));
}

}  // namespace guarantee::host
