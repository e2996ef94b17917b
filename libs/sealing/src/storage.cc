#include "sealing/storage.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <utility>

#include "crypto/base64.h"
#include "encoding.h"
#include "openssl.h"

namespace guarantee::sealing {
namespace {

constexpr std::string_view kMark = "s1:";
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;

tl::unexpected<Error> WrongKeyFile(std::string message) {
  return Permanent("sealing.key_file", std::move(message));
}
tl::unexpected<Error> Damaged() {
  return Permanent("sealing.damaged", "a stored value is not what was sealed at this place");
}

bool IsKeyId(std::string_view id) {
  return !id.empty() && id.size() <= kStorageKeyIdCharsMax &&
         std::all_of(id.begin(), id.end(), [](char letter) {
           return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') ||
                  letter == '-';
         });
}

// Each part with its length, so that no two places have the same bytes.
Bytes AssociatedData(std::string_view key_id, const StoragePlace& place) {
  Bytes data = ToBytes(kMark);
  for (const std::string_view part :
       {key_id, std::string_view(place.partner), std::string_view(place.order),
        std::string_view(place.field)}) {
    for (unsigned shift = 32; shift > 0; shift -= 8) {
      data.push_back(static_cast<unsigned char>(part.size() >> (shift - 8) & 0xFFU));
    }
    data.insert(data.end(), part.begin(), part.end());
  }
  return data;
}

struct Parts {
  std::string_view key_id;
  std::string_view base64;
};
std::optional<Parts> Split(std::string_view text) {
  if (!text.starts_with(kMark)) return std::nullopt;
  text.remove_prefix(kMark.size());
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || !IsKeyId(text.substr(0, colon))) return std::nullopt;
  return Parts{text.substr(0, colon), text.substr(colon + 1)};
}

// The tag is the last of `box`, the nonce the first.
bool Encrypt(const Bytes& key, const Bytes& associated, std::string_view plain, Bytes& box) {
  const QuietErrors quiet;
  const OpenSslPtr<EVP_CIPHER_CTX> context(EVP_CIPHER_CTX_new());
  unsigned char* out = box.data() + kNonceBytes;
  int size = 0;
  return context &&
         EVP_EncryptInit_ex2(context.get(), EVP_aes_256_gcm(), key.data(), box.data(), nullptr) ==
             1 &&
         EVP_EncryptUpdate(context.get(), nullptr, &size, associated.data(),
                           static_cast<int>(associated.size())) == 1 &&
         EVP_EncryptUpdate(context.get(), out, &size,
                           reinterpret_cast<const unsigned char*>(plain.data()),
                           static_cast<int>(plain.size())) == 1 &&
         EVP_EncryptFinal_ex(context.get(), out + plain.size(), &size) == 1 &&
         EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(kTagBytes),
                             out + plain.size()) == 1;
}

bool Decrypt(const Bytes& key, const Bytes& associated, Bytes& box, Bytes& plain) {
  const QuietErrors quiet;
  const OpenSslPtr<EVP_CIPHER_CTX> context(EVP_CIPHER_CTX_new());
  const unsigned char* from = box.data() + kNonceBytes;
  int size = 0;
  unsigned char none = 0;
  return context &&
         EVP_DecryptInit_ex2(context.get(), EVP_aes_256_gcm(), key.data(), box.data(), nullptr) ==
             1 &&
         EVP_DecryptUpdate(context.get(), nullptr, &size, associated.data(),
                           static_cast<int>(associated.size())) == 1 &&
         (plain.empty() || EVP_DecryptUpdate(context.get(), plain.data(), &size, from,
                                             static_cast<int>(plain.size())) == 1) &&
         EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(kTagBytes),
                             box.data() + kNonceBytes + plain.size()) == 1 &&
         EVP_DecryptFinal_ex(context.get(), &none, &size) == 1;
}

struct File {
  explicit File(const std::string& path)
      : descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor >= 0) ::close(descriptor);
  }
  int descriptor;
};

