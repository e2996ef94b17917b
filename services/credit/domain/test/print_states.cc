// Prints services/credit/states.md.
#include <iostream>

#include "credit/domain/picture.h"

int main() {
  std::cout << guarantee::credit::PrintStates();
  return std::cout.good() ? 0 : 1;
}
