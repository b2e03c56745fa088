# Every library the product links; docs/dependencies.md says why each is there.
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(OpenSSL 3 REQUIRED)
find_package(SQLite3 3.40 REQUIRED)
find_package(ICU 72 REQUIRED COMPONENTS uc i18n)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(libav REQUIRED IMPORTED_TARGET libavformat libavcodec libavfilter libavutil libswresample)
pkg_check_modules(chromaprint REQUIRED IMPORTED_TARGET libchromaprint)
pkg_check_modules(ebur128 REQUIRED IMPORTED_TARGET libebur128)  # tests and benches alone
pkg_check_modules(seccomp REQUIRED IMPORTED_TARGET libseccomp)
pkg_check_modules(espeak REQUIRED IMPORTED_TARGET espeak-ng)

# Headers only: the library itself is opened at run time (src/onnx says why). `./dev setup` puts both under build/deps.
set(SOUNDBITE_DEPS_DIR ${CMAKE_SOURCE_DIR}/build/deps CACHE PATH "Where ./dev setup put ONNX Runtime and the voices")
add_library(OnnxRuntimeHeaders INTERFACE)
target_include_directories(OnnxRuntimeHeaders SYSTEM INTERFACE ${SOUNDBITE_DEPS_DIR}/onnxruntime/include)
