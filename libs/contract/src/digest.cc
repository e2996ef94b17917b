#include "contract/digest.h"

#include "contract/fields.h"

namespace guarantee::contract {

std::string CanonicalForm(const Interface& interface, const google::protobuf::Message& message,
                          const Tolerance& tolerance) {
  std::string form = std::to_string(kCanonicalVersion) + "\n" + interface.section + "\n";
  for (const FieldPlan& field : interface.message.fields) {
    if (field.outside_digest || (field.sealed && tolerance.digest_without_sealed)) continue;
    const std::string value = FieldText(message, field);
    if (value.empty()) continue;
    // The number, not the name: a renamed field is the same field.
    form += std::to_string(field.descriptor->number()) + ":" + std::to_string(value.size()) + ":";
    form += value;
    form += '\n';
  }
  return form;
}

}  // namespace guarantee::contract
