# LETHE_SANITIZE=address,undefined or thread, for the whole build (presets asan and tsan).
if(LETHE_SANITIZE)
  add_compile_options(-fsanitize=${LETHE_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${LETHE_SANITIZE})
  if(LETHE_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
endif()
