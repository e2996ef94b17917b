#include "credit/options.h"
#include "credit/process.h"
#include "node/node.h"
#include "runtime/service.h"

int main(int argc, char** argv) {
  const std::vector<guarantee::runtime::ConfigKey> own = guarantee::credit::CreditKeys();
  const std::vector<guarantee::runtime::ConfigKey> keys = guarantee::node::WithCommonKeys(own);
  return guarantee::runtime::RunService(argc, argv, keys, guarantee::credit::StartProcess,
                                        guarantee::credit::Migrate);
}
