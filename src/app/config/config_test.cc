#include "app/config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "app/config/values.h"

namespace soundbite {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// A command that takes every setting.
CommandSpec everything() {
  CommandSpec spec{.name = "serve", .summary = "serve"};
  for (const auto& setting : all_settings()) spec.settings.push_back(setting.name);
  return spec;
}

class ConfigTest : public testing::Test {
 protected:
  ConfigTest() {
    std::string name = testing::TempDir() + "soundbite_config_XXXXXX";
    folder_ = ::mkdtemp(name.data());
    surroundings_.executable = folder_ + "/build/release/soundbite";
    surroundings_.variables["HOME"] = folder_;
    surroundings_.variables["XDG_CONFIG_HOME"] = folder_;
  }
  ~ConfigTest() override { std::filesystem::remove_all(folder_); }

  std::string write_file(const std::string& text) {
    const std::string path = folder_ + "/settings.toml";
    std::ofstream(path) << text;
    return path;
  }

  Result<LoadedConfig> load(std::vector<const char*> written) {
    const auto arguments = parse_arguments(everything(), written);
    if (!arguments) return std::unexpected(arguments.error());
    return load_config(*arguments, surroundings_);
  }

  static const Origin& origin(const LoadedConfig& loaded, std::string_view name) {
    return loaded.origins[static_cast<std::size_t>(find_setting(name) - all_settings().data())];
  }

