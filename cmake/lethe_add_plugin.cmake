# lethe_add_plugin(NAME SOURCES... [LIBRARIES ...])
#
# Builds lethe-NAME.so: hidden visibility (only lethe_module_v1 leaves the library), an output folder
# where the worker of the same build finds it, an RPATH beside itself, and the install component
# "plugins". Also installed with the SDK, for plugins outside this tree.
include(GNUInstallDirs)

function(lethe_add_plugin name)
  cmake_parse_arguments(arg "" "" "LIBRARIES" ${ARGN})
  set(target lethe_plugin_${name})
  add_library(${target} MODULE ${arg_UNPARSED_ARGUMENTS})
  target_link_libraries(${target} PRIVATE lethe::sdk ${arg_LIBRARIES})
  set_target_properties(${target} PROPERTIES
    PREFIX "" OUTPUT_NAME "lethe-${name}"
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    INSTALL_RPATH "$ORIGIN")
  # Symbols of static libraries linked into the plugin stay inside it.
  target_link_options(${target} PRIVATE -Wl,--exclude-libs,ALL)
  if(COMMAND lethe_warnings)
    lethe_warnings(${target})
  endif()
  if(LETHE_PLUGIN_OUTPUT_DIRECTORY)
    set_target_properties(${target} PROPERTIES
      LIBRARY_OUTPUT_DIRECTORY ${LETHE_PLUGIN_OUTPUT_DIRECTORY})
  endif()
  install(TARGETS ${target} COMPONENT plugins
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/lethe/plugins)
endfunction()
