add_executable(json_editor_bench json_editor_bench.cc)
target_link_libraries(json_editor_bench PRIVATE lethe::field_editor simdjson::simdjson
  benchmark::benchmark)
lethe_warnings(json_editor_bench)
