// Exits with 1 when the compiler destroys the temporary in `co_await f({.a = …})` more often than it made it.
#include <coroutine>

namespace {

int alive = 0;

struct Counted {
  Counted() { ++alive; }
  Counted(const Counted&) { ++alive; }
  Counted(Counted&&) noexcept { ++alive; }
  ~Counted() { --alive; }
};

struct Options {
  Counted a{};
  int b = 0;
};

struct Task {
  struct promise_type {
    Task get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
  std::coroutine_handle<promise_type> handle;
  bool await_ready() const { return handle.done(); }
  void await_suspend(std::coroutine_handle<>) const {}
  void await_resume() const { handle.destroy(); }
};

Task inner(Options) { co_return; }

Task outer() { co_await inner({.a = Counted{}, .b = 1}); }

}  // namespace

int main() {
  Task task = outer();
  task.handle.destroy();
  return alive == 0 ? 0 : 1;
}
