// SPDX-License-Identifier: Apache-2.0
#include "kms/journal/checkpoint.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "kms/base64.h"
#include "lethe/utf8.h"

namespace lethe::kms::journal {
namespace {

constexpr std::string_view kDash = "\xE2\x80\x94 ";  // em dash, space

struct NoteSignature {
  std::string_view name;
  KeyHash hash{};
  std::vector<std::uint8_t> signature;
};

struct Note {
  std::string_view text;  // with its last LF
  std::vector<NoteSignature> signatures;
};

// Takes a line off the front; nothing if it does not end in LF.
std::optional<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == text.npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

std::optional<NoteSignature> read_signature(std::string_view line) {
  if (!line.starts_with(kDash)) return std::nullopt;
  line.remove_prefix(kDash.size());
  const std::size_t space = line.find(' ');
  if (space == line.npos || !is_key_name(line.substr(0, space))) return std::nullopt;
  const auto bytes = from_base64(line.substr(space + 1));
  NoteSignature signature{line.substr(0, space), {}, {}};
  if (!bytes || bytes->size() <= signature.hash.size()) return std::nullopt;
  const auto middle = bytes->begin() + static_cast<std::ptrdiff_t>(signature.hash.size());
  std::copy(bytes->begin(), middle, signature.hash.begin());
  signature.signature.assign(middle, bytes->end());
  return signature;
}

bool is_note_text(std::string_view text) {
  return is_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < ' ' && c != '\n';
         });
}

// A text, an empty line, and one or more signatures, each in its line.
std::optional<Note> read_note(std::string_view note) {
  const std::size_t split = note.rfind("\n\n");
  if (split == note.npos || !is_note_text(note)) return std::nullopt;
  Note read{note.substr(0, split + 1), {}};
  for (std::string_view rest = note.substr(split + 2); !rest.empty();) {
    const auto line = take_line(rest);
    auto signature = line ? read_signature(*line) : std::nullopt;
    if (!signature) return std::nullopt;
    read.signatures.push_back(std::move(*signature));
  }
  if (read.signatures.empty()) return std::nullopt;
  return read;
}

// The first signature in the key's name decides.
bool is_signed_by(const Note& note, const VerifierKey& key) {
  const KeyHash hash = key.hash();
  for (const NoteSignature& signature : note.signatures) {
    if (signature.name != key.name || signature.hash != hash) continue;
    crypto::Signature bytes;
    if (signature.signature.size() != bytes.size()) return false;
    std::copy(signature.signature.begin(), signature.signature.end(), bytes.begin());
    return verify(key, note.text, bytes);
  }
  return false;
}

std::string text_of(const Checkpoint& checkpoint, std::string_view origin) {
  return std::string(origin) + "\n" + std::to_string(checkpoint.size) + "\n" +
         to_base64(checkpoint.root) + "\n";
}

// Exactly origin, size and root; each has one spelling.
bool read_text(std::string_view text, std::string_view origin, Checkpoint& checkpoint) {
  std::string_view rest = text;
  const auto first = take_line(rest), size = take_line(rest), root = take_line(rest);
  if (!first || !size || !root) return false;
  std::from_chars(size->data(), size->data() + size->size(), checkpoint.size);
  const auto bytes = from_base64(*root);
  if (!bytes || bytes->size() != checkpoint.root.size()) return false;
  std::copy(bytes->begin(), bytes->end(), checkpoint.root.begin());
  return text == text_of(checkpoint, origin);
}

}  // namespace

std::string write_checkpoint(const Checkpoint& checkpoint, const Signer& signer) {
  const std::string text = text_of(checkpoint, signer.name());
  const KeyHash hash = signer.verifier_key().hash();
  const crypto::Signature signature = signer.sign(text);
  std::vector<std::uint8_t> bytes(hash.begin(), hash.end());
  bytes.insert(bytes.end(), signature.begin(), signature.end());
  return text + "\n" + std::string(kDash) + signer.name() + " " + to_base64(bytes) + "\n";
}

Fault read_checkpoint(std::string_view note, const VerifierKey& key, Checkpoint& checkpoint) {
  checkpoint = Checkpoint{};
  const auto read = read_note(note);
  if (!read) return Fault::kBadCheckpoint;
  if (!is_signed_by(*read, key)) return Fault::kBadSignature;
  return read_text(read->text, key.name, checkpoint) ? Fault::kNone : Fault::kBadCheckpoint;
}

Fault check_extends(const MerkleTree& journal, const Checkpoint& checkpoint) {
  const bool extends =
      journal.size() >= checkpoint.size && journal.root(checkpoint.size) == checkpoint.root;
  return extends ? Fault::kNone : Fault::kBadCheckpoint;
}

}  // namespace lethe::kms::journal
