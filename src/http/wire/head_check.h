// Looks at the raw header block of a request before the parser does, and refuses every form that two programs could
// read differently (request smuggling) or that only an attacker sends. The parser behind it is laxer: it unfolds
// obs-fold, for one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace soundbite {

struct HeadLimits {
  std::size_t line_bytes = 8 * 1024;    // of the request line, of each field
  std::size_t block_bytes = 32 * 1024;  // of everything up to the empty line
  std::size_t fields = 100;
};

// Why a request is not read further. All views are static.
struct HeadRefusal {
  std::string_view reason;   // of the metric: "obs_fold"
  std::string_view problem;  // the problem type: "bad-request"
  std::string_view detail;
};

struct HeadFacts {
  std::size_t begin = 0;  // of the request line: behind an empty line that some clients send first
  std::size_t end = 0;    // behind the empty line that ends the block
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
};

// For one thread.
class HeadCheck {
 public:
  enum class State { more, complete, refused };

  explicit HeadCheck(HeadLimits limits = {}) : limits_(limits) {}

  // `bytes` begins with the request and is what the last call got, with more behind it. Each byte is looked at once.
  State scan(std::string_view bytes);
  // After complete.
  const HeadFacts& facts() const { return facts_; }
  // After refused.
  const HeadRefusal& refusal() const { return *refusal_; }
  // Forgets everything, for the next request.
  void reset();

 private:
  const HeadRefusal* check_line(std::string_view line);
  const HeadRefusal* check_request_line(std::string_view line);
  const HeadRefusal* check_field(std::string_view line);
  const HeadRefusal* note_field(std::string_view name, std::string_view value);
  const HeadRefusal* check_block() const;
  State refuse(const HeadRefusal& refusal);

  HeadLimits limits_;
  HeadFacts facts_;
  const HeadRefusal* refusal_ = nullptr;
  std::size_t line_begin_ = 0;
  std::size_t scanned_ = 0;
  std::size_t lines_ = 0;
  std::size_t hosts_ = 0;
  bool version_1_0_ = false;
};

}  // namespace soundbite
