#include "invoice/options.h"
#include "invoice/process.h"
#include "node/node.h"
#include "runtime/service.h"

int main(int argc, char** argv) {
  const std::vector<guarantee::runtime::ConfigKey> own = guarantee::invoice::InvoiceKeys();
  const std::vector<guarantee::runtime::ConfigKey> keys = guarantee::node::WithCommonKeys(own);
  return guarantee::runtime::RunService(argc, argv, keys, guarantee::invoice::StartProcess,
                                        guarantee::invoice::Migrate);
}
