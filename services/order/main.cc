#include "node/node.h"
#include "order/options.h"
#include "order/process.h"
#include "runtime/service.h"

int main(int argc, char** argv) {
  const std::vector<guarantee::runtime::ConfigKey> own = guarantee::order::OrderKeys();
  const std::vector<guarantee::runtime::ConfigKey> keys = guarantee::node::WithCommonKeys(own);
  return guarantee::runtime::RunService(argc, argv, keys, guarantee::order::StartProcess,
                                        guarantee::order::Migrate);
}
