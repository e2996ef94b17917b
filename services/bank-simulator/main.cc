#include "bank-simulator/options.h"
#include "bank-simulator/process.h"
#include "runtime/service.h"

int main(int argc, char** argv) {
  return guarantee::runtime::RunService(argc, argv, guarantee::bank_simulator::Keys(),
                                        guarantee::bank_simulator::StartProcess);
}
