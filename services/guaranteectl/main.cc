#include <iostream>
#include <string>
#include <vector>

#include "guaranteectl/program.h"

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  return guarantee::guaranteectl::Run(words, std::cin, std::cout, std::cerr);
}
