# GCC 12 destroys the temporaries of a co_await expression twice; we refuse a compiler that does.
set(reproducer ${CMAKE_SOURCE_DIR}/cmake/coroutine_temporaries.cc)
if(NOT DEFINED SOUNDBITE_COROUTINES_SOUND)
  try_run(ran compiled ${CMAKE_BINARY_DIR}/check_coroutines ${reproducer} CXX_STANDARD 23 CXX_STANDARD_REQUIRED ON
    COMPILE_OUTPUT_VARIABLE compile_output)
  if(NOT compiled)
    message(FATAL_ERROR "This compiler does not compile C++23 coroutines; use Clang 19 (./dev setup installs it).\n${compile_output}")
  endif()
  if(NOT ran EQUAL 0)
    message(FATAL_ERROR "This compiler destroys temporaries of co_await twice; use Clang 19 (./dev setup installs it).")
  endif()
  set(SOUNDBITE_COROUTINES_SOUND TRUE CACHE INTERNAL "The compiler passed cmake/coroutine_temporaries.cc")
endif()
