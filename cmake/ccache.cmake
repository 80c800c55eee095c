# Compile through ccache when it is present; a second checkout then builds in seconds.
find_program(LETHE_CCACHE ccache)
if(LETHE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER ${LETHE_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${LETHE_CCACHE})
endif()
