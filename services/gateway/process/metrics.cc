#include "gateway/process/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

#include <string>

namespace guarantee::gateway {
namespace {

const prometheus::Histogram::BucketBoundaries kSeconds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                       0.1,   0.25,   0.5,   1,    2.5,   5};

class PrometheusMetrics final : public GatewayMetrics {
 public:
  explicit PrometheusMetrics(prometheus::Registry& registry)
      : requests_(prometheus::BuildCounter()
                      .Name("guarantee_gateway_requests_total")
                      .Help("answers given, by interface and outcome")
                      .Register(registry)),
        durations_(prometheus::BuildHistogram()
                       .Name("guarantee_gateway_request_duration_seconds")
                       .Help("from the end of the head to the answer")
                       .Register(registry)),
        warnings_(prometheus::BuildCounter()
                      .Name("guarantee_gateway_deviations_total")
                      .Help("deviations from the document that were let pass")
                      .Register(registry)),
        in_flight_(prometheus::BuildGauge()
                       .Name("guarantee_gateway_requests_in_flight")
                       .Help("requests between their head and their answer")
                       .Register(registry)
                       .Add({})) {}

  void CountRequest(std::string_view section, std::string_view outcome,
                    std::chrono::microseconds duration) override {
    const std::string interface(section);
    requests_.Add({{"interface", interface}, {"outcome", std::string(outcome)}}).Increment();
    durations_.Add({{"interface", interface}}, kSeconds)
        .Observe(std::chrono::duration<double>(duration).count());
  }
  void AddInFlight(int difference) override {
    in_flight_.Increment(static_cast<double>(difference));
  }
  void CountWarning(std::string_view section, std::string_view kind) override {
    warnings_.Add({{"interface", std::string(section)}, {"kind", std::string(kind)}}).Increment();
  }

 private:
  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Histogram>& durations_;
  prometheus::Family<prometheus::Counter>& warnings_;
  prometheus::Gauge& in_flight_;
};

}  // namespace

std::unique_ptr<GatewayMetrics> MakeMetrics(prometheus::Registry& registry) {
  return std::make_unique<PrometheusMetrics>(registry);
}

}  // namespace guarantee::gateway
