// SPDX-License-Identifier: Apache-2.0

#include "connectors/file/position_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <string_view>

#include "connectors/file/descriptor.h"

namespace lethe::connectors::file {
namespace {

constexpr std::string_view kHead = "lethe-position 1";

// " <number>" at the front of `text`.
bool take_number(std::string_view& text, std::uint64_t& number) {
  if (!text.starts_with(' ')) return false;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + 1, end, number);
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
  return error == std::errc();
}

bool parse(std::string_view text, FilePosition& position) {
  if (!text.starts_with(kHead)) return false;
  text.remove_prefix(kHead.size());
  return take_number(text, position.inode) && take_number(text, position.bytes) &&
         take_number(text, position.lines) && text == "\n";
}

}  // namespace

Result<std::optional<FilePosition>> read_position(const std::string& path) {
  if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) return std::optional<FilePosition>();
  const Descriptor file = LETHE_TRY(open_file(path, O_RDONLY));
  std::array<char, 256> text{};
  const ssize_t n = ::read(file.get(), text.data(), text.size());
  if (n < 0) return system_error("read", path, errno);
  FilePosition position;
  if (!parse({text.data(), static_cast<std::size_t>(n)}, position)) {
    return bad_config(path + " is no position of version 1; delete it to read from the start");
  }
  return std::optional(position);
}

Result<void> write_position(const std::string& path, const FilePosition& position) {
  std::string text(kHead);
  for (const std::uint64_t number : {position.inode, position.bytes, position.lines}) {
    text.append(" ").append(std::to_string(number));
  }
  text += '\n';
  const std::string temporary = path + ".new";
  {
    const Descriptor file = LETHE_TRY(open_file(temporary, O_WRONLY | O_CREAT | O_TRUNC));
    LETHE_TRY(write_all(file.get(), text, temporary));
    LETHE_TRY(sync_data(file.get(), temporary));
  }
  if (std::rename(temporary.c_str(), path.c_str()) != 0) {
    return system_error("replace", path, errno);
  }
  return sync_folder_of(path);
}

}  // namespace lethe::connectors::file
