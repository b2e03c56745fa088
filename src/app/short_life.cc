#include "app/short_life.h"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <climits>
#include <cstdint>
#include <cstdlib>

namespace soundbite {

namespace {

constexpr std::uintptr_t huge_page = std::uintptr_t{2} << 20;
constexpr int reserve = 512 << 20;  // addresses; memory is taken as it is touched

}  // namespace

void expect_a_short_life() {
  ::mallopt(M_ARENA_MAX, 1);
  ::mallopt(M_MMAP_MAX, 0);
  ::mallopt(M_TRIM_THRESHOLD, INT_MAX);
  ::mallopt(M_TOP_PAD, reserve);
  auto* const begin = static_cast<char*>(::sbrk(0));
  // Larger than what is there, so that the heap grows by the reserve; volatile, or the compiler leaves both calls out.
  void* volatile larger_than_what_is_there = std::malloc(1 << 20);
  std::free(larger_than_what_is_there);
  auto* const end = static_cast<char*>(::sbrk(0));
  auto* const first = begin + (huge_page - reinterpret_cast<std::uintptr_t>(begin) % huge_page) % huge_page;
  // A system without huge pages, or without room for the reserve, is slower and nothing else.
  if (first < end) ::madvise(first, std::size_t(end - first), MADV_HUGEPAGE);
}

}  // namespace soundbite
