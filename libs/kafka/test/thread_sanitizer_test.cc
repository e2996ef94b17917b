// librdkafka starts its threads with C11's calls, which ThreadSanitizer of GCC 12 does not know
// and dies of. Under that sanitizer they go through pthread, and librdkafka's own locking, which
// it cannot see either, is left out of the judgement. Without the sanitizer this file is empty.
#ifdef __SANITIZE_THREAD__

#include <pthread.h>
#include <threads.h>

#include <cstdint>

namespace {

struct Start {
  thrd_start_t function;
  void* argument;
};

void* Run(void* opaque) {
  auto* given = static_cast<Start*>(opaque);
  const Start start = *given;
  delete given;
  return reinterpret_cast<void*>(static_cast<std::intptr_t>(start.function(start.argument)));
}

}  // namespace

extern "C" {

const char* __tsan_default_suppressions() {
  return "race:librdkafka\nmutex:librdkafka\nthread:librdkafka\ncalled_from_lib:librdkafka.so.1\n";
}

int thrd_create(thrd_t* thread, thrd_start_t function, void* argument) {
  auto* start = new Start{function, argument};
  if (pthread_create(thread, nullptr, Run, start) == 0) return thrd_success;
  delete start;
  return thrd_error;
}

int thrd_join(thrd_t thread, int* result) {
  void* value = nullptr;
  if (pthread_join(thread, &value) != 0) return thrd_error;
  if (result != nullptr) *result = static_cast<int>(reinterpret_cast<std::intptr_t>(value));
  return thrd_success;
}

int thrd_detach(thrd_t thread) { return pthread_detach(thread) == 0 ? thrd_success : thrd_error; }

}  // extern "C"

#endif
