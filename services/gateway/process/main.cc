#include "gateway/process/options.h"
#include "gateway/process/process.h"
#include "node/node.h"
#include "runtime/service.h"

int main(int argc, char** argv) {
  std::vector<guarantee::runtime::ConfigKey> own = guarantee::gateway::SettingKeys();
  const std::vector<guarantee::runtime::ConfigKey> services = guarantee::gateway::ServiceKeys();
  own.insert(own.end(), services.begin(), services.end());
  const std::vector<guarantee::runtime::ConfigKey> keys = guarantee::node::WithCommonKeys(own);
  return guarantee::runtime::RunService(argc, argv, keys, guarantee::gateway::StartProcess,
                                        guarantee::gateway::Migrate);
}
