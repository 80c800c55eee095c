# Installs the SDK into a fresh prefix and does what its README tells an author to do: the page's `sh`
# blocks are run as they stand. They copy the installed example elsewhere, build it by
# find_package(lethe) and run its golden records. Then the plugin is installed, and the harness is seen
# to fail when it should. Only what is in the prefix may be used.
cmake_policy(VERSION 3.25)
set(prefix ${WORK}/prefix)
set(example ${WORK}/redact)
set(plugin ${WORK}/installed/lib/lethe/plugins/lethe-redact.so)
set(harness ${prefix}/${BIN}/lethe-plugin-test)

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "exit code ${code}: ${ARGN}\n${output}")
  endif()
endfunction()

# Runs a command that must end with that code and say something that matches.
function(expect code pattern)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE ended OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT ended STREQUAL code OR NOT output MATCHES "${pattern}")
    message(FATAL_ERROR "exit code ${ended}, wanted ${code} and \"${pattern}\": ${ARGN}\n${output}")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --component sdk --prefix ${prefix})

# A sanitized harness can load a plain plugin, so the example is built as its author would.
set(ENV{PREFIX} ${prefix})
set(ENV{CXX} ${CXX})
set(ENV{CXXFLAGS} "-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror")
set(ENV{CMAKE_GENERATOR} ${GENERATOR})
file(READ ${prefix}/${DOC}/sdk/README.md page)
string(REGEX MATCHALL "```sh\n[^`]*```" blocks "${page}")
list(JOIN blocks "" commands)
string(REGEX REPLACE "```(sh\n)?" "" commands "${commands}")
file(WRITE ${WORK}/readme.sh "set -eux\n${commands}")
run(sh ${WORK}/readme.sh WORKING_DIRECTORY ${WORK})

run(${CMAKE_COMMAND} --install ${example}/build --component plugins --prefix ${WORK}/installed)

expect(0 "8 of 8 golden records agree" ${harness} ${plugin} ${example}/golden.jsonl)
expect(0 " lethe_module_v1\n$" nm -D --defined-only ${plugin})

file(WRITE ${WORK}/wrong.jsonl
  "{\"plugin\":\"redact\",\"options\":{\"words\":[\"a\"]},\"in\":{\"value\":\"a\"},\"out\":{\"value\":\"b\"}}\n")
expect(1 "wrong.jsonl:1: value: expected \"b\", got" ${harness} ${plugin} ${WORK}/wrong.jsonl)
file(WRITE ${WORK}/empty.jsonl
  "{\"plugin\":\"redact\",\"options\":{\"words\":[\"\"]},\"in\":{\"value\":\"a\"},\"out\":{}}\n")
expect(1 "words.0.: an empty word" ${harness} ${plugin} ${WORK}/empty.jsonl)
expect(2 "usage" ${harness})
expect(2 "cannot be read" ${harness} ${plugin} ${WORK}/missing.jsonl)
expect(2 "no such file" ${harness} ${WORK}/missing.so ${WORK}/wrong.jsonl)

# What others may write is refused, however good it is.
file(CHMOD ${plugin} PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ GROUP_WRITE)
expect(2 "lethe-redact.so: its group or others may write it" ${harness} ${plugin}
  ${example}/golden.jsonl)
