// SPDX-License-Identifier: Apache-2.0

#include "worker/cli/open.h"

#include <iostream>

#include "kms/crypto/digest.h"
#include "plugins/fields/json_value.h"
#include "plugins/fields/path.h"
#include "worker/sealed_access.h"
#include "worker/wiring.h"

namespace lethe::worker::cli {
namespace {

constexpr fields::Limits kLimits{std::size_t{256} << 20};

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\"");
  const std::size_t end = text.find_last_not_of(" \t\r\"");
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin, end - begin + 1);
}

class Opening {
 public:
  Opening(const OpenCommand& command, kms::GatewayKms& kms)
      : command_(command), session_(kms.session()), tenant_(kms.tenant()) {}

  Result<void> prepare() {
    path_ = fields::encode_path(LETHE_TRY(fields::parse_path(command_.path)));
    context_.tenant = tenant_;
    context_.dataset = command_.dataset;
    context_.path = path_;
    context_.record_key = command_.key ? fields::RecordKey::kPresent : fields::RecordKey::kAbsent;
    if (command_.key)
      context_.record_key_sha256 = kms::crypto::sha256(
          {{reinterpret_cast<const std::uint8_t*>(command_.key->data()), command_.key->size()}});
    return {};
  }

  // The value as JSON.
  Result<std::string> open(std::string_view given) {
    const std::string_view text = trimmed(given);
    std::vector<std::uint8_t> buffer(text.size() + fields::kHeaderSize);
    fields::SealedValue value;
    const fields::SealedError error =
        text.starts_with("{")
            ? fields::read_object(text, fields::kDefaultMarker, kLimits, buffer.data(), value)
            : fields::read_text(text, kLimits, buffer.data(), value);
    if (error != fields::SealedError::kNone)
      return bad_record("this is no sealed value that we can read: " +
                        std::string(fields::name(error)));
    const Opened opened = LETHE_TRY(open_sealed(*session_, value, context_));
    std::string json;
    const fields::Plaintext plaintext{
        opened.type,
        {reinterpret_cast<const std::uint8_t*>(opened.body.data()), opened.body.size()}};
    if (fields::append_json(plaintext, json) != fields::SealedError::kNone)
      return bad_record("the value has no JSON form");
    return json;
  }

 private:
  const OpenCommand& command_;
  std::unique_ptr<kms::KeySession> session_;
  std::string tenant_;
  std::string path_;
  fields::AadContext context_;
};

std::vector<std::string> values(const OpenCommand& command) {
  if (command.values != std::vector<std::string>{"-"}) return command.values;
  std::vector<std::string> lines;
  for (std::string line; std::getline(std::cin, line);)
    if (!line.empty()) lines.push_back(line);
  return lines;
}

}  // namespace

int open(const OpenCommand& command) {
  const std::unique_ptr<log::Log> log = make_log({});
  auto kms = open_kms(command.files, Custody::kLookAndUse, *log);
  if (!kms) return report(kms.error());
  Opening opening(command, **kms);
  const Result<void> prepared = opening.prepare();
  if (!prepared) return report(prepared.error());
  int code = kDone;
  for (const std::string& value : values(command)) {
    const Result<std::string> opened = opening.open(value);
    if (opened)
      print(*opened);
    else
      code = std::max(code, report(opened.error()));
  }
  return code;
}

}  // namespace lethe::worker::cli
