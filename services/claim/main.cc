#include "claim/options.h"
#include "claim/process.h"
#include "node/node.h"
#include "runtime/service.h"

int main(int argc, char** argv) {
  const std::vector<guarantee::runtime::ConfigKey> own = guarantee::claim::ClaimKeys();
  const std::vector<guarantee::runtime::ConfigKey> keys = guarantee::node::WithCommonKeys(own);
  return guarantee::runtime::RunService(argc, argv, keys, guarantee::claim::StartProcess,
                                        guarantee::claim::Migrate);
}
