// SPDX-License-Identifier: Apache-2.0
#include "worker/config/secrets.h"

#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace lethe::worker::config {
namespace {

constexpr std::size_t kMaxSecretFile = std::size_t{64} << 10;

bool is_name(std::string_view name) {
  if (name.empty() || (std::isdigit(static_cast<unsigned char>(name.front())) != 0)) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  });
}

// One scalar on its way from what is written to what it stands for.
class Resolver {
 public:
  Resolver(const Node& scalar, References references, Diagnostics& diagnostics)
      : scalar_(scalar), references_(references), diagnostics_(diagnostics) {}

  void apply(Node& scalar) {
    std::string_view rest = scalar_.written();
    for (std::size_t dollar; (dollar = rest.find("${")) != std::string_view::npos;) {
      const bool escaped = dollar > 0 && rest[dollar - 1] == '$';
      text_.append(rest.substr(0, dollar - (escaped ? 1 : 0)));
      if (escaped) text_.append("${");
      rest.remove_prefix(dollar + 2);
      if (!escaped && !take_reference(rest)) return;
    }
    text_.append(rest);
    const bool keep = references_ == References::kKeep;
    scalar.stand_for(found_ && keep ? scalar_.written() : std::move(text_), found_);
  }

 private:
  // `rest` begins behind "${". False: malformed, the scalar stays as it is.
  bool take_reference(std::string_view& rest) {
    const std::size_t end = rest.find('}');
    if (end == std::string_view::npos) {
      fail("a reference that begins with '${' has no closing '}'; write '$${' for a literal '${'");
      return false;
    }
    const std::string_view inside = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    found_ = true;
    const std::size_t colon = inside.find(':');
    if (colon == std::string_view::npos) return from_environment(inside);
    const std::string_view scheme = inside.substr(0, colon);
    if (scheme == "env") return from_environment(inside.substr(colon + 1));
    if (scheme == "file") return from_file(std::string(inside.substr(colon + 1)));
    fail("unknown kind of reference: ${env:NAME}, ${NAME} and ${file:/path} are known");
    return false;
  }

  bool from_environment(std::string_view name) {
    if (!is_name(name)) {
      fail("a reference to the environment is ${env:NAME} or ${NAME}: letters, digits and '_'");
      return false;
    }
    const std::string variable(name);
    const char* value = std::getenv(variable.c_str());
    if (value == nullptr) return missing("the environment variable " + variable + " is not set");
    text_.append(value);
    return true;
  }

  bool from_file(const std::string& path) {
    if (path.empty()) {
      fail("a reference to a file is ${file:/path}");
      return false;
    }
    struct stat status {};
    std::ifstream file(path, std::ios::binary);
    if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode) || !file)
      return missing("the secret file " + path + " cannot be read");
    if ((status.st_mode & S_IROTH) != 0)
      diagnostics_.warning(scalar_.place(), "every user of this machine may read the secret file " +
                                                path + ": chmod o-r " + path);
    if (status.st_size > static_cast<off_t>(kMaxSecretFile)) {
      fail("the secret file " + path + " is larger than 64 KiB");
      return false;
    }
    std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!content.empty() && content.back() == '\n') content.pop_back();
    if (!content.empty() && content.back() == '\r') content.pop_back();
    text_.append(content);
    return true;
  }

  bool missing(const std::string& what) {
    if (references_ == References::kResolve)
      fail(what);
    else
      diagnostics_.warning(scalar_.place(), what + " here; a run will need it");
    return true;
  }

  void fail(std::string message) { diagnostics_.error(scalar_.place(), std::move(message)); }

  const Node scalar_;
  const References references_;
  Diagnostics& diagnostics_;
  std::string text_;
  bool found_ = false;
};

}  // namespace

void apply_references(Node& tree, References references, Diagnostics& diagnostics) {
  if (tree.is_scalar() && tree.written().find("${") != std::string::npos)
    Resolver(tree, references, diagnostics).apply(tree);
  for (Node& item : tree.items()) apply_references(item, references, diagnostics);
  for (Member& member : tree.members()) apply_references(member.value, references, diagnostics);
}

}  // namespace lethe::worker::config
