/*
 * What a look at all processes costs at least: reads the files of each process, and makes nothing of them.
 *
 *   scan ROOT TIMES FILE...
 *
 * Reads `stat` of each process, and of those that are not the kernel's own the named files beside it; exe, cwd and root
 * are links. Prints the processor time of one look in microseconds, and how many processes there were at the last one.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define KERNEL_THREAD 0x00200000UL
#define FLAGS_FIELD 6

static char buffer[4096];

static ssize_t read_file(int folder, const char *name)
{
  int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  ssize_t length;

  if (fd < 0) return -1;
  length = read(fd, buffer, sizeof buffer - 1);
  close(fd);
  return length;
}

/* The name in parentheses may hold anything: fields are counted from behind it. */
static int is_kernel_thread(ssize_t length)
{
  char *at;
  int field;

  buffer[length] = '\0';
  at = strrchr(buffer, ')');
  for (field = 0; at != NULL && field <= FLAGS_FIELD; field++) at = strchr(at + 1, ' ');
  return at != NULL && (strtoul(at + 1, NULL, 10) & KERNEL_THREAD) != 0;
}

static int is_link(const char *name)
{
  return strcmp(name, "exe") == 0 || strcmp(name, "cwd") == 0 || strcmp(name, "root") == 0;
}

static int look(int root, const char *pid, char **names, int count)
{
  int folder = openat(root, pid, O_PATH | O_CLOEXEC);
  ssize_t length;
  int index;

  if (folder < 0) return 0;
  length = read_file(folder, "stat");
  if (length > 0 && !is_kernel_thread(length)) {
    for (index = 0; index < count; index++) {
      if (is_link(names[index])) length = readlinkat(folder, names[index], buffer, sizeof buffer);
      else length = read_file(folder, names[index]);
    }
  }
  close(folder);
  return 1;
}

static int look_at_all(const char *path, char **names, int count)
{
  DIR *list = opendir(path);
  struct dirent *entry;
  int seen = 0;

  if (list == NULL) return -1;
  while ((entry = readdir(list)) != NULL) {
    if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9') seen += look(dirfd(list), entry->d_name, names, count);
  }
  closedir(list);
  return seen;
}

static double microseconds(void)
{
  struct rusage usage;

  getrusage(RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

int main(int argc, char **argv)
{
  int times = argc > 3 ? atoi(argv[2]) : 0;
  double before;
  int seen = 0;
  int done;

  if (times < 1) return 2;
  before = microseconds();
  for (done = 0; done < times; done++) seen = look_at_all(argv[1], argv + 3, argc - 3);
  printf("%.1f %d\n", (microseconds() - before) / times, seen);
  return seen < 1;
}
