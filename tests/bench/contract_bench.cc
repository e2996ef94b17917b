// Time a message of the contract engine, on the sample of each interface.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <iostream>

#include "contract/contract.h"
#include "contract/decode.h"
#include "contract/digest.h"
#include "contract/encode.h"
#include "contract/manual.h"

namespace guarantee::contract {
namespace {

const Contract& Loaded() {
  static const auto contract = [] {
    auto loaded = Contract::Load();
    if (!loaded) {
      std::cerr << Describe(loaded.error()) << '\n';
      std::abort();
    }
    return *loaded;
  }();
  return *contract;
}

const Interface& Section(const char* section) {
  const Interface* interface = Loaded().FindSection(section);
  if (interface == nullptr) std::abort();
  return *interface;
}

void DecodeRequest(benchmark::State& state, const char* section) {
  const Interface& interface = Section(section);
  const std::string body = Sample(interface);
  const Tolerance tolerance;
  for ([[maybe_unused]] const auto round : state) {
    const auto decoded = Decode(interface, body, tolerance);
    if (!decoded) state.SkipWithError("the sample was refused");
    benchmark::DoNotOptimize(decoded);
  }
  state.SetBytesProcessed(
      static_cast<std::int64_t>(static_cast<std::size_t>(state.iterations()) * body.size()));
}

void MakeCanonical(benchmark::State& state, const char* section) {
  const Interface& interface = Section(section);
  const Tolerance tolerance;
  const auto decoded = Decode(interface, Sample(interface), tolerance);
  if (!decoded) return state.SkipWithError("the sample was refused");
  for ([[maybe_unused]] const auto round : state) {
    benchmark::DoNotOptimize(CanonicalForm(interface, *decoded->items.front().message, tolerance));
  }
}

void ReadPlatformAnswer(benchmark::State& state) {
  const Interface& interface = Section("3.2");
  for ([[maybe_unused]] const auto round : state) {
    const PlatformAnswer answer = ReadAnswer(interface, R"({"code":200,"msg":"操作成功"})");
    if (answer.verdict != Verdict::kAccepted) state.SkipWithError("not accepted");
  }
}

BENCHMARK_CAPTURE(DecodeRequest, apply, "3.1");
BENCHMARK_CAPTURE(DecodeRequest, cancel_order, "3.3");
BENCHMARK_CAPTURE(DecodeRequest, credit, "3.5");
BENCHMARK_CAPTURE(DecodeRequest, invoice, "3.13");
BENCHMARK_CAPTURE(MakeCanonical, apply, "3.1");
BENCHMARK(ReadPlatformAnswer);

}  // namespace
}  // namespace guarantee::contract

BENCHMARK_MAIN();
