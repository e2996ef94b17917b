// Prints services/claim/states.md.
#include <iostream>

#include "claim/domain/picture.h"

int main() {
  std::cout << guarantee::claim::PrintStates();
  return std::cout.good() ? 0 : 1;
}
