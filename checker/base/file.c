/* Whole files in, and files that appear whole or not at all. */
#define _XOPEN_SOURCE 700 /* realpath */

#include "checker/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checker/base/clock.h"

enum {
    CHUNK = 64 << 10,
    DEEPEST_FOLDER = 32,
    MOST_FILES = 10000,
    MOST_ENTRIES = 100000, /* looked at by one listing */
};

static bool io_error(struct err *err, const char *action, const char *path)
{
    int number = errno;
    char reason[128] = "";
    if (strerror_r(number, reason, sizeof(reason)) != 0 || reason[0] == '\0')
        return err_set(err, ERR_IO, "cannot %s '%s': error %d", action, path,
                       number);
    return err_set(err, ERR_IO, "cannot %s '%s': %s", action, path, reason);
}

/* Opens for reading; "-" is standard input. Folders are refused here, as
 * reading one fails with words that help nobody. */
static int open_input(const char *path, struct err *err)
{
    struct stat status;
    if (strcmp(path, "-") == 0)
        return STDIN_FILENO;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        io_error(err, "read", path);
        return -1;
    }
    if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
        close(fd);
        err_set(err, ERR_IO, "cannot read '%s': it is a folder", path);
        return -1;
    }
    return fd;
}

static void close_input(int fd)
{
    if (fd > STDIN_FILENO)
        close(fd);
}

static ssize_t read_some(int fd, char *out, size_t size)
{
    ssize_t n;
    do {
        n = read(fd, out, size);
    } while (n < 0 && errno == EINTR);
    return n;
}

bool file_read(struct arena *arena, const char *path, size_t limit,
               struct str *out, struct err *err)
{
    struct buf text = {.limit = limit};
    int fd = open_input(path, err);
    if (fd < 0)
        return false;
    char *chunk = memory_resize(NULL, CHUNK);
    ssize_t n;
    bool is_ok = true;
    while (!text.is_full && (n = read_some(fd, chunk, CHUNK)) != 0) {
        if (n < 0) {
            is_ok = io_error(err, "read", path);
            break;
        }
        buf_add(&text, (struct str){chunk, (size_t)n});
    }
    if (text.is_full)
        is_ok = err_set(err, ERR_LIMIT, "'%s' is larger than %zu bytes", path,
                        limit);
    if (is_ok)
        *out = str_dup(arena, buf_str(&text));
    free(chunk);
    buf_release(&text);
    close_input(fd);
    return is_ok;
}

static bool write_all(int fd, struct str text)
{
    while (text.n > 0) {
        ssize_t n = write(fd, text.p, text.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        text = str_sub(text, (size_t)n, text.n);
    }
    return true;
}

/* A device or a pipe is written to, not replaced. */
static bool write_special(const char *path, struct str text, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return io_error(err, "write", path);
    bool is_ok = write_all(fd, text) || io_error(err, "write", path);
    if (close(fd) != 0 && is_ok)
        is_ok = io_error(err, "write", path);
    return is_ok;
}

static struct str folder_of(struct str path)
{
    size_t n = path.n;
    while (n > 0 && path.p[n - 1] != '/')
        n--;
    return str_sub(path, 0, n);
}

/* So that the new name survives a crash, too. A file system that cannot do
 * that is no failure: the content is safe already. */
static void sync_folder(const char *folder)
{
    int fd = open(folder[0] != '\0' ? folder : ".", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)fsync(fd);
    close(fd);
}

/* `fd` is the new temporary file; it is closed here. */
static bool fill_and_rename(int fd, const char *temporary, const char *target,
                            struct str text)
{
    bool is_written = write_all(fd, text) && fsync(fd) == 0;
    int number = errno;
    if (close(fd) != 0 && is_written) {
        number = errno;
        is_written = false;
    }
    if (is_written && rename(temporary, target) == 0)
        return true;
    if (is_written)
        number = errno;
    (void)unlink(temporary);
    errno = number;
    return false;
}

static bool replace_file(struct arena *scratch, const char *path,
                         const char *target, struct str text, bool is_private,
                         struct err *err)
{
    const char *folder = str_cstr(scratch, folder_of(str_of(target)));
    const char *temporary =
        str_fmt(scratch, "%s.dr-%016" PRIx64 ".tmp", folder, clock_random()).p;
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                  is_private ? 0600 : 0666);
    if (fd < 0 || !fill_and_rename(fd, temporary, target, text))
        return io_error(err, "write", path);
    sync_folder(folder);
    return true;
}

bool file_write(const char *path, struct str text, bool is_private,
                struct err *err)
{
    struct stat status;
    if (strcmp(path, "-") == 0)
        return write_all(STDOUT_FILENO, text) ||
               err_set(err, ERR_IO, "cannot write to standard output");
    bool is_there = stat(path, &status) == 0;
    if (is_there && S_ISDIR(status.st_mode))
        return err_set(err, ERR_IO, "cannot write '%s': it is a folder", path);
    if (is_there && !S_ISREG(status.st_mode))
        return write_special(path, text, err);
    /* Through a symbolic link the file is replaced, not the link. */
    char *real = is_there ? realpath(path, NULL) : NULL;
    struct arena scratch = {0};
    bool is_ok = replace_file(&scratch, path, real != NULL ? real : path, text,
                              is_private, err);
    arena_release(&scratch);
    free(real);
    return is_ok;
}

/* A listing under way. */
struct listing {
    struct arena *arena;
    struct str suffix;
    const char **paths;
    size_t n, capacity, n_entries;
    struct err *err;
};

static bool add_path(struct listing *list, const char *path)
{
    if (list->n == MOST_FILES)
        return err_set(list->err, ERR_LIMIT, "more than %d files",
                       (int)MOST_FILES);
    list->paths = arena_grow(list->arena, list->paths, list->n, &list->capacity,
                             sizeof(char *));
    list->paths[list->n++] = path;
    return true;
}

