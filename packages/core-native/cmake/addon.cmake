# What all builds of native addons have in common; other packages with an addon
# include this file too.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(HP_BUILD_ADDON "Build the Node-API addon" ON)
option(HP_BUILD_TESTS "Build the C++ tests" OFF)
option(HP_BUILD_FUZZERS "Build the fuzzers, which needs clang" OFF)
set(HP_FUZZ_SECONDS 60 CACHE STRING "How long ctest runs the fuzzers")
set(HP_SANITIZE "" CACHE STRING "Sanitizers, as in -fsanitize=")
set(HP_SYSROOT "" CACHE PATH "Libraries of the oldest system that portable addons are for")

if(WIN32)
  include(${CMAKE_CURRENT_LIST_DIR}/node_import_library.cmake)
endif()

# A library of nothing but compile options, and the folders of headers in `ARGN`.
function(hp_add_options name)
  add_library(${name} INTERFACE)
  target_include_directories(${name} INTERFACE ${ARGN})
  if(MSVC)
    target_compile_options(${name} INTERFACE /W4 /WX /EHsc /GR- /utf-8 /Zc:__cplusplus /Zc:preprocessor)
  else()
    target_compile_options(${name} INTERFACE
      -Wall -Wextra -Wpedantic -Wconversion -Werror -Wno-missing-field-initializers -fno-rtti)
  endif()
  if(WIN32)
    # Windows 10 is the oldest that Node supports.
    target_compile_definitions(${name} INTERFACE _WIN32_WINNT=0x0A00 WIN32_LEAN_AND_MEAN NOMINMAX)
  endif()
  if(HP_SANITIZE)
    target_compile_options(${name} INTERFACE -fsanitize=${HP_SANITIZE} -fno-omit-frame-pointer
      -fno-sanitize-recover=all)
    target_link_options(${name} INTERFACE -fsanitize=${HP_SANITIZE})
  endif()
endfunction()

# A program without the functions that it needs refuses to load an addon rather
# than fail at the first call. Never unmapped: a thread may still be on its way
# out when an environment ends.
set(HP_ADDON_LINK_OPTIONS -Wl,-z,nodelete -Wl,-z,now -Wl,--version-script=${CMAKE_CURRENT_LIST_DIR}/addon.map)

# An addon of the sources in `ARGN`.
function(hp_add_addon name)
  add_library(${name} MODULE ${ARGN})
  set_target_properties(${name} PROPERTIES PREFIX "" SUFFIX ".node")
  target_compile_definitions(${name} PRIVATE
    NAPI_VERSION=8 NAPI_DISABLE_CPP_EXCEPTIONS NODE_ADDON_API_DISABLE_DEPRECATED
    # A worker may be terminated in the middle of a call: nothing can be thrown then.
    NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS)
  target_include_directories(${name} SYSTEM PRIVATE ${HP_NODE_ADDON_API_DIR} ${HP_NODE_API_HEADERS_DIR})
  if(NOT WIN32)
    target_link_options(${name} PRIVATE ${HP_ADDON_LINK_OPTIONS})
  endif()
endfunction()

# The addon `name` once more, from the same objects and the libraries in `ARGN`,
# for systems older than this one: linked against the C library in HP_SYSROOT,
# with the C++ library inside. Made when it is asked for by name.
function(hp_add_portable_addon name)
  if(NOT HP_SYSROOT)
    return()
  endif()
  foreach(library libstdc++ libgcc libgcc_eh)
    execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-file-name=${library}.a
      OUTPUT_VARIABLE ${library} OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  endforeach()
  add_library(${name}_portable MODULE EXCLUDE_FROM_ALL
    $<TARGET_OBJECTS:${name}> ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/glibc_shim.cc)
  set_target_properties(${name}_portable PROPERTIES
    PREFIX "" OUTPUT_NAME ${name} SUFFIX ".node" LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/portable
    SKIP_BUILD_RPATH ON)
  target_link_options(${name}_portable PRIVATE
    ${HP_ADDON_LINK_OPTIONS} -nodefaultlibs -s -Wl,-u,__cxa_pure_virtual -Wl,--gc-sections -Wl,--as-needed)
  set(libc ${HP_SYSROOT}/lib)
  target_link_libraries(${name}_portable PRIVATE -Wl,--start-group ${ARGN} ${libstdc++} ${libgcc} ${libgcc_eh}
    ${libc}/libpthread.so.0 ${libc}/libc.so.6 ${HP_SYSROOT}/usr/lib/libc_nonshared.a ${libc}/libm.so.6
    ${libc}/ld-linux-x86-64.so.2 -Wl,--end-group)
endfunction()
