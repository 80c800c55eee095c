# lethe selftest --vectors DIR: known answers of the published formats.
lethe_library(selftest
  ${CMAKE_CURRENT_LIST_DIR}/selftest.cc
  ${CMAKE_CURRENT_LIST_DIR}/selftest_carrier.cc
  ${CMAKE_CURRENT_LIST_DIR}/selftest_case.cc
  ${CMAKE_CURRENT_LIST_DIR}/selftest_context.cc
  ${CMAKE_CURRENT_LIST_DIR}/selftest_derive.cc
  ${CMAKE_CURRENT_LIST_DIR}/selftest_edek.cc
  ${CMAKE_CURRENT_LIST_DIR}/selftest_journal.cc
  ${CMAKE_CURRENT_LIST_DIR}/selftest_seal.cc
  ${CMAKE_CURRENT_LIST_DIR}/selftest_value.cc)
target_link_libraries(lethe_selftest
  PUBLIC lethe::sdk
  PRIVATE lethe::crypto lethe::journal lethe::json lethe::sealed_value)
