# lethe_add_plugin(NAME SOURCES... [LIBRARIES ...])
#
# Builds lethe-NAME.so: hidden visibility (only lethe_module_v1 leaves the library), an output folder
# where the worker of the same build finds it, an RPATH beside itself, and the install component
# "plugins". Also installed with the SDK, for plugins outside this tree.
#
# lethe_add_plugin_test(NAME GOLDEN)
#
# A test that runs lethe-NAME.so through the worker's own loader on the golden records of a file.

function(lethe_add_plugin name)
  cmake_parse_arguments(arg "" "" "LIBRARIES" ${ARGN})
  set(target lethe_plugin_${name})
  set(exported ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/lethe_module.map)
  add_library(${target} MODULE ${arg_UNPARSED_ARGUMENTS})
  target_link_libraries(${target} PRIVATE lethe::sdk ${arg_LIBRARIES})
  set_target_properties(${target} PROPERTIES
    PREFIX "" SUFFIX ".so" OUTPUT_NAME "lethe-${name}"
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    INSTALL_RPATH "$ORIGIN")
  # Symbols of static libraries linked into the plugin stay inside it, and so do the instances of
  # std:: templates, which hidden visibility alone would leave out in the open.
  target_link_options(${target} PRIVATE -Wl,--exclude-libs,ALL
    -Wl,--version-script=${exported})
  set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${exported})
  if(COMMAND lethe_warnings)
    lethe_warnings(${target})
  endif()
  if(LETHE_PLUGIN_OUTPUT_DIRECTORY)
    set_target_properties(${target} PROPERTIES
      LIBRARY_OUTPUT_DIRECTORY ${LETHE_PLUGIN_OUTPUT_DIRECTORY})
  endif()
  # The worker refuses what group or others may write, which is what a umask of 002 makes.
  add_custom_command(TARGET ${target} POST_BUILD VERBATIM
    COMMAND chmod go-w $<TARGET_FILE:${target}> $<TARGET_FILE_DIR:${target}>)
  # Not CMAKE_INSTALL_LIBDIR: the worker looks into ../lib/lethe/plugins from its own folder.
  install(TARGETS ${target} COMPONENT plugins
    LIBRARY DESTINATION lib/lethe/plugins)
endfunction()

function(lethe_add_plugin_test name golden)
  add_test(NAME ${name}_golden
    COMMAND lethe::plugin-test $<TARGET_FILE:lethe_plugin_${name}> ${golden}
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
endfunction()
