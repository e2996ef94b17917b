// A unit that learns from one row that it needs another one: everything is decided again with it.
#include "scene.h"

namespace guarantee::writepath {
namespace {

using messaging::RowKey;
using messaging::Unit;
using messaging::Workspace;

class NeedTest : public Scene {
 protected:
  static RowKey Order(const std::string& name) { return {1, "order-" + name}; }
  static RowKey Letter(const std::string& name) { return {2, "letter-" + name}; }

  // Reads the order, then writes the letter that the order names.
  Unit Issue(const std::string& name) {
    Unit unit;
    unit.rows = {Order(name)};
    unit.decide = [this, name](Workspace& workspace) -> Result<void> {
      ++tries_[name];
      workspace.AfterCommit([this, name] { ++told_[name]; });
      const std::string letter = workspace.Row(Order(name)).state;
      if (Result<void> there = workspace.Need(Letter(letter)); !there) return there;
      workspace.Put(Letter(letter), 0, workspace.Row(Letter(letter)).state + "+" + name, {});
      workspace.Emit(Entry("flow", "issued-" + name));
      return {};
    };
    return unit;
  }
  static Unit Write(const RowKey& key, const std::string& state) {
    Unit unit;
    unit.rows = {key};
    unit.decide = [key, state](Workspace& workspace) -> Result<void> {
      workspace.Put(key, 0, state, {});
      return {};
    };
    return unit;
  }
  Result<void> Run(std::vector<Unit> units) { return messaging::Executor(*store_).Execute(units); }
  std::string State(const RowKey& key) { return store_->Load(key).value().value().state; }

  std::map<std::string, int> tries_;
  std::map<std::string, int> told_;
};

TEST_F(NeedTest, TheWholeIsDecidedAgainOnceForAllThatIsNeeded) {
  ASSERT_TRUE(Run({Write(Order("a"), "x"), Write(Order("b"), "y"), Write(Order("c"), "x"),
                   Issue("a"), Issue("b"), Issue("c")})
                  .has_value());
  EXPECT_EQ(State(Letter("x")), "+a+c");
  EXPECT_EQ(State(Letter("y")), "+b");
  EXPECT_EQ(tries_, (std::map<std::string, int>{{"a", 2}, {"b", 2}, {"c", 2}}));
  EXPECT_EQ(told_, (std::map<std::string, int>{{"a", 1}, {"b", 1}, {"c", 1}}));
}

TEST_F(NeedTest, NothingOfTheFirstTryIsLeftBehind) {
  ASSERT_TRUE(Run({Write(Order("a"), "x"), Issue("a")}).has_value());
  EXPECT_EQ(store_->LoadPending(std::vector<std::int32_t>{0}, 10).value().size(), 1U);
}

TEST_F(NeedTest, AUnitThatAlwaysNeedsMoreIsToldToTryLater) {
  int asked = 0;
  Unit unit;
  bool told = false;
  unit.decide = [&](Workspace& workspace) {
    workspace.AfterCommit([&told] { told = true; });
    return workspace.Need(Letter(std::to_string(++asked)));
  };
  const Result<void> done = Run({unit});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind, ErrorKind::kRetryable);
  EXPECT_EQ(asked, messaging::kExecuteTriesMax);
  EXPECT_FALSE(told) << "nothing was committed";
}

}  // namespace
}  // namespace guarantee::writepath
