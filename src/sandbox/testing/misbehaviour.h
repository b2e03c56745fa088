// What the children of the misbehaving-media program do, told to them as the rate of the samples they get, or as the
// name of their first input.
#pragma once

namespace soundbite {

enum class Misbehaviour {
  none = 8'000,
  stop,  // takes and says nothing any more
  stop_after_input,
  crash,
  abort,
  exit_silently,
  exit_oddly,
  throw_exception,
  report_error,
  chatter,
  describe,   // itself, into its output
  open_file,  // from here on what no child may do
  open_socket,
  fork,
  exec,
  map_code,
  signal_others,
  overfill_output,  // from here on what is too much
  eat_memory,
  spin,              // without a word
  write_to_input,    // and read from it
  garble_status,     // from here on lies
  invent_status,     // of a kind that there is not
  close_status,      // and lives on
  lie_about_length,  // of its report
  garble_report,
  linger,        // after its last word
  speak,         // from here on: to the speech tap, ten seconds
  speak_wildly,  // what is no number, too loud, and cut within a sample
  flood_speech,
};

}  // namespace soundbite
