# transform_bench: the cost of a record. The plugins' sources are compiled once more, each with its
# entry renamed, to be linked into the program.
find_package(nlohmann_json REQUIRED)

function(lethe_static_plugin name)
  list(TRANSFORM ARGN PREPEND ${PROJECT_SOURCE_DIR}/plugins/${name}/)
  add_library(lethe_static_${name} OBJECT ${ARGN})
  target_compile_definitions(lethe_static_${name} PRIVATE lethe_module_v1=lethe_static_${name})
  target_include_directories(lethe_static_${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(lethe_static_${name} PUBLIC lethe::field_editor lethe::sealed_value
    lethe::sealing)
  set_target_properties(lethe_static_${name} PROPERTIES CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON)
  lethe_warnings(lethe_static_${name})
endfunction()
lethe_static_plugin(encrypt encrypt.cc rules.cc subjects.cc)
lethe_static_plugin(decrypt decrypt.cc member.cc rules.cc)

add_executable(transform_bench
  transform/dom_parse.cc
  transform/people.cc
  transform/race.cc
  transform/records.cc
  transform/static_contender.cc
  transform/transform_bench.cc
  transform/transforms.cc
  transform/tree.cc)
target_include_directories(transform_bench PRIVATE ${PROJECT_SOURCE_DIR})
target_compile_definitions(transform_bench PRIVATE LETHE_BUILD_TYPE="${CMAKE_BUILD_TYPE}"
  LETHE_PLUGIN_FOLDER="${LETHE_PLUGIN_OUTPUT_DIRECTORY}")
target_link_libraries(transform_bench PRIVATE lethe_static_encrypt lethe_static_decrypt
  lethe::pipeline lethe::loader lethe::kms simdjson::simdjson nlohmann_json::nlohmann_json)
add_dependencies(transform_bench lethe_plugin_encrypt lethe_plugin_decrypt)
lethe_warnings(transform_bench)

if(LETHE_BUILD_TESTS)
  add_test(NAME transform_bars COMMAND transform_bench --check)
  set_tests_properties(transform_bars PROPERTIES LABELS bench RUN_SERIAL ON TIMEOUT 600)
endif()
