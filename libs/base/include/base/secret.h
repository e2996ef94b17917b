// A value that must not reach text: it has no stream operator, compares in constant time and is
// wiped when it goes.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace guarantee {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { other.Wipe(); }
  Secret& operator=(const Secret&) = default;
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      Wipe();
      value_ = std::move(other.value_);
      other.Wipe();
    }
    return *this;
  }
  ~Secret() { Wipe(); }

  // The only way to the characters; the view ends with this object.
  [[nodiscard]] std::string_view Reveal() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }
  [[nodiscard]] bool Matches(std::string_view other) const;

 private:
  void Wipe() noexcept;

  std::string value_;
};

}  // namespace guarantee
