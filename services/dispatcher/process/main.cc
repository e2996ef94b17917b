#include "dispatcher/process/options.h"
#include "dispatcher/process/process.h"
#include "node/node.h"
#include "runtime/service.h"

int main(int argc, char** argv) {
  const std::vector<guarantee::runtime::ConfigKey> own = guarantee::dispatcher::SettingKeys();
  const std::vector<guarantee::runtime::ConfigKey> keys = guarantee::node::WithCommonKeys(own);
  return guarantee::runtime::RunService(argc, argv, keys, guarantee::dispatcher::StartProcess,
                                        guarantee::dispatcher::Migrate);
}
