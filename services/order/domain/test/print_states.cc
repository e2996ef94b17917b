// Prints services/order/states.md.
#include <iostream>

#include "order/domain/picture.h"

int main() {
  std::cout << guarantee::order::PrintStates();
  return std::cout.good() ? 0 : 1;
}
