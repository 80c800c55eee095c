// SPDX-License-Identifier: Apache-2.0
#include "worker/config/yaml.h"

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <utility>

#include "worker/config/utf8.h"
#include "worker/config/yaml_tree.h"

namespace lethe::worker::config {
namespace {

constexpr std::size_t kMaxFile = std::size_t{4} << 20;

// The library's complaints in our words: its own may quote input.
std::string_view explain(std::string_view library_text) {
  struct Words {
    const char* theirs;
    std::string_view ours;
  };
  using namespace YAML::ErrorMsg;
  static const std::array kWords = {
      Words{END_OF_MAP, "a 'name: value' line is expected here; look at the indentation"},
      Words{END_OF_SEQ, "a '- item' line is expected here; look at the indentation"},
      Words{END_OF_MAP_FLOW, "a '{' is not closed by '}', or a ',' is missing"},
      Words{END_OF_SEQ_FLOW, "a '[' is not closed by ']', or a ',' is missing"},
      Words{FLOW_END, "a closing bracket without its opening one"},
      Words{TAB_IN_INDENTATION, "a tab in the indentation; YAML wants spaces"},
      Words{EOF_IN_SCALAR, "a quoted text is not closed"},
      Words{DOC_IN_SCALAR, "a quoted text is not closed before '---' or '...'"},
      Words{INVALID_HEX, "a bad \\x, \\u or \\U escape; use single quotes for a literal '\\'"},
      Words{BLOCK_ENTRY, "'- ' is not expected here; begin the list on a line of its own"},
      Words{MAP_KEY, "'? ' is not expected here"},
      Words{MAP_VALUE, "a second ':' on this line; put the text in quotes"},
      Words{UNKNOWN_TOKEN, "a character that cannot begin a value; put the text in quotes"},
      Words{CHAR_IN_BLOCK, "only an indentation may follow '|' or '>'"},
      Words{ALIAS_NOT_FOUND, "a name is missing after '*'; put a text that begins so in quotes"},
      Words{ANCHOR_NOT_FOUND, "a name is missing after '&'; put a text that begins so in quotes"},
      Words{CHAR_IN_ALIAS, "a bad name after '*'; put a text that begins so in quotes"},
      Words{CHAR_IN_ANCHOR, "a bad name after '&'; put a text that begins so in quotes"},
      Words{UNKNOWN_ANCHOR, "there is no anchor of this name above"},
      Words{ALIAS_CONTENT, "an alias cannot have an anchor or a tag of its own"},
  };
  for (const Words& words : kWords)
    if (library_text == words.theirs) return words.ours;
  if (library_text.substr(0, 14) == std::string_view(INVALID_ESCAPE).substr(0, 14))
    return "an unknown escape; use single quotes for a literal '\\'";
  if (library_text.substr(0, 14) == std::string_view(UNKNOWN_ANCHOR).substr(0, 14))
    return "there is no anchor of this name above";
  return "this is not valid YAML";
}

bool is_indented_by_tab(std::string_view line) {
  const std::size_t text = line.find_first_not_of(" \t");
  return line.substr(0, std::min(text, line.size())).find('\t') != std::string_view::npos;
}

// A tab in the indentation makes the library fail here or one line later, with other words.
Refused refused(const YAML::Exception& error, const SourceText& source, const std::string& file) {
  if (error.mark.is_null()) return {{file, 0, 0}, std::string(explain(error.msg))};
  for (const int line : {error.mark.line, error.mark.line - 1}) {
    if (line < 0 || !is_indented_by_tab(source.line(line))) continue;
    const int column = static_cast<int>(source.line(line).find('\t')) + 1;
    return {{file, line + 1, column}, "a tab in the indentation; YAML wants spaces"};
  }
  return {source.place(error.mark), std::string(explain(error.msg))};
}

std::optional<Node> build(std::string_view text, const SourceText& source, const std::string& file,
                          Diagnostics& diagnostics) {
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    TreeBuilder builder(source, diagnostics);
    while (parser.HandleNextDocument(builder)) {
    }
    return builder.take();
  } catch (const Refused& error) {
    diagnostics.error(error.place, error.message);
  } catch (const YAML::Exception& error) {
    const Refused complaint = refused(error, source, file);
    diagnostics.error(complaint.place, complaint.message);
  }
  return std::nullopt;
}

// False, and an error: the bytes are not text.
bool is_text(std::string_view text, const std::string& file, Diagnostics& diagnostics) {
  const std::size_t valid = std::min(valid_prefix(text), text.find('\0'));
  if (valid >= text.size()) return true;
  const std::string_view before = text.substr(0, valid);
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 == 0
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t column = count_characters(before.substr(line_start)) + 1;
  diagnostics.error({file, static_cast<int>(line), static_cast<int>(column)},
                    "this is not UTF-8 text; save the file as UTF-8");
  return false;
}

}  // namespace

std::optional<Node> parse_yaml(std::string_view text, const std::string& file,
                               References references, Diagnostics& diagnostics) {
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  if (text.size() > kMaxFile) {
    diagnostics.error({file, 0, 0}, "the file is larger than 4 MiB; this is no configuration");
    return std::nullopt;
  }
  if (!is_text(text, file, diagnostics)) return std::nullopt;
  const std::size_t errors_before = diagnostics.reported_errors();
  std::optional<Node> tree = build(text, SourceText(text, file), file, diagnostics);
  if (diagnostics.reported_errors() > errors_before && !tree) return std::nullopt;
  if (!tree || tree->is_blank()) {
    diagnostics.error({file, 0, 0}, "the file is empty; a pipeline begins with 'pipeline: NAME'");
    return std::nullopt;
  }
  apply_references(*tree, references, diagnostics);
  return tree;
}

std::optional<Node> read_yaml(const std::string& file, References references,
                              Diagnostics& diagnostics) {
  std::ifstream stream(file, std::ios::binary);
  std::string text(kMaxFile + 1, '\0');  // one more than parse_yaml takes
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!stream.is_open() || stream.bad()) {
    diagnostics.error({file, 0, 0}, "the file cannot be read; look at its name and permissions");
    return std::nullopt;
  }
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return parse_yaml(text, file, references, diagnostics);
}

}  // namespace lethe::worker::config
