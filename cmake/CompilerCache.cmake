# ccache when it is there. The settings travel with the launcher, so that a plain `ninja` has them too: without them ccache
# takes a precompiled header, whose time and path change, for a reason to compile everything again.
find_program(SOUNDBITE_CCACHE ccache)
if(SOUNDBITE_CCACHE)
  set(launcher env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${SOUNDBITE_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()
