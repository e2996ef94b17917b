#include "platform-simulator/endpoints.h"

#include <gtest/gtest.h>

namespace guarantee::platform_simulator {
namespace {

std::string CommandFor(const std::string& words) {
  const auto endpoints = ReadEndpoints(
      R"({"gateway":{"url":"http://127.0.0.1:1/front/"},"partners":[{"id":"demo","user":"u",)"
      R"("password":"p","platform":{"url":"http://127.0.0.1:2/front/"}}],"guaranteectl":)" +
      words + "}");
  return endpoints ? endpoints->guaranteectl : Describe(endpoints.error());
}

TEST(Endpoints, TheCommandCanBePastedIntoAShell) {
  EXPECT_EQ(CommandFor(R"(["/opt/hub/guaranteectl","--endpoints","/var/run/e.json"])"),
            "/opt/hub/guaranteectl --endpoints /var/run/e.json");
  EXPECT_EQ(CommandFor(R"(["/opt/a b/guaranteectl",""])"), "'/opt/a b/guaranteectl' ''");
  EXPECT_EQ(CommandFor(R"(["it's"])"), "'it'\\''s'");
}

TEST(Endpoints, WhatIsMissingIsNamed) {
  const auto endpoints = ReadEndpoints("{}");
  ASSERT_FALSE(endpoints.has_value());
  EXPECT_NE(Describe(endpoints.error()).find("gateway.url"), std::string::npos);
}

}  // namespace
}  // namespace guarantee::platform_simulator
