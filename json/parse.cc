// SPDX-License-Identifier: Apache-2.0
//
// The only file that includes nlohmann/json. Its event interface builds our values directly; its
// exceptions and its messages, which quote the input, stay here.

#include <nlohmann/json.hpp>

#include <unordered_set>

#include "json/json.h"

namespace lethe::json {
namespace {

constexpr std::size_t kMaxDepth = 256;

// Containers under construction, innermost last. Returning false stops the parser.
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return add(Value()); }
  bool boolean(bool value) override { return add(value); }
  // A negative sign is what brings a number here, so zero was written as -0.
  bool number_integer(std::int64_t value) override { return value == 0 ? add(-0.0) : add(value); }
  bool number_unsigned(std::uint64_t value) override { return add(value); }
  bool number_float(double value, const std::string&) override { return add(value); }
  bool string(std::string& text) override { return add(std::move(text)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(true); }
  bool start_array(std::size_t) override { return open(false); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(std::string& name) override {
    if (!open_.back().names.insert(name).second) return fail("has a duplicate member");
    open_.back().key = std::move(name);
    return true;
  }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    return fail("is malformed at byte " + std::to_string(position));
  }

  Value& result() { return result_; }
  const std::string& complaint() const { return complaint_; }

 private:
  struct Level {
    bool is_object;
    Array elements;
    Object members;
    std::string key;                        // of the member to come
    std::unordered_set<std::string> names;  // members so far
  };

  bool fail(std::string what) {
    complaint_ = std::move(what);
    return false;
  }
  bool open(bool is_object) {
    if (open_.size() == kMaxDepth) return fail("is nested too deep");
    open_.push_back({is_object, {}, {}, {}, {}});
    return true;
  }
  bool close() {
    Level level = std::move(open_.back());
    open_.pop_back();
    if (level.is_object) return add(std::move(level.members));
    return add(std::move(level.elements));
  }
  bool add(Value value) {
    if (open_.empty()) {
      result_ = std::move(value);
    } else if (Level& level = open_.back(); level.is_object) {
      level.members.push_back({std::move(level.key), std::move(value)});
    } else {
      level.elements.push_back(std::move(value));
    }
    return true;
  }

  std::vector<Level> open_;
  Value result_;
  std::string complaint_;
};

}  // namespace

Result<Value> parse(std::string_view text) {
  // nlohmann would skip a byte order mark; RFC 8259 knows none.
  if (text.starts_with("\xEF\xBB\xBF"))
    return bad_record("JSON text begins with a byte order mark");
  Builder builder;
  try {
    if (nlohmann::json::sax_parse(text, &builder)) return std::move(builder.result());
  } catch (const nlohmann::json::exception&) {
    return bad_record("JSON text is malformed");
  }
  return bad_record("JSON text " + builder.complaint());
}

}  // namespace lethe::json
