// The deviation matrix: every interface that the institution serves, every field of it, and every
// way in which a body, its way over HTTP or its repeat can differ from the document (rulings 11).
// All of it is derived from the contract; a new interface or field brings its own cases.
#pragma once

#include <vector>

#include "platform-simulator/conformance/case.h"
#include "platform-simulator/conformance/writer.h"

namespace guarantee::platform_simulator::conformance {

// In the document's order. The cases point into `contract`.
[[nodiscard]] std::vector<Case> GenerateCases(const contract::Contract& contract,
                                              const Context& context);

// Each writes its part for the writer's interface.
void WriteFieldCases(CaseWriter& writer);   // missing, empty, under other keys, of other types
void WriteTextCases(CaseWriter& writer);    // lengths, characters, sealed values
void WriteValueCases(CaseWriter& writer);   // listed values, times, amounts, rates, attachments
void WriteBodyCases(CaseWriter& writer);    // wrappers, arrays, JSON that is none
void WriteHttpCases(CaseWriter& writer);    // paths, methods, content types, sign-in
void WriteRepeatCases(CaseWriter& writer);  // the same again, and not quite the same
void WriteRuleCases(CaseWriter& writer);    // what the rulings add to single interfaces

}  // namespace guarantee::platform_simulator::conformance
