# The splice editor: selectors, subject templates, JSON. simdjson ends here.
find_package(simdjson REQUIRED)

set(lethe_editor_stage1)
# Stage 1 is simdjson's internal interface: used from versions we have read, else our own scanner is.
if(simdjson_VERSION VERSION_GREATER_EQUAL 3.0 AND simdjson_VERSION VERSION_LESS 3.1)
  set(lethe_editor_stage1 json_stage1_simdjson.cc)
endif()

lethe_library(field_editor field_editor.cc selector.cc selector_overlap.cc template.cc
  json_stage1.cc ${lethe_editor_stage1} json_selection.cc json_places.cc
  json_names.cc json_tokens.cc json_field_walk.cc json_sealed_walk.cc json_editor.cc)
target_link_libraries(lethe_field_editor PUBLIC lethe::sdk lethe::sealed_value PRIVATE simdjson::simdjson)
if(lethe_editor_stage1)
  target_compile_definitions(lethe_field_editor PRIVATE LETHE_SIMDJSON_STAGE1)
endif()
