// Memory for keys and opened values: zeroed whenever it is given back, be it at the end, when it
// grows or on the way out of an error. Unlike std::string it never holds bytes inside itself, so a
// move leaves nothing behind.
#pragma once

#include <string.h>

#include <cstddef>
#include <memory>
#include <vector>

namespace guarantee::sealing {

// `Upstream` is where the memory comes from and goes to after it was wiped.
template <typename T, typename Upstream = std::allocator<T>>
class WipingAllocator {
 public:
  // NOLINTBEGIN(readability-identifier-naming): the names that the standard asks for
  using value_type = T;
  template <typename Other>
  struct rebind {
    using other =
        WipingAllocator<Other,
                        typename std::allocator_traits<Upstream>::template rebind_alloc<Other>>;
  };
  // NOLINTEND(readability-identifier-naming)

  WipingAllocator() = default;
  template <typename Other, typename OtherUpstream>
  explicit WipingAllocator(const WipingAllocator<Other, OtherUpstream>& /*other*/) noexcept {}

  [[nodiscard]] T* allocate(std::size_t count) { return Upstream().allocate(count); }
  void deallocate(T* memory, std::size_t count) noexcept {
    explicit_bzero(memory, count * sizeof(T));
    Upstream().deallocate(memory, count);
  }

  bool operator==(const WipingAllocator&) const = default;
};

using Bytes = std::vector<unsigned char, WipingAllocator<unsigned char>>;

}  // namespace guarantee::sealing
