// SPDX-License-Identifier: Apache-2.0
#include "kms/root/local_file_root.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "kms/crypto/aead.h"
#include "kms/crypto/digest.h"
#include "kms/crypto/random.h"
#include "kms/root/private_file.h"

namespace lethe::kms::root {
namespace {

constexpr std::string_view kScheme = "file-kms://";
constexpr std::array<std::uint8_t, 4> kMagic = {'L', 'R', '1', 0};
constexpr std::size_t kNumberAt = 4;
constexpr std::size_t kKeyAt = 20;
constexpr std::size_t kCheckAt = 52;
constexpr std::size_t kNonceAt = 16;
constexpr std::size_t kSealedAt = 28;

using Bytes = std::span<const std::uint8_t>;

Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Finds a damaged file; it is no protection against a made-up one.
std::array<std::uint8_t, 8> check_of(Bytes magic_number_key) {
  const crypto::Digest digest = crypto::sha256({magic_number_key});
  std::array<std::uint8_t, 8> check;
  std::copy_n(digest.begin(), check.size(), check.begin());
  return check;
}

void fill_file(std::span<std::uint8_t, LocalFileRoot::kFileSize> file, Bytes number, Bytes key) {
  std::copy(kMagic.begin(), kMagic.end(), file.begin());
  std::copy(number.begin(), number.end(), file.begin() + kNumberAt);
  std::copy(key.begin(), key.end(), file.begin() + kKeyAt);
  const auto check = check_of(file.first<kCheckAt>());
  std::copy(check.begin(), check.end(), file.begin() + kCheckAt);
}

Result<void> create_file(const std::string& path, std::string_view what) {
  std::array<std::uint8_t, 16> number;
  crypto::Key key;
  crypto::random_bytes(number);
  crypto::random_bytes(key.writable());
  crypto::Secret<LocalFileRoot::kFileSize> file;
  fill_file(file.writable(), number, key.bytes());
  return create_private_file(path, what, file.bytes());
}

}  // namespace

LocalFileRoot::LocalFileRoot(std::string id)
    : id_(std::move(id)), key_(page_.take(32).first<32>()) {}

Result<std::unique_ptr<LocalFileRoot>> LocalFileRoot::make(std::string_view uri,
                                                           const Options& options) {
  if (!uri.starts_with(kScheme) || uri.size() == kScheme.size())
    return bad_config(
        "A root key in a file is written file-kms:///absolute/path or file-kms://path");
  const std::filesystem::path location(uri.substr(kScheme.size()));
  const std::string path = location.is_absolute()
                               ? location.string()
                               : (std::filesystem::path(options.data_folder) / location).string();
  const std::string what = "The root key file " + path;
  if (!exists(path)) {
    if (!options.create)
      return bad_config(what +
                        " is missing; make it with `lethe keys init`, or put it back from a "
                        "backup if the store has keys already");
    LETHE_TRY(create_file(path, what));
  }
  crypto::Secret<kFileSize> file;
  LETHE_TRY(read_private_file(path, what, file.writable()));
  std::unique_ptr<LocalFileRoot> root(new LocalFileRoot(std::string(uri)));
  if (!root->adopt(file.bytes()))
    return bad_config(what + " is not a root key, or is damaged; put it back from a backup");
  return root;
}

bool LocalFileRoot::adopt(Bytes file) {
  if (!std::equal(kMagic.begin(), kMagic.end(), file.begin())) return false;
  if (!crypto::equal(check_of(file.first(kCheckAt)), file.subspan(kCheckAt))) return false;
  std::copy_n(file.begin() + kNumberAt, number_.size(), number_.begin());
  std::copy_n(file.begin() + kKeyAt, key_.size(), key_.begin());
  return true;
}

std::string LocalFileRoot::encode_file(std::span<const std::uint8_t, 16> number,
                                       std::span<const std::uint8_t, 32> key) {
  std::array<std::uint8_t, kFileSize> file;
  fill_file(file, number, key);
  return {file.begin(), file.end()};
}

std::string LocalFileRoot::wrap_with_nonce(std::span<const std::uint8_t, 16> number,
                                           std::span<const std::uint8_t, 32> root,
                                           std::span<const std::uint8_t, 12> nonce,
                                           std::string_view aad, const crypto::Key& key) {
  std::string wrapped(kWrappedSize, '\0');
  std::copy(number.begin(), number.end(), wrapped.begin());
  std::copy(nonce.begin(), nonce.end(), wrapped.begin() + kNonceAt);
  auto* sealed = reinterpret_cast<std::uint8_t*>(wrapped.data()) + kSealedAt;
  if (!crypto::gcm_seal(root, nonce, bytes_of(aad), key.bytes(), sealed)) wrapped.clear();
  return wrapped;
}

Result<std::string> LocalFileRoot::wrap(const crypto::Key& key, std::string_view aad) {
  std::array<std::uint8_t, 12> nonce;
  crypto::random_bytes(nonce);
  std::string wrapped = wrap_with_nonce(number_, key_, nonce, aad, key);
  if (wrapped.empty()) return internal("The root key " + id_ + " could not wrap a seal key");
  return wrapped;
}

Result<crypto::Key> LocalFileRoot::unwrap(std::string_view wrapped, std::string_view aad) {
  if (wrapped.size() != kWrappedSize)
    return bad_config("A seal key was not wrapped by a root key in a file, as " + id_ + " is");
  const Bytes bytes = bytes_of(wrapped);
  if (!crypto::equal(bytes.first(number_.size()), number_))
    return bad_config("A seal key was wrapped by another root key than " + id_ +
                      "; put the right root key file in its place");
  crypto::Key key;
  if (!crypto::gcm_open(key_, bytes.subspan(kNonceAt, 12), bytes_of(aad), bytes.subspan(kSealedAt),
                        key.writable().data()))
    return bad_config("A wrapped seal key was changed: the root key " + id_ + " does not open it");
  return key;
}

}  // namespace lethe::kms::root
