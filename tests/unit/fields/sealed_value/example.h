// SPDX-License-Identifier: Apache-2.0
//
// Worked example 1 of the specification, in its four spellings.

#ifndef LETHE_TESTS_UNIT_FIELDS_SEALED_VALUE_EXAMPLE_H_
#define LETHE_TESTS_UNIT_FIELDS_SEALED_VALUE_EXAMPLE_H_

#include <string_view>

namespace lethe::fields::example {

inline constexpr std::string_view kCompact =
    "e1010001ab170938978b01c19da9c550aa76145fa0a1a2a3a4a5a6a7a8a9aaabe13a1d412ca867ff071de6be7716a5"
    "f013"
    "c334323ad4cc1a7577e47a0828a8777b6dbf63";
inline constexpr std::string_view kText =
    "enc1.4QEAAasXCTiXiwHBnanFUKp2FF-goaKjpKWmp6ipqqvhOh1BLKhn_"
    "wcd5r53FqXwE8M0MjrUzBp1d-R6CCiod3ttv2M";
inline constexpr std::string_view kObject =
    R"({"$enc":1,"alg":"A256GCM","keyId":"acme/pii","keyVersion":12,)"
    R"("dekId":"qxcJOJeLAcGdqcVQqnYUXw","iv":"oKGio6Slpqeoqaqr","tag":"OtTMGnV35HoIKKh3e22_Yw",)"
    R"("aad":"AAE","ciphertext":"4TodQSyoZ_8HHea-dxal8BPDNDI"})";
inline constexpr std::string_view kAvro =
    "0e4132353647434d1061636d652f7069691818a0a1a2a3a4a5a6a7a8a9aaab203ad4cc1a7577e47a0828a8777b6dbf"
    "6304"
    "000128e13a1d412ca867ff071de6be7716a5f013c334320202ab170938978b01c19da9c550aa76145f";

}  // namespace lethe::fields::example

#endif  // LETHE_TESTS_UNIT_FIELDS_SEALED_VALUE_EXAMPLE_H_
