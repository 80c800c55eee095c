# lethe_warnings(TARGET): the warnings of the house; errors when LETHE_WERROR is on (preset ci).
function(lethe_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
    $<$<BOOL:${LETHE_WERROR}>:-Werror>)
  # g++ 12 sees overlaps and overreads in std::string and std::vector that are not there (GCC bugs
  # 105651 and 105329).
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>
      $<$<COMPILE_LANGUAGE:CXX>:-Wno-stringop-overread>)
  endif()
endfunction()

# lethe_library(NAME SOURCES... ): static library lethe_NAME with the alias lethe::NAME, included
# from the root of the tree ("kms/crypto/aead.h").
function(lethe_library name)
  add_library(lethe_${name} STATIC ${ARGN})
  add_library(lethe::${name} ALIAS lethe_${name})
  target_include_directories(lethe_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  set_target_properties(lethe_${name} PROPERTIES CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON)
  lethe_warnings(lethe_${name})
endfunction()