static bool list_folder(struct listing *list, const char *path, int depth);

static bool list_entry(struct listing *list, const char *folder,
                       const char *name, int depth)
{
    struct stat status;
    if (name[0] == '.')
        return true;
    if (++list->n_entries > MOST_ENTRIES)
        return err_set(list->err, ERR_LIMIT, "more than %d entries",
                       (int)MOST_ENTRIES);
    bool is_joined = str_ends(str_of(folder), STR("/"));
    const char *path =
        str_fmt(list->arena, "%s%s%s", folder, is_joined ? "" : "/", name).p;
    if (lstat(path, &status) != 0)
        return io_error(list->err, "read", path);
    if (S_ISDIR(status.st_mode))
        return list_folder(list, path, depth + 1);
    if (!str_ends(str_of(name), list->suffix))
        return true;
    if (S_ISLNK(status.st_mode) && stat(path, &status) != 0)
        return io_error(list->err, "read", path);
    return !S_ISREG(status.st_mode) || add_path(list, path);
}

static bool list_folder(struct listing *list, const char *path, int depth)
{
    if (depth > DEEPEST_FOLDER)
        return err_set(list->err, ERR_LIMIT, "folders deeper than %d levels",
                       (int)DEEPEST_FOLDER);
    DIR *folder = opendir(path);
    if (folder == NULL)
        return io_error(list->err, "read", path);
    bool is_ok = true;
    while (is_ok) {
        errno = 0;
        const struct dirent *entry = readdir(folder);
        if (entry == NULL) {
            is_ok = errno == 0 || io_error(list->err, "read", path);
            break;
        }
        is_ok = list_entry(list, path, entry->d_name, depth);
    }
    closedir(folder);
    return is_ok;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool file_list(struct arena *arena, const char *path, struct str suffix,
               const char ***out, size_t *n, struct err *err)
{
    struct listing list = {.arena = arena, .suffix = suffix, .err = err};
    struct stat status;
    if (stat(path, &status) != 0)
        return io_error(err, "read", path);
    if (S_ISDIR(status.st_mode)) {
        if (!list_folder(&list, path, 0))
            return err_add(err, "cannot list '%s'", path);
    } else if (!add_path(&list, str_cstr(arena, str_of(path)))) {
        return false;
    }
    if (list.n > 1)
        qsort(list.paths, list.n, sizeof(char *), by_bytes);
    *out = list.paths;
    *n = list.n;
    return true;
}

/* Bytes from `from` to `to` were read and not yet given out. */
struct line_reader {
    int fd;
    char *path;
    size_t longest, n_lines;
    char *bytes;
    size_t from, to, size;
    bool is_end;
};

bool line_reader_open(struct line_reader **out, const char *path,
                      size_t longest, struct err *err)
{
    int fd = open_input(path, err);
    if (fd < 0)
        return false;
    struct line_reader *reader = memory_resize(NULL, sizeof(*reader));
    size_t n = strlen(path) + 1;
    char *name = memory_resize(NULL, n);
    memcpy(name, path, n);
    *reader = (struct line_reader){.fd = fd,
                                   .path = name,
                                   .longest = longest,
                                   .size = CHUNK,
                                   .bytes = memory_resize(NULL, CHUNK)};
    *out = reader;
    return true;
}

/* Reads more behind what is there: false on failure. */
static bool fill(struct line_reader *reader, struct err *err)
{
    if (reader->from > 0) {
        memmove(reader->bytes, reader->bytes + reader->from,
                reader->to - reader->from);
        reader->to -= reader->from;
        reader->from = 0;
    }
    if (reader->to == reader->size) {
        reader->size *= 2;
        reader->bytes = memory_resize(reader->bytes, reader->size);
    }
    ssize_t n = read_some(reader->fd, reader->bytes + reader->to,
                          reader->size - reader->to);
    if (n < 0)
        return io_error(err, "read", reader->path);
    reader->to += (size_t)n;
    reader->is_end = n == 0;
    return true;
}

/* Finds the end of the next line: the offset of its newline, or of the end of
 * the file. */
static bool find_end(struct line_reader *reader, size_t *end, struct err *err)
{
    size_t seen = 0;
    for (;;) {
        size_t n = reader->to - reader->from;
        const char *start = reader->bytes + reader->from;
        const char *hit =
            n > seen ? memchr(start + seen, '\n', n - seen) : NULL;
        size_t length = hit != NULL ? (size_t)(hit - start) : n;
        if (length > reader->longest)
            return err_set(err, ERR_LIMIT,
                           "line %zu of '%s' is longer than %zu bytes",
                           reader->n_lines + 1, reader->path, reader->longest);
        *end = reader->from + length;
        if (hit != NULL || reader->is_end)
            return true;
        seen = n;
        if (!fill(reader, err))
            return false;
    }
}

bool line_reader_next(struct line_reader *reader, struct str *line,
                      bool *is_cut, struct err *err)
{
    size_t end = 0;
    err->code = ERR_NONE;
    *is_cut = false;
    if (!find_end(reader, &end, err))
        return false;
    if (reader->is_end && reader->from == reader->to)
        return false;
    *is_cut = end == reader->to;
    *line = (struct str){reader->bytes + reader->from, end - reader->from};
    if (!*is_cut && str_ends(*line, STR("\r")))
        line->n--;
    reader->from = *is_cut ? end : end + 1;
    reader->n_lines++;
    return true;
}

void line_reader_close(struct line_reader *reader)
{
    if (reader == NULL)
        return;
    close_input(reader->fd);
    free(reader->path);
    free(reader->bytes);
    free(reader);
}
