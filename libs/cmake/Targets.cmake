# guarantee_library(NAME name DEPS public... PRIVATE_DEPS private...): libs/<name> with the
# headers under include/<name>/ and every source under src/. An undeclared dependency is not on
# the include path, which is what keeps the layering honest.
function(guarantee_library)
  cmake_parse_arguments(ARG "" "NAME" "DEPS;PRIVATE_DEPS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/src/*.cc)
  if(sources)
    add_library(${ARG_NAME} STATIC ${sources})
    target_include_directories(${ARG_NAME} PUBLIC include PRIVATE src)
    target_link_libraries(${ARG_NAME} PUBLIC ${ARG_DEPS} PRIVATE guarantee_flags ${ARG_PRIVATE_DEPS})
  else()
    add_library(${ARG_NAME} INTERFACE)
    target_include_directories(${ARG_NAME} INTERFACE include)
    target_link_libraries(${ARG_NAME} INTERFACE ${ARG_DEPS})
  endif()
  if(GUARANTEE_TESTS)
    guarantee_test(NAME ${ARG_NAME}_test DIR test DEPS ${ARG_NAME})
  endif()
endfunction()

# guarantee_test(NAME name DIR dir DEPS deps): every *_test.cc under DIR as one gtest binary.
function(guarantee_test)
  cmake_parse_arguments(ARG "" "NAME;DIR" "DEPS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_DIR}/*_test.cc)
  if(NOT sources)
    return()
  endif()
  add_executable(${ARG_NAME} ${sources})
  target_compile_definitions(${ARG_NAME} PRIVATE GUARANTEE_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  target_link_libraries(${ARG_NAME} PRIVATE guarantee_flags ${ARG_DEPS} proto_objects GTest::gtest
    GTest::gmock GTest::gtest_main)
  add_test(NAME ${ARG_NAME} COMMAND ${ARG_NAME})
  set_tests_properties(${ARG_NAME} PROPERTIES TIMEOUT 300)
endfunction()

# guarantee_binary(NAME name SOURCES sources DEPS deps): a program with the contract's descriptors
# linked in whole.
function(guarantee_binary)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;DEPS" ${ARGN})
  add_executable(${ARG_NAME} ${ARG_SOURCES})
  target_link_libraries(${ARG_NAME} PRIVATE guarantee_flags ${ARG_DEPS} proto_objects proto_services)
  set_target_properties(${ARG_NAME} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
endfunction()