  std::string folder_;
  Surroundings surroundings_;
};

TEST_F(ConfigTest, a_flag_beats_a_variable_beats_the_file_beats_the_default) {
  const auto path = write_file("listen = \"127.0.0.1:1\"\nworkers = 1\nqueue_limit = 1\n");
  surroundings_.variables["SOUNDBITE_CONFIG"] = path;
  surroundings_.variables["SOUNDBITE_LISTEN"] = "127.0.0.1:2";
  surroundings_.variables["SOUNDBITE_WORKERS"] = "2";
  const auto loaded = load({"--listen", "127.0.0.1:3"});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->config.listen.port, 3);
  EXPECT_EQ(loaded->config.workers, 2U);
  EXPECT_EQ(loaded->config.queue_limit, 1U);
  EXPECT_EQ(loaded->config.max_text, 100'000U);
  EXPECT_EQ(origin(*loaded, "listen").place, "--listen");
  EXPECT_EQ(origin(*loaded, "workers").place, "SOUNDBITE_WORKERS");
  EXPECT_EQ(origin(*loaded, "queue-limit").place, path + ":3");
  EXPECT_EQ(origin(*loaded, "max-text").source, Source::fallback);
}

TEST_F(ConfigTest, an_empty_variable_counts_as_unset) {
  surroundings_.variables["SOUNDBITE_LISTEN"] = "";
  EXPECT_EQ(load({})->config.listen.port, 8080);
}

TEST_F(ConfigTest, every_fallback_of_the_table_is_a_valid_value) {
  const auto loaded = load({});
  ASSERT_TRUE(loaded) << loaded.error().message;
  for (const auto& setting : all_settings()) {
    if (!setting.fallback.empty()) EXPECT_EQ(written_form(loaded->config, setting), setting.fallback) << setting.name;
    EXPECT_FALSE(setting.default_text().empty()) << setting.name;
    EXPECT_FALSE(setting.help.empty()) << setting.name;
  }
}

TEST_F(ConfigTest, voices_folders_repeat_as_flags_and_are_split_at_colons_in_the_variable) {
  surroundings_.variables["SOUNDBITE_VOICES_DIR"] = "/a::/b";
  EXPECT_THAT(load({})->config.voices_dirs, ElementsAre("/a", "/b"));
  EXPECT_THAT(load({"--voices-dir", "/c", "--voices-dir", "/d:e"})->config.voices_dirs, ElementsAre("/c", "/d:e"));
  const auto path = write_file("voices_dir = [\"/f\", \"/g\"]\n");
  surroundings_.variables.erase("SOUNDBITE_VOICES_DIR");
  EXPECT_THAT(load({"--config", path.c_str()})->config.voices_dirs, ElementsAre("/f", "/g"));
}

TEST_F(ConfigTest, what_set_up_installed_is_found_from_the_program) {
  std::filesystem::create_directories(folder_ + "/build/deps/voices");
  std::filesystem::create_directories(folder_ + "/build/deps/onnxruntime/lib");
  for (const char* version : {"1.9.0", "1.32.0", "1.31.1"})
    std::ofstream(folder_ + "/build/deps/onnxruntime/lib/libonnxruntime.so." + version) << "";
  const auto loaded = load({});
  EXPECT_THAT(loaded->config.voices_dirs,
              ElementsAre(folder_ + "/.local/share/soundbite/voices", folder_ + "/build/deps/voices"));
  EXPECT_EQ(loaded->config.onnxruntime, folder_ + "/build/deps/onnxruntime/lib/libonnxruntime.so.1.32.0");
  EXPECT_EQ(loaded->config.media_program, folder_ + "/build/release/soundbite-media");
}

TEST_F(ConfigTest, the_log_is_text_for_people_and_json_for_machines) {
  EXPECT_EQ(load({})->config.log_format, LogFormat::text);
  EXPECT_EQ(load({"--env", "production"})->config.log_format, LogFormat::json);
  EXPECT_EQ(load({"--env", "production", "--log-format", "text"})->config.log_format, LogFormat::text);
}

TEST_F(ConfigTest, an_unknown_flag_names_the_nearest) {
  EXPECT_EQ(load({"--lisen", "x"}).error().message, "unknown flag --lisen: did you mean --listen?");
}

TEST_F(ConfigTest, an_unknown_variable_names_the_nearest) {
  surroundings_.variables["SOUNDBITE_DATADIR"] = "/x";
  EXPECT_EQ(load({}).error().message, "unknown variable SOUNDBITE_DATADIR: did you mean SOUNDBITE_DATA_DIR?");
}

TEST_F(ConfigTest, an_unknown_key_names_its_line_and_the_nearest) {
  const auto path = write_file("listen = \"127.0.0.1:1\"\ndata-dir = \"/x\"\n");
  EXPECT_EQ(load({"--config", path.c_str()}).error().message,
            path + ":2: unknown key data-dir: did you mean data_dir?");
}

TEST_F(ConfigTest, a_table_in_the_file_is_an_unknown_key) {
  const auto path = write_file("[server]\nlisten = \"127.0.0.1:1\"\n");
  EXPECT_THAT(load({"--config", path.c_str()}).error().message, HasSubstr(":1: unknown key server"));
}

TEST_F(ConfigTest, a_file_that_is_no_toml_names_its_line) {
  const auto path = write_file("listen = \"127.0.0.1:1\"\nworkers =\n");
  const auto message = load({"--config", path.c_str()}).error().message;
  EXPECT_THAT(message, HasSubstr(path + ":2: "));
  EXPECT_EQ(message.find('\n'), std::string::npos);
}

TEST_F(ConfigTest, a_named_file_must_be_there) {
  EXPECT_THAT(load({"--config", "/nowhere/x.toml"}).error().message, HasSubstr("/nowhere/x.toml"));
}

TEST_F(ConfigTest, bad_values_name_where_they_stand_and_what_is_allowed) {
  const auto message = [this](const char* flag, const char* value) { return load({flag, value}).error().message; };
  EXPECT_EQ(message("--env", "prodution"),
            "bad value \"prodution\" for --env: did you mean production? (development or staging or production)");
  EXPECT_EQ(message("--lease", "30"),
            "bad value \"30\" for --lease: write a whole number with a unit (ms, s, m, h or d), such as 30s");
  EXPECT_EQ(message("--lease", "1s"), "bad value \"1s\" for --lease: write 3s to 1h");
  EXPECT_EQ(message("--workers", "-1"), "bad value \"-1\" for --workers: write a whole number");
  EXPECT_EQ(message("--workers", "257"), "bad value \"257\" for --workers: write 0 to 256");
  EXPECT_EQ(message("--auth", "jwt"), "bad value \"jwt\" for --auth: this version knows only none");
  EXPECT_EQ(message("--listen", "8080"),
            "bad value \"8080\" for --listen: write HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080");
  EXPECT_THAT(message("--public-url", "https://user:secret@example.com"), HasSubstr("for --public-url"));
  surroundings_.variables["SOUNDBITE_LOG_LEVEL"] = "inf";
  EXPECT_THAT(message("--env", "staging"), HasSubstr("for SOUNDBITE_LOG_LEVEL: did you mean info?"));
}

TEST_F(ConfigTest, a_flag_given_twice_is_refused) {
  EXPECT_EQ(load({"--env", "staging", "--env", "production"}).error().message, "--env is given twice: keep one");
}

TEST_F(ConfigTest, without_authentication_only_loopback_is_served) {
  for (const char* address : {"127.0.0.1:0", "127.9.9.9:80", "[::1]:8080", "localhost:8080"})
    EXPECT_TRUE(check_exposure(load({"--listen", address})->config)) << address;
  for (const char* address : {"0.0.0.0:80", "[::]:80", "192.168.1.2:80", "8.8.8.8:53"})
    EXPECT_THAT(check_exposure(load({"--listen", address})->config).error().message, HasSubstr("--listen 127.0.0.1:"));
}

TEST(Values, durations_and_sizes_are_written_as_they_are_read) {
  for (const char* text : {"0ms", "1ms", "1500ms", "30s", "15m", "1h", "30d"})
    EXPECT_EQ(write_duration(parse_duration(text).value()), text);
  for (const char* text : {"0", "1", "1500", "64MiB", "1GB", "3kB"})
    EXPECT_EQ(write_bytes(parse_bytes(text).value()), text);
  for (const char* text : {"", "s", "-1s", "1.5s", "1 s", "99999999999999999999s", "9223372036854775807d"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(Values, addresses_need_brackets_for_ipv6_only) {
  EXPECT_EQ(write_listen_address(parse_listen_address("[::1]:80").value()), "[::1]:80");
  EXPECT_EQ(parse_listen_address("localhost:0").value().host, "127.0.0.1");
  for (const char* text : {"", ":80", "::1:80", "[127.0.0.1]:80", "example.com:80", "127.0.0.1:65536", "127.0.0.1:"})
    EXPECT_FALSE(parse_listen_address(text)) << text;
}

}  // namespace
}  // namespace soundbite
