/*
 * Preloaded into a hub. DISK_MS makes each sync take so many milliseconds longer, on the thread that asks for it.
 *
 * DISK_RECORD writes down, in their order, what it does to the files of its database, and when each sync
 * began and ended. From that, test/chaos/disk-image.ts makes the files as a power cut could leave them.
 *
 * DISK_RECORD is the file that gets the record, DISK_RECORD_OF the database's path; the index of SQLite's log (-shm) and
 * the hub's lock are no part of it, as SQLite makes them anew. One entry: kind, file, offset, length (8 bytes each, in the
 * machine's order), then `length` bytes.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum kind { WRITE = 1, TRUNCATE, SYNC_BEGINS, SYNC_ENDS, NAMED, UNNAMED };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int record = -1;
static const char *database;
static char folder[4096];

static void open_record(void) {
  const char *path = getenv("DISK_RECORD");
  database = getenv("DISK_RECORD_OF");
  if (path == NULL || database == NULL) return;
  strncpy(folder, database, sizeof folder - 1);
  char *slash = strrchr(folder, '/');
  if (slash != NULL) *slash = 0;
  record = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/* Whether it is the database, its log or its rollback journal. */
static int is_followed(const char *path) {
  pthread_once(&once, open_record);
  if (record < 0 || path == NULL) return 0;
  size_t length = strlen(database);
  if (strncmp(path, database, length) != 0) return 0;
  const char *end = path + length;
  return *end == 0 || strcmp(end, "-wal") == 0 || strcmp(end, "-journal") == 0;
}

/* The file behind a descriptor: its number, 1 for the folder, 0 if it is not followed. */
static uint64_t followed(int fd) {
  pthread_once(&once, open_record);
  if (record < 0) return 0;
  char link[64], path[4096];
  char *digits = link + sizeof link;
  *--digits = 0;
  for (unsigned n = (unsigned)fd, first = 1; n > 0 || first; n /= 10, first = 0) *--digits = '0' + n % 10;
  digits -= 14;
  memcpy(digits, "/proc/self/fd/", 14);
  ssize_t length = readlink(digits, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  if (strcmp(path, folder) == 0) return 1;
  char *deleted = strstr(path, " (deleted)");
  if (deleted != NULL) *deleted = 0;
  if (!is_followed(path)) return 0;
  struct stat found;
  return fstat(fd, &found) == 0 ? found.st_ino : 0;
}

/* One write, so that a process that is killed leaves no half entry but its last. */
static void note(enum kind kind, uint64_t file, uint64_t offset, const void *data, uint64_t length) {
  uint64_t head[4] = {kind, file, offset, length};
  struct iovec parts[2] = {{head, sizeof head}, {(void *)data, length}};
  int before = errno;
  syscall(SYS_writev, record, parts, length > 0 ? 2 : 1);
  errno = before;
}

#define REAL(name, type) \
  static type real; \
  if (real == NULL) real = (type)dlsym(RTLD_NEXT, name)

typedef ssize_t (*pwrite_fn)(int, const void *, size_t, off64_t);
typedef int (*truncate_fn)(int, off64_t);
typedef int (*sync_fn)(int);
typedef int (*unlink_fn)(const char *);
typedef int (*open_fn)(const char *, int, ...);

static ssize_t written(pwrite_fn real, int fd, const void *data, size_t length, off64_t offset) {
  uint64_t file = followed(fd);
  if (file <= 1) return real(fd, data, length, offset);
  pthread_mutex_lock(&lock);
  note(WRITE, file, (uint64_t)offset, data, length);
  ssize_t result = real(fd, data, length, offset);
  pthread_mutex_unlock(&lock);
  return result;
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
  REAL("pwrite64", pwrite_fn);
  return written(real, fd, data, length, offset);
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) {
  REAL("pwrite64", pwrite_fn);
  return written(real, fd, data, length, offset);
}

static int truncated(truncate_fn real, int fd, off64_t length) {
  uint64_t file = followed(fd);
  if (file <= 1) return real(fd, length);
  pthread_mutex_lock(&lock);
  note(TRUNCATE, file, (uint64_t)length, NULL, 0);
  int result = real(fd, length);
  pthread_mutex_unlock(&lock);
  return result;
}

int ftruncate64(int fd, off64_t length) {
  REAL("ftruncate64", truncate_fn);
  return truncated(real, fd, length);
}

int ftruncate(int fd, off_t length) {
  REAL("ftruncate64", truncate_fn);
  return truncated(real, fd, length);
}

static void wait_for_disk(void) {
  const char *text = getenv("DISK_MS");
  long ms = text != NULL ? atol(text) : 0;
  struct timespec rest = {ms / 1000, (ms % 1000) * 1000000L};
  while (ms > 0 && nanosleep(&rest, &rest) != 0) {
  }
}

/* What was written down before "begins" is on disk at "ends"; the number of the sync is its place in the record. */
static int synced(sync_fn real, int fd) {
  static uint64_t last;
  uint64_t file = followed(fd);
  wait_for_disk();
  if (file == 0) return real(fd);
  pthread_mutex_lock(&lock);
  uint64_t number = ++last;
  note(SYNC_BEGINS, file, number, NULL, 0);
  pthread_mutex_unlock(&lock);
  int result = real(fd);
  if (result == 0) {
    pthread_mutex_lock(&lock);
    note(SYNC_ENDS, file, number, NULL, 0);
    pthread_mutex_unlock(&lock);
  }
  return result;
}

int fdatasync(int fd) {
  REAL("fdatasync", sync_fn);
  return synced(real, fd);
}

int fsync(int fd) {
  REAL("fsync", sync_fn);
  return synced(real, fd);
}

int unlink(const char *path) {
  REAL("unlink", unlink_fn);
  if (!is_followed(path)) return real(path);
  pthread_mutex_lock(&lock);
  note(UNNAMED, 0, 0, path, strlen(path));
  int result = real(path);
  pthread_mutex_unlock(&lock);
  return result;
}

static int opened(open_fn real, const char *path, int flags, mode_t mode) {
  int fd = real(path, flags, mode);
  if (fd < 0 || (flags & O_CREAT) == 0 || !is_followed(path)) return fd;
  struct stat found;
  pthread_mutex_lock(&lock);
  if (fstat(fd, &found) == 0) note(NAMED, found.st_ino, 0, path, strlen(path));
  pthread_mutex_unlock(&lock);
  return fd;
}

#define MODE_OF(flags) \
  mode_t mode = 0; \
  if (flags & O_CREAT) { \
    va_list rest; \
    va_start(rest, flags); \
    mode = va_arg(rest, mode_t); \
    va_end(rest); \
  }

int open(const char *path, int flags, ...) {
  MODE_OF(flags);
  REAL("open", open_fn);
  return opened(real, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  MODE_OF(flags);
  REAL("open64", open_fn);
  return opened(real, path, flags, mode);
}
