// SPDX-License-Identifier: Apache-2.0
#include "kms/journal/entry.h"

#include "gtest/gtest.h"
#include "tests/unit/kms/journal/samples.h"

namespace lethe::kms::journal {
namespace {

TEST(Entry, OfEveryKindIsReadAsItWasWritten) {
  std::uint64_t seq = 0;
  for (const Event& event : samples::one_of_each()) {
    const Entry entry = samples::entry(++seq, event);
    const auto line = write_line(entry);
    ASSERT_TRUE(line) << line.error().message();
    Entry read;
    ASSERT_EQ(read_line(*line, read), Fault::kNone) << *line;
    EXPECT_EQ(write_line(read).value(), *line);
    EXPECT_EQ(read.event.kind, event.kind);
    EXPECT_EQ(read.event.dek_ids, event.dek_ids);
    EXPECT_EQ(read.event.epochs, event.epochs);
    EXPECT_EQ(read.seq, seq);
  }
  EXPECT_EQ(seq, kEventKinds);
}

TEST(Entry, HasExactlyTheMembersOfItsKind) {
  for (const Event& event : samples::one_of_each()) {
    const auto line = json::parse(write_line(samples::entry(1, event)).value()).value();
    for (const json::Member& member : *line.object()) {
      json::Value without = json::Object{}, null = line;
      for (const json::Member& other : *line.object())
        if (other.name != member.name) without.set(other.name, other.value);
      null.set(member.name, nullptr);
      Entry read;
      EXPECT_EQ(read_entry(null, read), Fault::kMalformed) << null.dump();
      if (member.name == "approver" || member.name == "evidence") continue;  // optional
      EXPECT_EQ(read_entry(without, read), Fault::kMalformed) << without.dump();
    }
    for (const std::string_view foreign : {"epochs", "dek_ids", "fence_ver", "subject", "epoch"}) {
      if (line.find(foreign) != nullptr) continue;
      json::Value more = line;
      more.set(foreign, 1);
      Entry read;
      EXPECT_EQ(read_entry(more, read), Fault::kMalformed) << more.dump();
    }
  }
}

void expect_malformed(std::string_view part, std::string_view instead) {
  const std::string line = write_line(samples::entry(4, samples::fenced("er-1"))).value();
  const std::size_t at = line.find(part);
  ASSERT_NE(at, line.npos) << part;
  Entry read;
  const std::string changed = std::string(line).replace(at, part.size(), instead);
  EXPECT_EQ(read_line(changed, read), Fault::kMalformed) << changed;
}

TEST(Entry, IsMalformedInAnyOtherForm) {
  const std::string first(32, 'a'), second(32, 'b');
  expect_malformed("\"v\":1", "\"v\":2");
  expect_malformed("\"v\":1", "\"v\":1,\"x\":1");
  expect_malformed("\"v\":1", "\"v\": 1");
  expect_malformed("\"seq\":4", "\"seq\":0");
  expect_malformed("\"seq\":4", "\"seq\":4.0");
  expect_malformed("\"seq\":4", "\"seq\":-4");
  expect_malformed("\"seq\":4", "\"seq\":\"4\"");
  expect_malformed("\"seq\":4", "\"seq\":9007199254740992");
  expect_malformed("er-1", "er 1");
  expect_malformed("er-1", std::string(65, 'e'));
  expect_malformed("er-1", "");
  expect_malformed("svc:test", "");
  expect_malformed("svc:test", std::string(256, 'x'));
  expect_malformed("svc:test", "svc\\u0000");
  expect_malformed("\"" + first + "\",\"" + second + "\"", "\"" + second + "\",\"" + first + "\"");
  expect_malformed("\"" + first + "\",\"" + second + "\"", "\"" + first + "\",\"" + first + "\"");
  expect_malformed(first, std::string(32, 'A'));
  expect_malformed("FENCED", "FENCE");
  expect_malformed("\"fence_ver\":1", "\"fence_ver\":0");
  expect_malformed("2026-11-22T15:00:04.000Z", "2026-11-31T15:00:04.000Z");
  expect_malformed("2026-11-22T15:00:04.000Z", "2026-11-22T15:00:04Z");
  expect_malformed("2026-11-22T15:00:04.000Z", "2026-11-22T15:00:60.000Z");
  expect_malformed("2026-11-22T15:00:04.000Z", "2026-11-22T24:00:04.000Z");
  expect_malformed("{\"store\":\"s\"}", "[]");
}

TEST(Entry, IsNotWrittenInAFormThatNobodyWouldRead) {
  Event event = samples::fenced("er-1");
  event.dek_ids = {event.dek_ids[1], event.dek_ids[0]};
  EXPECT_FALSE(write_line(samples::entry(1, event)));
  event = samples::of_subject(EventKind::kRequested, "er-1");
  event.actor = "\xff";
  EXPECT_EQ(write_line(samples::entry(1, event)).error().kind(), ErrorKind::kBadConfig);
}

TEST(TimeText, SpellsEveryMillisecondOnce) {
  const Time time = Time(std::chrono::milliseconds(1'795'363'200'123));
  EXPECT_EQ(to_text(time), "2026-11-22T16:00:00.123Z");
  EXPECT_EQ(to_time("2026-11-22T16:00:00.123Z"), time);
  EXPECT_EQ(to_time("2024-02-29T23:59:59.999Z").has_value(), true);
  for (const std::string_view text :
       {"", "2023-02-29T00:00:00.000Z", "2026-13-01T00:00:00.000Z", "2026-00-01T00:00:00.000Z",
        "2026-11-22t16:00:00.123Z", "2026-11-22T16:00:00.123z", "2026-11-22T16:00:00.123+",
        "2026-11-22T16:60:00.123Z", "+026-11-22T16:00:00.123Z", "2026-11-22T16:00:00.1234Z"})
    EXPECT_EQ(to_time(text), std::nullopt) << text;
}

}  // namespace
}  // namespace lethe::kms::journal
