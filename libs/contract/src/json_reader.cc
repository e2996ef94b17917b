#include "json_reader.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_set>
#include <utility>

#include "contract/messages.h"

namespace guarantee::contract {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
// Numbers beyond double in one body; each costs one more pass.
constexpr std::size_t kHugeNumbersMax = 4;
// nlohmann's "number overflow", the one error that valid JSON can cause.
constexpr int kNumberOverflowId = 406;

DecodeFailure Failure(FailureKind kind, std::string_view message) {
  return {kind, std::string(message), {}};
}

// The keys of one object that are not in the plan.
class KeySet {
 public:
  // False when the key is there already.
  bool Insert(const std::string& key) {
    if (keys_.size() < kScanMax) {
      for (const std::string& known : keys_) {
        if (known == key) return false;
      }
      keys_.push_back(key);
      return true;
    }
    if (index_.empty()) index_.insert(keys_.begin(), keys_.end());
    return index_.insert(key).second;
  }
  [[nodiscard]] std::size_t size() const { return std::max(keys_.size(), index_.size()); }
  void Clear() {
    keys_.clear();
    // clear() would keep the buckets and pay for them again at every object that follows.
    if (!index_.empty()) std::unordered_set<std::string>().swap(index_);
  }

 private:
  static constexpr std::size_t kScanMax = 16;

  std::vector<std::string> keys_;
  std::unordered_set<std::string> index_;
};

// A number that double cannot hold, read by its text instead.
struct HugeNumber {
  std::size_t ordinal = 0;  // how many numbers stand before it
  std::string text;
};

// Where values go while an object or array is open.
enum class Scope : std::uint8_t {
  kRoot,     // the body's object: known keys, and the wrapper
  kObject,   // a wrapped object or an array's item: known keys
  kItems,    // the array of items
  kIgnored,  // anything below a key that is not ours
};

class Reader {
 public:
  Reader(const ReadOptions& options, const std::vector<HugeNumber>& huge)
      : options_(options), huge_(huge) {}

  // What nlohmann calls; false stops it.
  // NOLINTBEGIN(readability-identifier-naming)
  bool null() { return Value(RawValue::Kind::kNull, {}); }
  bool boolean(bool) { return Value(RawValue::Kind::kBoolean, {}); }
  // An integer token of value 0 that is not unsigned can only have been "-0".
  bool number_integer(std::int64_t value) {
    return Number(value == 0 ? "-0" : std::to_string(value));
  }
  bool number_unsigned(std::uint64_t value) { return Number(std::to_string(value)); }
  bool number_float(double, const std::string& text) { return Number(text); }
  bool string(std::string& text) {
    if (text.size() > options_.string_limit_bytes) {
      return Fail(FailureKind::kTooLarge, messages::kBodyTooLarge);
    }
    return Value(RawValue::Kind::kText, std::move(text));
  }
  bool binary(const std::vector<std::uint8_t>&) { return false; }
  bool start_object(std::size_t) { return Open(true); }
  bool start_array(std::size_t) { return Open(false); }
  bool end_object() { return Close(); }
  bool end_array() { return Close(); }
  bool key(std::string& key);
  bool parse_error(std::size_t position, const std::string& token,
                   const nlohmann::json::exception& error);
  // NOLINTEND(readability-identifier-naming)

  // The parse ended early; a cause that is known already stays.
  void Stop() { Fail(FailureKind::kMalformed, messages::kMalformed); }
  [[nodiscard]] tl::expected<RawBody, DecodeFailure> Take();
  // The number that stopped the parse although it is valid, if that was the cause.
  [[nodiscard]] const HugeNumber* stopped_by() const { return stopped_ ? &stopper_ : nullptr; }
  [[nodiscard]] std::size_t position() const { return position_; }

 private:
  static constexpr std::size_t kNoSlot = kNoField;

  struct Level {
    Scope scope = Scope::kIgnored;
    std::size_t object = 0;  // index into objects_, for kRoot and kObject
    std::size_t slot = kNoSlot;
    bool wrapper = false;  // the key just read is the wrapper
    KeySet unknown;
  };

  bool Fail(FailureKind kind, std::string_view message) {
    if (!failure_) failure_ = Failure(kind, message);
    return false;
  }
  bool Number(std::string text);
  bool Value(RawValue::Kind kind, std::string text);
  bool Open(bool object);
  bool OpenAt(Level& parent, bool object);
  bool Push(Scope scope, std::size_t object);
  bool Close() {
    --depth_;
    return true;
  }
  std::size_t NewObject();

