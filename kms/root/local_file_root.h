// SPDX-License-Identifier: Apache-2.0
//
// A root key in a file of this machine, for trials and single hosts: whoever can read the file can
// open the store, and who loses it has lost the data. So the file must belong to the worker's user
// and be closed to everybody else, it is reached through no symbolic link, and it is made only if
// that is asked for. Its bytes: docs/formats/control.md. Thread-safe after make().

#ifndef LETHE_KMS_ROOT_LOCAL_FILE_ROOT_H_
#define LETHE_KMS_ROOT_LOCAL_FILE_ROOT_H_

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "kms/root/root_key.h"

namespace lethe::kms::root {

class LocalFileRoot final : public RootKey {
 public:
  struct Options {
    std::string data_folder{};  // what a relative location is relative to
    bool create = false;        // make the file if it is missing; of several makers one wins
  };

  // uri: file-kms:///absolute/path or file-kms://relative/path.
  static Result<std::unique_ptr<LocalFileRoot>> make(std::string_view uri, const Options& options);

  std::string_view id() const override { return id_; }
  Result<std::string> wrap(const crypto::Key& key, std::string_view aad) override;
  Result<crypto::Key> unwrap(std::string_view wrapped, std::string_view aad) override;

  static constexpr std::size_t kFileSize = 60;
  static constexpr std::size_t kWrappedSize = 76;
  // The bytes of a root file, and of a wrapped key under it: for known answers.
  static std::string encode_file(std::span<const std::uint8_t, 16> number,
                                 std::span<const std::uint8_t, 32> key);
  static std::string wrap_with_nonce(std::span<const std::uint8_t, 16> number,
                                     std::span<const std::uint8_t, 32> root,
                                     std::span<const std::uint8_t, 12> nonce, std::string_view aad,
                                     const crypto::Key& key);

 private:
  explicit LocalFileRoot(std::string id);
  // False: not the bytes of a root file.
  bool adopt(std::span<const std::uint8_t> file);

  std::string id_;
  crypto::SecretPage page_;
  std::span<std::uint8_t, 32> key_;
  std::array<std::uint8_t, 16> number_{};  // random; tells a foreign root from changed bytes
};

}  // namespace lethe::kms::root

#endif  // LETHE_KMS_ROOT_LOCAL_FILE_ROOT_H_
