// What the tests of the platform share.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "contract/contract.h"

namespace guarantee::platform_simulator {

inline const contract::Contract& LoadedContract() {
  static const auto contract = contract::Contract::Load();
  if (!contract) throw std::runtime_error(contract.error().message);
  return **contract;
}

// A folder of the test's own, gone with it.
class Folder {
 public:
  Folder()
      : path_(std::filesystem::temp_directory_path() /
              ("platform." + std::to_string(getpid()) + "." +
               testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::create_directory(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }

  [[nodiscard]] std::string File(const std::string& name) const { return (path_ / name).string(); }

 private:
  const std::filesystem::path path_;
};

}  // namespace guarantee::platform_simulator
