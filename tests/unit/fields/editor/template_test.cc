// SPDX-License-Identifier: Apache-2.0
#include "plugins/fields/template.h"

#include <gmock/gmock.h>

namespace lethe::fields {
namespace {

using testing::HasSubstr;
using Source = TemplateVariable::Source;

struct Rendered {
  RenderError error;
  std::string text;
  friend bool operator==(const Rendered& a, const Rendered& b) {
    return a.error == b.error && a.text == b.text;
  }
  friend std::ostream& operator<<(std::ostream& out, const Rendered& rendered) {
    return out << describe(rendered.error) << " '" << rendered.text << "'";
  }
};

Rendered render(std::string_view text, std::vector<VariableText> values) {
  std::string out = "left over";
  const RenderStatus status = SubjectTemplate::parse(text).value().render(values, out);
  return {status.error, out};
}
Rendered rendered(std::string text) {
  return {RenderError::kNone, std::move(text)};
}
Rendered refused(RenderError error) {
  return {error, ""};
}

Rendered render_token(TokenKind kind, std::string_view token) {
  return render("u-{{record.value.id}}", {VariableText::token(kind, token)});
}

TEST(SubjectTemplate, CompilesEveryKindOfVariableInOrder) {
  const SubjectTemplate subject =
      SubjectTemplate::parse(
          "a-{{record.value.a.b[0]}}-{{ record.key }}{{record.key.id}}"
          "{{record.header.x.user-id}}{{record.header['x y']}}{{record.topic}}"
          "{{record.value['q.r']}}{{record.value}}z")
          .value();
  const auto variables = subject.variables();
  ASSERT_EQ(variables.size(), 8u);
  EXPECT_EQ(variables[0].source, Source::kValue);
  EXPECT_EQ(variables[0].path.text(), "a.b[0]");
  EXPECT_EQ(variables[1].source, Source::kKey);
  EXPECT_EQ(variables[2].source, Source::kKeyField);
  EXPECT_EQ(variables[2].path.text(), "id");
  EXPECT_EQ(variables[3].header, "x.user-id");
  EXPECT_EQ(variables[4].source, Source::kHeader);
  EXPECT_EQ(variables[4].header, "x y");
  EXPECT_EQ(variables[5].source, Source::kTopic);
  EXPECT_EQ(variables[6].path.steps()[0].name, "q.r");
  EXPECT_TRUE(variables[7].path.steps().empty());
}

TEST(SubjectTemplate, PutsValuesBetweenItsConstants) {
  EXPECT_EQ(render("user-{{record.value.a}}/{{record.topic}}",
                   {VariableText::token(TokenKind::kString, "\"x\""), VariableText::bytes("t")}),
            rendered("user-x/t"));
  EXPECT_EQ(
      render("{{record.key}}{{record.key}}", {VariableText::bytes("k"), VariableText::bytes("k")}),
      rendered("kk"));
  EXPECT_EQ(render("only-constant {x} }", {}), rendered("only-constant {x} }"));
}

TEST(SubjectTemplate, DecodesStrings) {
  EXPECT_EQ(render_token(TokenKind::kString, R"("a\u00e9\"\\\/\n\ud83d\ude00")"),
            rendered("u-a\xC3\xA9\"\\/\n\xF0\x9F\x98\x80"));
  EXPECT_EQ(render_token(TokenKind::kString, "\"\xC3\xA9\""), rendered("u-\xC3\xA9"));
}

TEST(SubjectTemplate, TakesScalarsWithOneSpellingOnly) {
  for (const char* token : {"0", "1", "-5", "123456789012345678901234567890"}) {
    EXPECT_EQ(render_token(TokenKind::kNumber, token), rendered(std::string("u-") + token));
  }
  for (const char* token : {"1.0", "1e0", "-0", "0.0", "1E5", "-1.5", "-0.0"}) {
    EXPECT_EQ(render_token(TokenKind::kNumber, token), refused(RenderError::kNotPlainInteger));
  }
  EXPECT_EQ(render_token(TokenKind::kTrue, "true"), rendered("u-true"));
  EXPECT_EQ(render_token(TokenKind::kFalse, "false"), rendered("u-false"));
}

TEST(SubjectTemplate, RefusesWhatNamesNobody) {
  EXPECT_EQ(render("u-{{record.value.id}}", {VariableText{}}), refused(RenderError::kMissing));
  EXPECT_EQ(render("u-{{record.value.id}}", {}), refused(RenderError::kMissing));
  EXPECT_EQ(render_token(TokenKind::kNull, "null"), refused(RenderError::kNull));
  EXPECT_EQ(render_token(TokenKind::kString, "\"\""), refused(RenderError::kEmpty));
  EXPECT_EQ(render("u-{{record.key}}", {VariableText::bytes("")}), refused(RenderError::kEmpty));
  EXPECT_EQ(render_token(TokenKind::kObject, "{}"), refused(RenderError::kNotScalar));
  EXPECT_EQ(render_token(TokenKind::kArray, "[1]"), refused(RenderError::kNotScalar));
}

TEST(SubjectTemplate, RefusesWhatIsNotText) {
  EXPECT_EQ(render_token(TokenKind::kString, R"("a\ud800")"), refused(RenderError::kNotText));
  EXPECT_EQ(render_token(TokenKind::kString, R"("a\udc00b")"), refused(RenderError::kNotText));
  EXPECT_EQ(render_token(TokenKind::kString, R"("a\u0000")"), refused(RenderError::kNotText));
  for (const std::string_view bytes :
       {std::string_view("\xFF"), std::string_view("a\0b", 3), std::string_view("\xED\xA0\x80")}) {
    EXPECT_EQ(render("{{record.key}}", {VariableText::bytes(bytes)}),
              refused(RenderError::kNotText));
  }
}

TEST(SubjectTemplate, LimitsTheSubjectTo1024Bytes) {
  const std::string most(1022, 'x');
  EXPECT_EQ(render_token(TokenKind::kString, '"' + most + '"'), rendered("u-" + most));
  EXPECT_EQ(render_token(TokenKind::kString, "\"x" + most + '"'), refused(RenderError::kTooLong));
  EXPECT_EQ(render_token(TokenKind::kString, R"("\u0041\n)" + most + '"'),
            refused(RenderError::kTooLong));
  EXPECT_EQ(render_token(TokenKind::kString, '"' + std::string(100000, 'x') + '"'),
            refused(RenderError::kTooLong));
  EXPECT_EQ(render_token(TokenKind::kNumber, std::string(2000, '1')),
            refused(RenderError::kTooLong));
  EXPECT_EQ(render("{{record.key}}b", {VariableText::bytes(std::string(1024, 'x'))}),
            refused(RenderError::kTooLong));
}

TEST(SubjectTemplate, SaysWhichVariableFailed) {
  const SubjectTemplate subject =
      SubjectTemplate::parse("{{record.topic}}{{record.value.a}}{{record.key}}").value();
  std::string out;
  const VariableText values[] = {VariableText::bytes("t"),
                                 VariableText::token(TokenKind::kNull, "null"),
                                 VariableText::bytes("")};
  EXPECT_EQ(subject.render(values, out).variable, 1u);
}

TEST(SubjectTemplate, RefusesWhatItCannotCompileWithAPosition) {
  const std::vector<std::pair<std::string, std::string>> bad{
      {"", "empty"},
      {"u-{{record.value.a", "byte 3"},
      {"u-}}", "byte 3"},
      {"{{record.topic}}}}", "byte 17"},
      {"abc{{}}", "byte 4"},
      {"{{record}}", "use record.value"},
      {"{{record.offset}}", "use record.value"},
      {"{{record.valueid}}", "use record.value"},
      {"{{value.id}}", "use record.value"},
      {"{{record.value.}}", "name is missing"},
      {"{{record.value.['a']}}", "name is missing"},
      {"{{record.value.a..b}}", "byte 3"},
      {"{{record.value.a[*]}}", "wild card"},
      {"{{record.value.*}}", "wild card"},
      {"{{record.key.**.a}}", "wild card"},
      {"{{record.value.$key}}", "use record.value"},
      {"{{record.header}}", "header"},
      {"{{record.header.}}", "header"},
      {"{{record.header.a b}}", "header"},
      {"{{record.header['a'].b}}", "header"},
      {"{{record.header[0]}}", "header"},
      {"{{record.topic.x}}", "use record.value"},
      {std::string(1025, 'x'), "1024"},
      {"\xFF{{record.topic}}", "UTF-8"},
  };
  for (const auto& [text, part] : bad) {
    const auto parsed = SubjectTemplate::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().kind(), ErrorKind::kBadConfig);
    EXPECT_THAT(parsed.error().message(), HasSubstr(part)) << text;
  }
}

TEST(RenderErrors, EachHaveASentenceOfTheirOwn) {
  std::set<std::string_view> sentences;
  for (std::uint8_t i = 0; i <= static_cast<std::uint8_t>(RenderError::kTooLong); ++i) {
    sentences.insert(describe(static_cast<RenderError>(i)));
  }
  EXPECT_EQ(sentences.size(), static_cast<std::size_t>(RenderError::kTooLong) + 1);
}

}  // namespace
}  // namespace lethe::fields
