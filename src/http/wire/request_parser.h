// Reads requests out of bytes that HeadCheck let through. The only user of Boost.Beast, which parses the head and
// decodes the body.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http/message.h"
#include "http/wire/head_check.h"

namespace soundbite {

// For one thread; one request after another.
class RequestParser {
 public:
  enum class State { need_more, done, refused };

  RequestParser();
  ~RequestParser();

  // Begins a request. `head` is its whole header block, and must stay in place while `request` is used: the views point
  // into it.
  State start(std::string_view head, Request& request, std::uint64_t body_limit);

  // Takes body bytes from the front of `bytes` and appends what they encode to `body`; the rest is for the next call,
  // with more behind it, or for the next request.
  State feed(std::string_view& bytes, std::string& body);

  // After refused.
  const HeadRefusal& refusal() const { return *refusal_; }

 private:
  class Reader;
  State state_after(const boost::system::error_code& error);

  std::unique_ptr<Reader> reader_;
  const HeadRefusal* refusal_ = nullptr;
};

}  // namespace soundbite
