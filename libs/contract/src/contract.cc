#include "contract/contract.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/message.h>

#include "compile.h"
#include "contract/lint.h"
#include "options.h"

namespace guarantee::contract {

const FieldPlan* MessagePlan::Find(std::string_view name) const {
  for (const FieldPlan& field : fields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

const FieldPlan* MessagePlan::FindWire(std::string_view wire) const {
  for (const FieldPlan& field : fields) {
    if (field.wire == wire) return &field;
  }
  return nullptr;
}

std::size_t MessagePlan::FindKey(std::string_view key) const {
  // A message has a few dozen keys at most and lengths differ: a scan beats a hash.
  for (std::size_t at = 0; at < keys.size(); ++at) {
    if (keys[at].key == key) return at;
  }
  return kNoField;
}

Result<std::shared_ptr<const Contract>> Contract::Load() {
  const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
      std::string(kTableName));
  if (service == nullptr) {
    return Permanent("contract.missing",
                     fmt::format("{} is not linked into this program", kTableName));
  }
  return Load(*service);
}

Result<std::shared_ptr<const Contract>> Contract::Load(
    const google::protobuf::ServiceDescriptor& service) {
  const auto findings = LintStructure(service);
  if (!findings.empty()) {
    return Permanent("contract.lint", fmt::format("{}", fmt::join(findings, "; ")));
  }
  std::shared_ptr<Contract> contract(new Contract);
  contract->service_ = &service;
  contract->prefix_ = RuleOf(service).prefix();
  contract->interfaces_.reserve(static_cast<std::size_t>(service.method_count()));
  const bool linked = service.file()->pool() == google::protobuf::DescriptorPool::generated_pool();
  google::protobuf::MessageFactory& factory =
      linked ? *google::protobuf::MessageFactory::generated_factory() : contract->dynamic_;
  for (int at = 0; at < service.method_count(); ++at) {
    Interface interface = CompileInterface(*service.method(at));
    interface.prototype = factory.GetPrototype(interface.message.descriptor);
    contract->interfaces_.push_back(std::move(interface));
  }
  contract->Index();
  return contract;
}

void Contract::Index() {
  for (const Interface& interface : interfaces_) {
    by_path_.emplace(interface.path, &interface);
    by_section_.emplace(interface.section, &interface);
    if (!interface.answers.empty()) by_answered_.emplace(interface.answers, &interface);
    by_message_.emplace(interface.message.descriptor->full_name(), &interface);
  }
}

namespace {

template <typename Map>
const Interface* FindIn(const Map& map, std::string_view key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : found->second;
}

// The path's segments joined by single slashes, none in front, none behind.
std::string Normalised(std::string_view target) {
  std::string path;
  for (const char letter : target.substr(0, target.find('?'))) {
    if (letter == '/' && (path.empty() || path.back() == '/')) continue;
    path += letter;
  }
  if (!path.empty() && path.back() == '/') path.pop_back();
  return path;
}

}  // namespace

const Interface* Contract::FindPath(std::string_view path) const { return FindIn(by_path_, path); }

const Interface* Contract::FindSection(std::string_view section) const {
  return FindIn(by_section_, section);
}

const Interface* Contract::FindMessage(std::string_view full_name) const {
  return FindIn(by_message_, full_name);
}

const Interface* Contract::NoticeOf(const Interface& request) const {
  return FindIn(by_answered_, request.section);
}

const Interface* Contract::Route(std::string_view target) const {
  // A path is far shorter than this; the rest of a longer target cannot make it one.
  constexpr std::size_t kTargetMax = 4'096;
  if (target.size() > kTargetMax) return nullptr;
  const std::string normalised = Normalised(target);
  std::string_view path = normalised;
  if (path.substr(0, prefix_.size()) == prefix_) path.remove_prefix(prefix_.size());
  return FindPath(path);
}

std::unique_ptr<google::protobuf::Message> NewMessage(const Interface& interface) {
  return std::unique_ptr<google::protobuf::Message>(interface.prototype->New());
}

}  // namespace guarantee::contract
