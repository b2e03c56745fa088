#include "media/playable.h"

#include <utility>

namespace soundbite::media {
namespace {

// Processors behind one another, each with the sink that feeds the next.
class Chain {
 public:
  Chain(std::vector<std::unique_ptr<Processor>> processors, const BlockSink& out, const std::function<void()>& alive)
      : processors_(std::move(processors)), frames_(processors_.size() + 1), sinks_(processors_.size() + 1) {
    sinks_.back() = [this, &out, &alive](const AudioBlock& block) {
      alive();
      frames_.back() += block.frames;
      return out(block);
    };
    for (std::size_t i = 0; i < processors_.size(); ++i) {
      sinks_[i] = [this, i, &alive](const AudioBlock& block) {
        alive();
        frames_[i] += block.frames;
        return block.frames > 0 ? processors_[i]->push(block, sinks_[i + 1]) : Result<void>{};
      };
    }
  }

  const BlockSink& front() const { return sinks_.front(); }

  Result<void> finish() {
    for (std::size_t i = 0; i < processors_.size(); ++i) {
      if (auto done = processors_[i]->finish(sinks_[i + 1]); !done) return done;
    }
    return {};
  }

  // The first that was given audio and handed on none.
  std::optional<std::size_t> emptied_by() const {
    for (std::size_t i = 0; i < processors_.size(); ++i) {
      if (frames_[i] > 0 && frames_[i + 1] == 0) return i;
    }
    return std::nullopt;
  }

 private:
  std::vector<std::unique_ptr<Processor>> processors_;
  std::vector<std::uint64_t> frames_;
  std::vector<BlockSink> sinks_;
};

}  // namespace

Playable through(Playable from, std::vector<Step> steps, AudioFormat to, Emptied& emptied,
                 std::function<void()> alive) {
  if (steps.empty()) return from;
  const bool repeatable = from.repeatable;
  auto play = [from = std::move(from), steps = std::move(steps), &emptied,
               alive = std::move(alive)](const BlockSink& out) -> Result<void> {
    std::vector<std::unique_ptr<Processor>> processors;
    for (const Step& step : steps) {
      auto made = step.make();
      if (!made) return std::unexpected(std::move(made.error()));
      processors.push_back(std::move(*made));
    }
    Chain chain(std::move(processors), out, alive);
    if (auto done = from.play(chain.front()); !done) return done;
    if (auto done = chain.finish(); !done) return done;
    if (const auto step = chain.emptied_by()) emptied.by = steps[*step].operation;
    return {};
  };
  return {.format = to, .play = std::move(play), .repeatable = repeatable};
}

}  // namespace soundbite::media
