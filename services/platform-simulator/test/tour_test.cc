#include <gtest/gtest.h>

#include <set>

#include "fixture.h"
#include "platform-simulator/applications.h"
#include "platform-simulator/tour_steps.h"

namespace guarantee::platform_simulator {
namespace {

// Sections of the steps of that kind; every leg with an order begins with 3.1 and its notice.
std::set<std::string> SectionsOf(Act act) {
  const OrderInterfaces order = FindOrderInterfaces(LoadedContract());
  std::set<std::string> sections;
  if (act == Act::kSend) sections.insert(order.apply->section);
  if (act == Act::kAwait) sections.insert(order.notice->section);
  for (const Leg& leg : TourLegs()) {
    for (const Step& step : leg.steps) {
      if (step.act == act) sections.insert(step.section);
    }
  }
  return sections;
}

TEST(TourSteps, GoThroughEveryInterfaceInBothDirections) {
  const std::set<std::string> sent = SectionsOf(Act::kSend);
  const std::set<std::string> awaited = SectionsOf(Act::kAwait);
  for (const contract::Interface& interface : LoadedContract().interfaces()) {
    EXPECT_EQ(sent.contains(interface.section), interface.FromPlatform()) << interface.section;
    EXPECT_EQ(awaited.contains(interface.section), interface.ToPlatform()) << interface.section;
  }
}

TEST(TourSteps, NameOnlyFieldsThatTheMessageHas) {
  for (const Leg& leg : TourLegs()) {
    for (const Step& step : leg.steps) {
      const contract::Interface* interface = LoadedContract().FindSection(step.section);
      ASSERT_NE(interface, nullptr) << step.section;
      for (const Value& value : step.values) {
        EXPECT_NE(interface->message.Find(value.field), nullptr) << step.section << value.field;
      }
    }
  }
}

TEST(TourSteps, AWithdrawalNamesWhatItWithdraws) {
  for (const Leg& leg : TourLegs()) {
    for (const Step& step : leg.steps) {
      if (step.wanted != Wanted::kWithdrawal) continue;
      const contract::Interface& interface = *LoadedContract().FindSection(step.section);
      const auto before = std::find_if(leg.steps.begin(), leg.steps.end(), [&](const Step& one) {
        return one.section == interface.flow.through;
      });
      ASSERT_NE(before, leg.steps.end()) << step.section;
      EXPECT_STREQ(before->number, step.number);
      EXPECT_STREQ(before->ending, step.ending);
    }
  }
}

TEST(TourSteps, EveryLegHasANameOfItsOwn) {
  std::set<std::string> names;
  for (const Leg& leg : TourLegs()) EXPECT_TRUE(names.insert(leg.name).second) << leg.name;
}

}  // namespace
}  // namespace guarantee::platform_simulator
