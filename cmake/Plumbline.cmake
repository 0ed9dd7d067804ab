# SPDX-License-Identifier: Apache-2.0
# The project's own CMake functions: a library, a program or a test binary each folder.

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}
      CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=time_macros ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Werror
                    -fno-omit-frame-pointer -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports these in its own library's std::string and std::variant when optimising.
  add_compile_options(-Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow
                      -Wno-array-bounds -Wno-stringop-overread -Wno-dangling-pointer)
else()
  add_compile_options(-Wthread-safety)
endif()

# plumbline_library(NAME [FOLDER folder] [FILES file...] LINK target...): target plumbline_NAME from
# every .cc under the folder but main.cc.
function(plumbline_library name)
  cmake_parse_arguments(ARG "" "FOLDER" "FILES;LINK" ${ARGN})
  if(NOT ARG_FOLDER)
    set(ARG_FOLDER ${name})
  endif()
  if(NOT ARG_FILES)
    file(GLOB_RECURSE ARG_FILES CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${ARG_FOLDER}/*.cc)
    list(FILTER ARG_FILES EXCLUDE REGEX "/main\\.cc$")
  endif()
  if(NOT ARG_FILES)
    add_library(plumbline_${name} INTERFACE)
    target_link_libraries(plumbline_${name} INTERFACE ${ARG_LINK})
    return()
  endif()
  add_library(plumbline_${name} STATIC ${ARG_FILES})
  target_include_directories(plumbline_${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(plumbline_${name} PUBLIC ${ARG_LINK})
endfunction()

# plumbline_protobuf(NAME file.proto...): lite messages, included as "<path>.pb.h".
function(plumbline_protobuf name)
  set(generated)
  foreach(proto ${ARGN})
    string(REGEX REPLACE "\\.proto$" "" stem ${proto})
    set(out ${CMAKE_BINARY_DIR}/gen/${stem})
    add_custom_command(
      OUTPUT ${out}.pb.cc ${out}.pb.h
      COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/gen
      COMMAND protobuf::protoc --cpp_out=${CMAKE_BINARY_DIR}/gen -I${CMAKE_SOURCE_DIR}
              ${CMAKE_SOURCE_DIR}/${proto}
      DEPENDS ${CMAKE_SOURCE_DIR}/${proto})
    list(APPEND generated ${out}.pb.cc ${out}.pb.h)
  endforeach()
  add_library(plumbline_${name} STATIC ${generated})
  target_compile_options(plumbline_${name} PRIVATE -w)
  target_include_directories(plumbline_${name} SYSTEM PUBLIC ${CMAKE_BINARY_DIR}/gen)
  target_link_libraries(plumbline_${name} PUBLIC protobuf::libprotobuf-lite)
endfunction()

# plumbline_embed(LIBRARY FUNCTION FILE): the text of FILE as std::string_view plumbline::FUNCTION()
# in plumbline_LIBRARY. The file must not hold the text of cmake/embed.cc.in's delimiter.
function(plumbline_embed library function file)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${file})
  file(READ ${CMAKE_SOURCE_DIR}/${file} EMBEDDED_TEXT)
  set(EMBEDDED_FUNCTION ${function})
  set(out ${CMAKE_BINARY_DIR}/gen/embedded/${function}.cc)
  configure_file(${CMAKE_SOURCE_DIR}/cmake/embed.cc.in ${out} @ONLY)
  target_sources(plumbline_${library} PRIVATE ${out})
endfunction()

# plumbline_program(NAME main.cc LINK target...): also takes every NAME_*.cc beside main.cc.
function(plumbline_program name main)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  if(NOT EXISTS ${CMAKE_SOURCE_DIR}/${main})
    return()
  endif()
  get_filename_component(folder ${main} DIRECTORY)
  file(GLOB parts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/${name}_*.cc)
  add_executable(${name} ${main} ${parts})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${ARG_LINK})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
endfunction()

# plumbline_tests(PART): target PART_test from tests/PART/**/*_test.cc, linked with the part. Test
# programs run in the project's root and name its files from there, so that their objects do not
# depend on where the project lies.
function(plumbline_tests part)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${part}/*_test.cc)
  if(NOT files)
    return()
  endif()
  file(GLOB support CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/support/${part}/*.cc)
  add_executable(${part}_test ${files} ${support})
  target_include_directories(${part}_test PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_definitions(${part}_test PRIVATE
                             PLUMBLINE_SOURCE_DIR=".")
  target_link_libraries(${part}_test PRIVATE plumbline_${part} GTest::gmock GTest::gtest_main)
  set_target_properties(${part}_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_test(NAME ${part} COMMAND ${part}_test WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
endfunction()
