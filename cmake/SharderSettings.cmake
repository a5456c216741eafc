# Two interface targets that every target of the project links privately.
add_library(sharder_settings INTERFACE)
target_compile_features(sharder_settings INTERFACE cxx_std_20)
target_include_directories(sharder_settings INTERFACE ${PROJECT_SOURCE_DIR})

# boost::asio is used header-only; these keep its compile time and its surface small.
target_compile_definitions(sharder_settings INTERFACE
  BOOST_ASIO_NO_DEPRECATED
  BOOST_ASIO_DISABLE_BOOST_ARRAY
  BOOST_ASIO_DISABLE_BOOST_REGEX)

set(SHARDER_SANITIZE "" CACHE STRING "Sanitizers to build with, e.g. address,undefined")
if(SHARDER_SANITIZE)
  target_compile_options(sharder_settings INTERFACE -fsanitize=${SHARDER_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(sharder_settings INTERFACE -fsanitize=${SHARDER_SANITIZE})
endif()

# With clang: everything is made for the fuzz targets of tests/fuzz, which then are fuzzers.
option(SHARDER_FUZZ "Build tests/fuzz as libFuzzer programs (preset fuzz; needs clang)" OFF)
if(SHARDER_FUZZ)
  set(SHARDER_FUZZ_SANITIZERS address,undefined,float-cast-overflow)
  target_compile_definitions(sharder_settings INTERFACE SHARDER_FUZZ)
  target_compile_options(sharder_settings INTERFACE -fsanitize=fuzzer-no-link,${SHARDER_FUZZ_SANITIZERS}
    -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(sharder_settings INTERFACE -fsanitize=${SHARDER_FUZZ_SANITIZERS})
endif()

add_library(sharder_warnings INTERFACE)
target_compile_options(sharder_warnings INTERFACE
  -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-qual -Woverloaded-virtual
  -Wimplicit-fallthrough -Wno-missing-field-initializers)
option(SHARDER_WERROR "Treat warnings as errors" OFF)
if(SHARDER_WERROR)
  target_compile_options(sharder_warnings INTERFACE -Werror)
endif()

# One static library per room. `sharder_room(model SOURCES test.cpp LINKS sharder::support)`
function(sharder_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  add_library(sharder_${name} STATIC ${ROOM_SOURCES})
  add_library(sharder::${name} ALIAS sharder_${name})
  target_link_libraries(sharder_${name} PUBLIC ${ROOM_LINKS} PRIVATE sharder_warnings ${ROOM_PRIVATE_LINKS})
  target_link_libraries(sharder_${name} PUBLIC sharder_settings)
endfunction()

# One test program per room. `sharder_unit_test(plan SOURCES queue_test.cpp LINKS sharder::plan)`
function(sharder_unit_test name)
  cmake_parse_arguments(TEST "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name}_test ${TEST_SOURCES})
  # Tests are compiled once and run for milliseconds.
  target_compile_options(${name}_test PRIVATE -O0)
  target_link_libraries(${name}_test PRIVATE sharder_settings sharder_warnings ${TEST_LINKS}
    GTest::gtest_main GTest::gmock)
  target_compile_definitions(${name}_test PRIVATE
    SHARDER_TEST_DATA="${PROJECT_SOURCE_DIR}/tests" SHARDER_BINARY_DIRECTORY="${PROJECT_BINARY_DIR}")
  gtest_discover_tests(${name}_test TEST_PREFIX "${name}." PROPERTIES LABELS unit DISCOVERY_TIMEOUT 60)
endfunction()