// Up to the end or `bytes` is full.
std::optional<std::size_t> ReadAll(int descriptor, Bytes& bytes) {
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = ::read(descriptor, bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

}  // namespace

bool LooksStored(std::string_view text) { return Split(text).has_value(); }

Result<StorageKeys> StorageKeys::Parse(std::string_view text) {
  StorageKeys keys;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = TakeLine(text);
    if (line.empty() || line.front() == '#') continue;
    const std::size_t blank = std::min(line.find(' '), line.size());
    const std::string_view id = line.substr(0, blank);
    if (!IsKeyId(id) || keys.Find(id) != nullptr) {
      return WrongKeyFile(fmt::format("line {}: the id is none, or one that was there", number));
    }
    std::optional<Bytes> bytes = DecodeBase64(line.substr(std::min(blank + 1, line.size())));
    if (!bytes || bytes->size() != kStorageKeyBytes) {
      return WrongKeyFile(fmt::format("line {}: no key of {} bytes", number, kStorageKeyBytes));
    }
    if (keys.keys_.size() == kStorageKeysMax) {
      return WrongKeyFile(fmt::format("more than {} keys", kStorageKeysMax));
    }
    keys.keys_.push_back({std::string(id), std::move(*bytes)});
  }
  if (keys.keys_.empty()) return WrongKeyFile("no key at all");
  return keys;
}

Result<StorageKeys> StorageKeys::Load(const std::string& path) {
  const File file(path);
  Bytes bytes(kStorageKeyFileBytesMax + 1);
  const std::optional<std::size_t> size =
      file.descriptor < 0 ? std::nullopt : ReadAll(file.descriptor, bytes);
  if (!size) return WrongKeyFile("cannot be read");
  if (*size > kStorageKeyFileBytesMax) return WrongKeyFile("is too long");
  return Parse(ViewOf(bytes).substr(0, *size));
}

Result<std::string> StorageKeys::Seal(const Secret& value, const StoragePlace& place,
                                      crypto::Random& random) const {
  const std::string_view plain = value.Reveal();
  if (plain.size() > kStoredBytesMax) {
    return Refused("sealing.too_long", "the value is too long to be sealed");
  }
  const Key& key = keys_.front();
  Bytes box = ToBytes(random.Bytes(kNonceBytes));
  box.resize(kNonceBytes + plain.size() + kTagBytes);
  if (!Encrypt(key.bytes, AssociatedData(key.id, place), plain, box)) {
    return Permanent("sealing.provider", "the provider cannot seal");
  }
  return fmt::format("{}{}:{}", kMark, key.id, crypto::EncodeBase64(ViewOf(box)));
}

Result<Secret> StorageKeys::Unseal(std::string_view text, const StoragePlace& place) const {
  const std::optional<Parts> parts = Split(text);
  if (!parts) return Damaged();
  const Key* key = Find(parts->key_id);
  if (key == nullptr) {
    return Permanent("sealing.key_missing", fmt::format("no key has the id {}", parts->key_id));
  }
  std::optional<Bytes> box = DecodeBase64(parts->base64);
  if (!box || box->size() < kNonceBytes + kTagBytes) return Damaged();
  Bytes plain(box->size() - kNonceBytes - kTagBytes);
  if (!Decrypt(key->bytes, AssociatedData(key->id, place), *box, plain)) return Damaged();
  return ToSecret(plain);
}

bool StorageKeys::IsCurrent(std::string_view text) const {
  const std::optional<Parts> parts = Split(text);
  return parts && parts->key_id == keys_.front().id;
}

const StorageKeys::Key* StorageKeys::Find(std::string_view id) const {
  const auto found =
      std::find_if(keys_.begin(), keys_.end(), [id](const Key& key) { return key.id == id; });
  return found == keys_.end() ? nullptr : &*found;
}

}  // namespace guarantee::sealing
