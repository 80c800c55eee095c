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

# What benchmark and test run: people and their records, through the worker's chain.
add_library(lethe_transform_parts STATIC
  transform/people.cc
  transform/records.cc
  transform/transforms.cc)
target_include_directories(lethe_transform_parts PUBLIC ${PROJECT_SOURCE_DIR})
target_compile_definitions(lethe_transform_parts
  PRIVATE LETHE_PLUGIN_FOLDER="${LETHE_PLUGIN_OUTPUT_DIRECTORY}")
target_link_libraries(lethe_transform_parts PUBLIC lethe::pipeline lethe::loader lethe::kms)
add_dependencies(lethe_transform_parts lethe_plugin_encrypt lethe_plugin_decrypt)
lethe_warnings(lethe_transform_parts)

add_executable(transform_bench
  transform/dom_parse.cc
  transform/race.cc
  transform/static_contender.cc
  transform/transform_bench.cc
  transform/tree.cc)
target_compile_definitions(transform_bench PRIVATE LETHE_BUILD_TYPE="${CMAKE_BUILD_TYPE}")
target_link_libraries(transform_bench PRIVATE lethe_transform_parts lethe_static_encrypt
  lethe_static_decrypt simdjson::simdjson nlohmann_json::nlohmann_json)
lethe_warnings(transform_bench)

if(LETHE_BUILD_TESTS)
  # Ratios mean something in optimised code only.
  if(CMAKE_BUILD_TYPE MATCHES "^(Release|RelWithDebInfo)$" AND NOT LETHE_SANITIZE)
    add_test(NAME transform_bars COMMAND transform_bench --check)
    set_tests_properties(transform_bars PROPERTIES LABELS bench RUN_SERIAL ON TIMEOUT 900)
  endif()
  # Replaces malloc, which sanitizers do as well.
  if(NOT LETHE_SANITIZE)
    lethe_test(transform_steady_state_test transform/steady_state_test.cc
      LIBRARIES lethe_transform_parts LABELS bench)
  endif()
endif()
