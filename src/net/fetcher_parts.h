// A fetcher with a name server and certificate authorities of a test's choice.
#pragma once

#include "net/fetcher.h"
#include "net/name_lookup.h"

namespace soundbite {

struct FetcherParts {
  LookUp look_up;               // empty: the system's
  std::string authorities_pem;  // beside the system's
};

std::unique_ptr<Fetcher> make_fetcher(FetcherOptions options, FetcherParts parts);

}  // namespace soundbite
