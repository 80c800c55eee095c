// SPDX-License-Identifier: Apache-2.0
//
// The parts of the PostgreSQL store that need no server: its address, and what error codes mean.
#include "gmock/gmock.h"
#include "kms/store/postgres_errors.h"
#include "kms/store/postgres_target.h"

namespace lethe::kms::store::postgres {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;

TEST(PostgresTarget, NamesHostAndDatabaseButNeitherUserNorPassword) {
  const auto name = [](const char* conninfo) { return Target::parse(conninfo)->name; };
  EXPECT_EQ(name("postgresql://user:secret@db1:5433/lethe"), "postgres store db1:5433/lethe");
  EXPECT_EQ(name("postgresql:///lethe"), "postgres store /lethe");
  EXPECT_EQ(name("host=a,b user=u password=secret dbname=lethe"), "postgres store a,b/lethe");
  EXPECT_EQ(name("service=keys"), "postgres store of service keys");
}

TEST(PostgresTarget, TriesEachHostByItselfAndOnlyAPrimary) {
  const auto target = Target::parse("postgresql://u@a:1,b:2/lethe?connect_timeout=3");
  ASSERT_TRUE(target);
  ASSERT_THAT(target->hosts, SizeIs(2));
  EXPECT_THAT(target->hosts[0], AllOf(Contains(Pair("host", "a")), Contains(Pair("port", "1"))));
  EXPECT_THAT(target->hosts[1], AllOf(Contains(Pair("host", "b")), Contains(Pair("port", "2"))));
  for (const auto& host : target->hosts)
    EXPECT_THAT(host, Contains(Pair("target_session_attrs", "read-write")));
  EXPECT_EQ(target->connect_timeout, std::chrono::seconds(3));
}

TEST(PostgresTarget, LetsNobodyAskForAStandby) {
  const auto target = Target::parse("postgresql://a/lethe?target_session_attrs=any");
  EXPECT_THAT(target->hosts[0], Not(Contains(Pair("target_session_attrs", "any"))));
}

TEST(PostgresTarget, DoesNotQuoteWhatItCannotRead) {
  const auto target = Target::parse("postgresql://user:secret@[");
  ASSERT_FALSE(target);
  EXPECT_EQ(target.error().kind(), ErrorKind::kBadConfig);
  EXPECT_THAT(target.error().message(), Not(HasSubstr("secret")));
}

TEST(PostgresErrors, TellWhatPassesFromWhatSomebodyMustChange) {
  const auto kind = [](const char* code) { return to_error(code, "look", "store").kind(); };
  for (const char* passes : {"08006", "25006", "40P01", "40001", "53300", "55P03", "57014", "57P01",
                             "57P03", "58030", "0A000"})
    EXPECT_EQ(kind(passes), ErrorKind::kTransient) << passes;
  for (const char* stays : {"28P01", "28000", "3D000", "42501", "42P01", "42703", "26000", "XX001"})
    EXPECT_EQ(kind(stays), ErrorKind::kBadConfig) << stays;
  for (const char* ours : {"23505", "22P02", "XX000", "99999"})
    EXPECT_EQ(kind(ours), ErrorKind::kInternal) << ours;
  EXPECT_EQ(to_error("3D000", "connect", "postgres store db/x").message(),
            "Could not connect in postgres store db/x: there is no such database; make it with "
            "`createdb` (SQLSTATE 3D000)");
}

TEST(PostgresErrors, FindTheCodeOfARefusedConnectionInAnyLanguage) {
  EXPECT_EQ(sqlstate_in("connection to server at \"db\" failed: FATAL:  28P01\n"), "28P01");
  EXPECT_EQ(sqlstate_in("Verbindung fehlgeschlagen: FATAL:  3D000\n"), "3D000");
  for (const char* none : {"", "\n", "connection refused", "is the server on port  5432 there?",
                           "timeout expired", "28P01"})
    EXPECT_EQ(sqlstate_in(none), "") << none;
}

}  // namespace
}  // namespace lethe::kms::store::postgres
