# Fuzzers; other packages with some include this file too.
set(HP_REPLAY_CORPUS ${CMAKE_CURRENT_LIST_DIR}/replay_corpus.cc)
if(HP_BUILD_FUZZERS)
  file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/empty.cc "")
endif()

# The fuzzer in the library `script`, whose inputs have up to `size` bytes, and a
# program that plays its corpus, the folder corpus/`name`.
function(hp_add_fuzzer name script size seconds)
  set(corpus ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name})

  add_executable(replay_${name}_corpus ${HP_REPLAY_CORPUS})
  target_link_libraries(replay_${name}_corpus PRIVATE ${script})
  add_test(NAME replay_${name}_corpus COMMAND replay_${name}_corpus ${corpus})
  set_tests_properties(replay_${name}_corpus PROPERTIES TIMEOUT 120)

  if(HP_BUILD_FUZZERS)
    add_executable(${name}_fuzzer ${CMAKE_CURRENT_BINARY_DIR}/empty.cc)
    target_link_libraries(${name}_fuzzer PRIVATE ${script})
    target_link_options(${name}_fuzzer PRIVATE -fsanitize=fuzzer)
    # New inputs stay in the build folder. To add those that reach new code:
    # <name>_fuzzer -set_cover_merge=1 -use_counters=0 <corpus>/<name> found/<name>
    set(found ${CMAKE_CURRENT_BINARY_DIR}/found/${name})
    file(MAKE_DIRECTORY ${found})
    add_test(NAME ${name}_fuzzer
      COMMAND ${name}_fuzzer -max_total_time=${seconds} -max_len=${size} -timeout=10
        -print_final_stats=1 -artifact_prefix=${CMAKE_CURRENT_BINARY_DIR}/${name}- ${found} ${corpus})
    math(EXPR timeout "${seconds} + 120")
    set_tests_properties(${name}_fuzzer PROPERTIES TIMEOUT ${timeout})
  endif()
endfunction()
