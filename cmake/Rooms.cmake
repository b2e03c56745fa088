# The targets of the product. Sources and tests are globbed, so that no list of tests is kept by hand and none drops out
# of the build.
include(GoogleTest)

add_library(compile_rules INTERFACE)
target_include_directories(compile_rules INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_options(compile_rules INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual -Wnull-dereference -Wimplicit-fallthrough
  -Wno-missing-designated-field-initializers -Werror)
if(CMAKE_UNITY_BUILD)
  target_compile_options(compile_rules INTERFACE -Wno-shadow)  # a parameter may be called what another file's constant is
endif()
target_compile_definitions(compile_rules INTERFACE BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION)

# What many files include, read once for all rooms, and once for all tests: two seconds less for each file of coroutines.
set(PRECOMPILED <algorithm> <array> <chrono> <cstdint> <expected> <functional> <map> <memory> <optional> <span> <string>
  <string_view> <unordered_map> <utility> <variant> <vector> <boost/asio/co_spawn.hpp> <boost/asio/io_context.hpp>
  <boost/asio/experimental/awaitable_operators.hpp> <boost/asio/experimental/parallel_group.hpp>
  <boost/asio/steady_timer.hpp> <boost/asio/thread_pool.hpp> <boost/asio/use_awaitable.hpp>)
set(PRECOMPILED_FOR_TESTS <gmock/gmock.h> <gtest/gtest.h>)

# Every GoogleTest program: what the sanitizer builds need, and no more.
add_custom_target(all_tests)

# test_program(NAME LABEL label SOURCES files... LIBS targets...)
#
# A GoogleTest program; ctest runs each of its tests by itself, under the label: unit, contract or fault.
function(test_program name)
  cmake_parse_arguments(TEST "" "LABEL" "SOURCES;LIBS" ${ARGN})
  add_executable(${name} ${TEST_SOURCES})
  set_target_properties(${name} PROPERTIES UNITY_BUILD OFF)
  target_link_libraries(${name} PRIVATE compile_rules ${TEST_LIBS} GTest::gmock_main)
  target_compile_options(${name} PRIVATE -O0)  # half the time of the compiler; what is tested is compiled as ever
  if(name STREQUAL "base_test")
    target_precompile_headers(base_test PRIVATE ${PRECOMPILED} ${PRECOMPILED_FOR_TESTS})
  else()
    target_precompile_headers(${name} REUSE_FROM base_test)
  endif()
  target_compile_definitions(${name} PRIVATE SOUNDBITE_TEST_DEPS_DIR="${SOUNDBITE_DEPS_DIR}")
  add_dependencies(all_tests ${name})
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60
    PROPERTIES TIMEOUT 120 LABELS ${TEST_LABEL})
endfunction()

# apart(FILES...)
#
# The sanitizers' builds compile files of a room together (CMAKE_UNITY_BUILD), in half the time. Not these: they keep to
# themselves what another of their room calls by the same name.
function(apart)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# room(NAME [APART] [FOLDER path] [SUBFOLDERS names...] [DEPS rooms...] [LIBS targets...] [TEST_LIBS targets...])
#
# Makes the static library NAME from src/<folder>/*.cc and its subfolders, and the test program NAME_test from the
# *_test.cc among them. APART: all of its files are.
function(room name)
  cmake_parse_arguments(ROOM "APART" "FOLDER" "SUBFOLDERS;DEPS;LIBS;TEST_LIBS" ${ARGN})
  if(NOT ROOM_FOLDER)
    set(ROOM_FOLDER ${name})
  endif()
  set(folder ${CMAKE_SOURCE_DIR}/src/${ROOM_FOLDER})
  list(TRANSFORM ROOM_SUBFOLDERS PREPEND ${folder}/ OUTPUT_VARIABLE folders)
  list(TRANSFORM folders APPEND /*.cc OUTPUT_VARIABLE patterns)
  list(TRANSFORM folders APPEND /*_test.cc OUTPUT_VARIABLE test_patterns)
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cc ${patterns})
  file(GLOB tests CONFIGURE_DEPENDS ${folder}/*_test.cc ${test_patterns})
  if(tests)
    list(REMOVE_ITEM sources ${tests})
  endif()
  if(sources)
    add_library(${name} STATIC ${sources})
    if(ROOM_APART)
      set_target_properties(${name} PROPERTIES UNITY_BUILD OFF)
    endif()
    target_link_libraries(${name} PRIVATE compile_rules PUBLIC ${ROOM_DEPS} ${ROOM_LIBS})
    target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    if(name STREQUAL "base")
      target_precompile_headers(base PRIVATE ${PRECOMPILED})
    else()
      target_precompile_headers(${name} REUSE_FROM base)
    endif()
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE ${ROOM_DEPS} ${ROOM_LIBS})
    target_include_directories(${name} INTERFACE ${CMAKE_SOURCE_DIR}/src)
  endif()
  if(tests)
    test_program(${name}_test LABEL unit SOURCES ${tests} LIBS ${name} ${ROOM_TEST_LIBS})
  endif()
endfunction()
