// The descriptor set that the build writes, comments included, to be changed by tests.
#pragma once

#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace guarantee::contract {

inline google::protobuf::FileDescriptorSet DeclaredFiles() {
  google::protobuf::FileDescriptorSet files;
  std::ifstream stream(CONTRACT_DESCRIPTORS, std::ios::binary);
  EXPECT_TRUE(files.ParseFromIstream(&stream)) << CONTRACT_DESCRIPTORS;
  return files;
}

// A file of the partner package by its last name.
inline google::protobuf::FileDescriptorProto& PartnerFile(
    google::protobuf::FileDescriptorSet& files, std::string_view name) {
  for (auto& file : *files.mutable_file()) {
    if (file.name() == "guarantee/partner/v1/" + std::string(name)) return file;
  }
  throw std::out_of_range(std::string(name));
}

}  // namespace guarantee::contract
