// What the children of the misbehaving-media program do, told to them as their input rate.
#pragma once

namespace soundbite {

enum class Misbehaviour {
  none = 8'000,
  stop_itself,
  stop_after_input,
  crash,
  abort,
  exceed_limit,
  exceed_file_size,
  kill_itself,
  exit_silently,
  exit_oddly,
  throw_exception,
  report_error,
  kill_zygote,
  chatter,
  describe,
};

}  // namespace soundbite