  const ReadOptions& options_;
  const std::vector<HugeNumber>& huge_;
  std::array<Level, kNestingMax> levels_;
  std::size_t depth_ = 0;
  std::size_t numbers_ = 0;
  std::size_t position_ = 0;
  bool stopped_ = false;
  HugeNumber stopper_;
  bool array_ = false;
  std::size_t first_ = 0;  // the first object that counts: the wrapped one, or the body's
  std::vector<RawObject> objects_;
  std::optional<DecodeFailure> failure_;
};

std::size_t Reader::NewObject() {
  objects_.emplace_back();
  objects_.back().values.resize(options_.plan->keys.size());
  return objects_.size() - 1;
}

bool Reader::key(std::string& key) {
  Level& level = levels_[depth_ - 1];
  level.slot = kNoSlot;
  level.wrapper = false;
  if (level.scope == Scope::kRoot || level.scope == Scope::kObject) {
    level.slot = options_.plan->FindKey(key);
    if (level.slot != kNoSlot) {
      const RawValue& value = objects_[level.object].values[level.slot];
      if (value.kind == RawValue::Kind::kAbsent) return true;
      return Fail(FailureKind::kMalformed, messages::kDuplicateKey);
    }
    level.wrapper =
        level.scope == Scope::kRoot && !options_.wrapper.empty() && key == options_.wrapper;
    objects_[level.object].unknown_keys += level.wrapper ? 0 : 1;
  }
  if (!level.unknown.Insert(key)) return Fail(FailureKind::kMalformed, messages::kDuplicateKey);
  if (level.unknown.size() <= kKeysMax) return true;
  return Fail(FailureKind::kTooLarge, messages::kBodyTooLarge);
}

bool Reader::Number(std::string text) {
  const std::size_t ordinal = numbers_++;
  for (const HugeNumber& number : huge_) {
    if (number.ordinal == ordinal) return Value(RawValue::Kind::kNumber, number.text);
  }
  return Value(RawValue::Kind::kNumber, std::move(text));
}

bool Reader::Value(RawValue::Kind kind, std::string text) {
  if (depth_ == 0) return Fail(FailureKind::kMalformed, messages::kMalformed);
  Level& level = levels_[depth_ - 1];
  if (level.scope == Scope::kItems) {
    if (objects_.size() - first_ >= kItemsMax) {
      return Fail(FailureKind::kTooLarge, messages::kTooManyItems);
    }
    objects_[NewObject()].is_object = false;
    return true;
  }
  if (level.slot == kNoSlot || level.scope == Scope::kIgnored) return true;
  RawValue& value = objects_[level.object].values[level.slot];
  value.kind = kind;
  value.text = std::move(text);
  return true;
}

bool Reader::Push(Scope scope, std::size_t object) {
  if (depth_ == kNestingMax) return Fail(FailureKind::kMalformed, messages::kTooDeep);
  Level& level = levels_[depth_++];
  level.scope = scope;
  level.object = object;
  level.slot = kNoSlot;
  level.wrapper = false;
  level.unknown.Clear();
  return true;
}

bool Reader::Open(bool object) {
  if (depth_ > 0) return OpenAt(levels_[depth_ - 1], object);
  if (object) return Push(Scope::kRoot, NewObject());
  if (!options_.array) return Fail(FailureKind::kMalformed, messages::kMalformed);
  array_ = true;
  return Push(Scope::kItems, 0);
}

bool Reader::OpenAt(Level& parent, bool object) {
  if (parent.scope == Scope::kItems && object) {
    if (objects_.size() - first_ >= kItemsMax) {
      return Fail(FailureKind::kTooLarge, messages::kTooManyItems);
    }
    return Push(Scope::kObject, NewObject());
  }
  if (parent.wrapper && object) {
    first_ = objects_.size();
    return Push(Scope::kObject, NewObject());
  }
  if (parent.wrapper && options_.array) {
    first_ = objects_.size();
    array_ = true;
    return Push(Scope::kItems, 0);
  }
  if (!Value(RawValue::Kind::kComposite, {})) return false;
  return Push(Scope::kIgnored, 0);
}

bool Reader::parse_error(std::size_t position, const std::string& token,
                         const nlohmann::json::exception& error) {
  if (error.id == kNumberOverflowId) {
    stopped_ = true;
    stopper_ = {numbers_, token};
    position_ = position;
  }
  return Fail(FailureKind::kMalformed, messages::kMalformed);
}

tl::expected<RawBody, DecodeFailure> Reader::Take() {
  if (failure_) return tl::unexpected(std::move(*failure_));
  objects_.erase(objects_.begin(), objects_.begin() + static_cast<std::ptrdiff_t>(first_));
  if (objects_.empty())
    return tl::unexpected(Failure(FailureKind::kMalformed, messages::kEmptyArray));
  return RawBody{array_, std::move(objects_)};
}

// One pass over the text; afterwards the reader tells what came of it.
void Parse(std::string_view text, Reader& reader) {
  const bool read = nlohmann::json::sax_parse(text.data(), text.data() + text.size(), &reader,
                                              nlohmann::json::input_format_t::json, true, false);
  if (!read) reader.Stop();
}

// A copy of the body in which the number that ended at `position` is one that double can hold.
bool Replace(std::string& text, std::size_t position, const HugeNumber& number) {
  const std::size_t length = number.text.size();
  if (position < length || position > text.size()) return false;
  if (text.compare(position - length, length, number.text) != 0) return false;
  text.replace(position - length, length, std::string(length - 1, ' ') + "0");
  return true;
}

}  // namespace

tl::expected<RawBody, DecodeFailure> ReadBody(std::string_view body, const ReadOptions& options) {
  std::string_view text = body;
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    text.remove_prefix(kByteOrderMark.size());
  }
  // nlohmann takes a second mark for a first one and NUL for the end of the text.
  const bool foreign = text.substr(0, kByteOrderMark.size()) == kByteOrderMark ||
                       text.find('\0') != std::string_view::npos;
  if (foreign) return tl::unexpected(Failure(FailureKind::kMalformed, messages::kMalformed));
  std::vector<HugeNumber> huge;
  std::string copy;
  for (;;) {
    Reader reader(options, huge);
    Parse(text, reader);
    const HugeNumber* number = reader.stopped_by();
    if (number == nullptr || huge.size() == kHugeNumbersMax) return reader.Take();
    if (copy.empty()) copy = text;
    if (!Replace(copy, reader.position(), *number)) return reader.Take();
    huge.push_back(*number);
    text = copy;
  }
}

}  // namespace guarantee::contract
