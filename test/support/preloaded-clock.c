/*
 * Preloaded into a hub: its machine's clock is set whenever the file in CLOCK_AHEAD is written. The file holds the
 * milliseconds by which the clock is ahead of the real one, a signed number of 8 bytes in the machine's order. The clocks
 * that only grow are left alone, as settimeofday() leaves them.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const int64_t none = 0;
static const volatile int64_t *ahead_ms = &none;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void map_file(void) {
  const char *path = getenv("CLOCK_AHEAD");
  int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (fd < 0) return;
  void *mapped = mmap(NULL, sizeof *ahead_ms, PROT_READ, MAP_SHARED, fd, 0);
  if (mapped != MAP_FAILED) ahead_ms = mapped;
  close(fd);
}

static void set(time_t *seconds, long *fraction, long per_ms) {
  pthread_once(&once, map_file);
  int64_t total_ms = (int64_t)*seconds * 1000 + *fraction / per_ms + *ahead_ms;
  *fraction = *fraction % per_ms + total_ms % 1000 * per_ms;
  *seconds = (time_t)(total_ms / 1000);
}

int clock_gettime(clockid_t clock, struct timespec *at) {
  static int (*real)(clockid_t, struct timespec *);
  if (real == NULL) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  int result = real(clock, at);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) set(&at->tv_sec, &at->tv_nsec, 1000000);
  return result;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
  static int (*real)(struct timeval *, void *);
  if (real == NULL) real = (int (*)(struct timeval *, void *))dlsym(RTLD_NEXT, "gettimeofday");
  int result = real(at, zone);
  if (result == 0) set(&at->tv_sec, &at->tv_usec, 1000);
  return result;
}

time_t time(time_t *at) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (at != NULL) *at = now.tv_sec;
  return now.tv_sec;
}
