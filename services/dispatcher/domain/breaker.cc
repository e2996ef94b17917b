#include "dispatcher/domain/breaker.h"

#include <algorithm>

namespace guarantee::dispatcher {
namespace {

constexpr int kProbeDoublingsMax = 8;  // far beyond the cap, so that the shift stays small

std::int64_t ProbePauseMs(int probes) {
  return std::min(kProbeCapMs, kProbeFirstMs << std::min(probes, kProbeDoublingsMax));
}

Breaker Open(Breaker breaker, std::int64_t now_ms) {
  breaker.phase = BreakerPhase::kOpen;
  breaker.probes = 0;
  breaker.opened_ms = now_ms;
  breaker.probe_ms = now_ms + ProbePauseMs(0);
  return breaker;
}

Breaker InVain(Breaker breaker, std::int64_t now_ms) {
  breaker.phase = BreakerPhase::kOpen;
  ++breaker.probes;
  breaker.probe_ms = now_ms + ProbePauseMs(breaker.probes);
  return breaker;
}

}  // namespace

std::string_view Name(BreakerPhase phase) {
  switch (phase) {
    case BreakerPhase::kClosed:
      return "closed";
    case BreakerPhase::kOpen:
      return "open";
    case BreakerPhase::kProbing:
      return "probing";
  }
  return "";
}

Permit MayBegin(const Breaker& breaker, std::int64_t now_ms) {
  if (breaker.phase == BreakerPhase::kClosed) return Permit::kYes;
  const bool due = breaker.phase == BreakerPhase::kOpen && now_ms >= breaker.probe_ms;
  return due ? Permit::kProbe : Permit::kNo;
}

Breaker ProbeBegan(Breaker breaker) {
  breaker.phase = BreakerPhase::kProbing;
  return breaker;
}

Breaker Record(Breaker breaker, Health health, bool probe, std::int64_t now_ms) {
  if (health == Health::kWell) return {};
  if (breaker.phase != BreakerPhase::kClosed) return probe ? InVain(breaker, now_ms) : breaker;
  if (health == Health::kUnproven) return breaker;
  ++breaker.faults;
  const bool opens = health == Health::kStopped || breaker.faults >= kFaultsToOpen;
  return opens ? Open(breaker, now_ms) : breaker;
}

Breaker ProbeDropped(Breaker breaker, std::int64_t now_ms) {
  if (breaker.phase != BreakerPhase::kProbing) return breaker;
  breaker.phase = BreakerPhase::kOpen;
  breaker.probe_ms = now_ms;
  return breaker;
}

}  // namespace guarantee::dispatcher
