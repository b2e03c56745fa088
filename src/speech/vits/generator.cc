#include "speech/vits/generator.h"

#include <optional>

namespace soundbite::vits {

namespace {

using Index = std::ptrdiff_t;

// Floats of one tensor in a block, from the last stage backwards: the last is bound by memory and should stay in the
// second-level cache; the ones before it compute more for each value, and small blocks repeat more at their seams.
constexpr Index last_block_floats = 34'000;
constexpr Index middle_block_floats = 100'000;
constexpr Index first_block_floats = 128'000;
constexpr Index block_rows_multiple = 48;  // whole tiles at every dilation of Piper's voices

bool computable(const ConvolutionWeights& one) {
  const bool taps = one.taps == 2 || one.taps == 3 || one.taps == 5 || one.taps == 7;
  return taps && one.channels_in % 8 == 0 && one.channels_out % 16 == 0;
}

Index floor_divided(Index value, Index by) { return (value >= 0 ? value : value - by + 1) / by; }

ConvolutionCall call_for(const PreparedConvolution& convolution, const float* in, float* out, Index rows) {
  return {.taps = convolution.taps,
          .channels_in = convolution.channels_in,
          .channels_out = convolution.channels_out,
          .dilation = convolution.dilation,
          .weights = convolution.weights.data(),
          .bias = convolution.bias.data(),
          .in = in,
          .slope = convolution.slope,
          .residual = nullptr,
          .out = out,
          .rows = rows,
          .combine = Combine::store,
          .scale = 1,
          .scratch = nullptr};
}

// The rows of the stage before that `output` rows of an upsampling read.
RowRange read_by_upsampling(RowRange output, Index stride) {
  return {floor_divided(output.begin + stride / 2, stride) - 1, floor_divided(output.end - 1 + stride / 2, stride) + 1};
}

}  // namespace

PreparedConvolution::PreparedConvolution(const Kernels& kernels, const ConvolutionWeights& plain)
    : taps(plain.taps),
      channels_in(plain.channels_in),
      channels_out(plain.channels_out),
      dilation(plain.dilation),
      slope(plain.slope),
      weights(kernels.prepared_floats(plain.taps, plain.channels_in, plain.channels_out)),
      bias(plain.bias) {
  kernels.prepare(taps, channels_in, channels_out, plain.values.data(), weights.data());
}

struct Generator::Run {
  const LatentView& latents;
  Workspace& work;
  const std::stop_token& stop;
  RowRange range;  // of samples
  std::span<float> out;
};

std::optional<Generator> Generator::make(const Kernels& kernels, const DecoderGraph& graph) {
  if (!computable(graph.first) || graph.first.taps == 2 || graph.last.channels % 8 != 0) return std::nullopt;
  for (const auto& stage : graph.stages) {
    if (!computable(stage.upsampling) || (stage.blocks.size() == 1 && stage.divisor != 1)) return std::nullopt;
    for (const auto& block : stage.blocks)
      if (!computable(block.first) || !computable(block.second)) return std::nullopt;
  }
  Generator made;
  made.kernels_ = &kernels;
  made.first_ = PreparedConvolution(kernels, graph.first);
  made.last_ = graph.last;
  for (const auto& plain : graph.stages) {
    PreparedStage stage;
    stage.stride = plain.stride;
    stage.channels = plain.channels;
    stage.scale = 1 / plain.divisor;
    stage.rate = made.hop_ *= plain.stride;
    stage.upsampling = PreparedConvolution(kernels, plain.upsampling);
    stage.slack = std::max<Index>(8, row_granule(2, 1) * plain.stride);  // 8: what the last convolution reads
    for (const auto& block : plain.blocks) {
      auto& [first, second] = stage.blocks.emplace_back(PreparedConvolution(kernels, block.first),
                                                        PreparedConvolution(kernels, block.second));
      stage.reach = std::max(stage.reach, first.reach() + second.reach());
      for (const auto* one : {&first, &second})
        stage.slack = std::max(stage.slack, row_granule(one->taps, one->dilation) + one->reach());
    }
    made.stages_.push_back(std::move(stage));
  }
  made.choose_blocks();
  return made;
}

// Each stage's block is a whole number of the next one's.
void Generator::choose_blocks() {
  Index inner = 0;
  for (std::size_t i = stages_.size(); i-- > 0;) {
    auto& stage = stages_[i];
    const Index samples_per_row = hop_ / stage.rate;
    if (inner == 0) {
      const Index rows = std::max<Index>(1, last_block_floats / stage.channels / block_rows_multiple);
      stage.block = std::max<Index>(1, rows * block_rows_multiple - (last_.taps - 1)) * samples_per_row;
    } else {
      const Index floats = i == 0 ? first_block_floats : middle_block_floats;
      const Index samples = floats / stage.channels * samples_per_row;
      stage.block = std::max<Index>(1, (samples + inner / 2) / inner) * inner;
    }
    inner = stage.block;
  }
}

RowRange Generator::upsampled_rows(const PreparedStage& stage, RowRange output) const {
  return output.widened(stage.reach);
}

// The rows that `samples` need of what `stage` makes.
RowRange Generator::needed_rows(std::size_t stage, RowRange samples) const {
  RowRange rows = samples.widened((last_.taps - 1) / 2);
  for (std::size_t i = stages_.size(); --i > stage;)
    rows = read_by_upsampling(upsampled_rows(stages_[i], rows), stages_[i].stride);
  return rows;
}

bool Generator::generate(const LatentView& latents, RowRange range, Workspace& work, const std::stop_token& stop,
                         std::span<float> out) const {
  std::size_t scratch = kernels_->scratch_floats(first_.taps, first_.channels_in);
  for (const auto& stage : stages_) {
    scratch = std::max(scratch, kernels_->scratch_floats(2, stage.upsampling.channels_in));
    for (const auto& [first, second] : stage.blocks)
      for (const auto* one : {&first, &second})
        scratch = std::max(scratch, kernels_->scratch_floats(one->taps, one->channels_in));
  }
  work.kernel.reserve(scratch);
  work.stages.resize(stages_.size());
  if (!compute_from({latents, work, stop, range, out}, 0, range)) return false;
  kernels_->tanh(out.data(), out.size());
  return true;
}

// Stage `index` and those behind it.
bool Generator::compute_from(const Run& run, std::size_t index, RowRange samples) const {
  if (index == stages_.size()) {
    compute_last(run, samples);
    return true;
  }
  const Index block = stages_[index].block;
  for (Index at = samples.begin; at < samples.end; at += block) {
    if (run.stop.stop_requested()) return false;
    const RowRange piece{at, std::min(samples.end, at + block)};
    if (index == 0) compute_first(run, piece);
    compute_stage(run, index, piece);
    if (!compute_from(run, index + 1, piece)) return false;
  }
  return true;
}

void Generator::compute_first(const Run& run, RowRange samples) const {
  const auto& stage = stages_.front();
  const RowRange rows = read_by_upsampling(upsampled_rows(stage, needed_rows(0, samples)), stage.stride);
  const RowRange computed = rows.within(run.latents.count);
  Rows& latents = run.work.latents;
  const Index granule = row_granule(first_.taps, 1);
  latents.place({rows.begin - first_.reach(), rows.end + first_.reach() + granule}, first_.channels_in);
  const RowRange seen = latents.range().within(run.latents.count);
  latents.zero_outside(seen);
  for (Index row = seen.begin; row < seen.end; ++row) {
    float* to = latents.at(row);
    for (Index c = 0; c < first_.channels_in; ++c) to[c] = run.latents.values[c * run.latents.count + row];
  }
  Rows& out = run.work.first;
  out.place({rows.begin, rows.end + granule + row_granule(2, 1)}, first_.channels_out);
  auto call = call_for(first_, latents.at(computed.begin - first_.reach()), out.at(computed.begin), computed.size());
  call.scratch = run.work.kernel.data();
  kernels_->convolve(call);
  out.zero_outside(computed);
}

void Generator::compute_stage(const Run& run, std::size_t index, RowRange samples) const {
  const auto& stage = stages_[index];
  auto& work = run.work.stages[index];
  const Rows& before = index == 0 ? run.work.first : run.work.stages[index - 1].output;
  const Index count = run.latents.count * stage.rate;
  const RowRange output = needed_rows(index, samples);
  const RowRange input = upsampled_rows(stage, output);

  // A row of the upsampling's result is `stride` rows of the stage, which begin half a stride earlier.
  const RowRange upsampled = input.within(count);
  const RowRange read = read_by_upsampling(upsampled, stage.stride);
  work.input.place({input.begin - stage.stride, input.end + stage.slack + stage.stride}, stage.channels);
  auto up = call_for(stage.upsampling, before.at(read.begin),
                     work.input.at((read.begin + 1) * stage.stride - stage.stride / 2), read.size() - 1);
  up.scratch = run.work.kernel.data();
  kernels_->convolve(up);
  work.input.zero_outside(upsampled);

  work.output.place({output.begin, output.end + stage.slack}, stage.channels);
  const RowRange made = output.within(count);
  for (std::size_t i = 0; i < stage.blocks.size(); ++i) {
    const auto& [first, second] = stage.blocks[i];
    const RowRange wide = output.widened(second.reach());
    const RowRange middle = wide.within(count);
    work.middle.place({wide.begin, wide.end + stage.slack}, stage.channels);
    auto call =
        call_for(first, work.input.at(middle.begin - first.reach()), work.middle.at(middle.begin), middle.size());
    call.residual = work.input.at(middle.begin);
    call.scratch = run.work.kernel.data();
    kernels_->convolve(call);
    work.middle.zero_outside(middle);

    call = call_for(second, work.middle.at(made.begin - second.reach()), work.output.at(made.begin), made.size());
    call.residual = work.middle.at(made.begin);
    call.scratch = run.work.kernel.data();
    call.scale = stage.scale;
    if (i > 0) call.combine = i + 1 == stage.blocks.size() ? Combine::add_and_scale : Combine::add;
    kernels_->convolve(call);
  }
  work.output.zero_outside(made);
}

void Generator::compute_last(const Run& run, RowRange samples) const {
  const Rows& in = run.work.stages.back().output;
  run.work.last.reserve(static_cast<std::size_t>((samples.size() + last_.taps + 7) * last_.channels));
  kernels_->convolve_last({.taps = last_.taps,
                           .channels = last_.channels,
                           .weights = last_.values.data(),
                           .bias = last_.bias,
                           .in = in.at(samples.begin - (last_.taps - 1) / 2),
                           .slope = last_.slope,
                           .out = run.out.data() + (samples.begin - run.range.begin),
                           .samples = samples.size(),
                           .scratch = run.work.last.data()});
}

}  // namespace soundbite::vits
