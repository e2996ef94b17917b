// Prints services/order/guarantee-states.md.
#include <iostream>

#include "order/domain/letter/picture.h"

int main() {
  std::cout << guarantee::order::letter::PrintStates();
  return std::cout.good() ? 0 : 1;
}
