#include "platform-simulator/conformance/generate.h"

namespace guarantee::platform_simulator::conformance {

std::vector<Case> GenerateCases(const contract::Contract& contract, const Context& context) {
  std::vector<Case> cases;
  for (const contract::Interface& interface : contract.interfaces()) {
    if (!interface.FromPlatform()) continue;
    CaseWriter writer(interface, contract, context, cases);
    WriteFieldCases(writer);
    WriteTextCases(writer);
    WriteValueCases(writer);
    WriteBodyCases(writer);
    WriteHttpCases(writer);
    WriteRepeatCases(writer);
    WriteRuleCases(writer);
  }
  return cases;
}

}  // namespace guarantee::platform_simulator::conformance
