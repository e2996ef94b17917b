// Prints services/invoice/states.md.
#include <iostream>

#include "invoice/domain/picture.h"

int main() {
  std::cout << guarantee::invoice::PrintStates();
  return std::cout.good() ? 0 : 1;
}
