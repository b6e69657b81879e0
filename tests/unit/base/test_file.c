/* Tests of files: whole in, whole out, listings, and lines. */
#include <check.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checker/base/file.h"
#include "tests/unit/base/expect.h"

Suite *suite_file(void);

static struct arena arena;
static char folder[64];

static void make(void)
{
    (void)snprintf(folder, sizeof(folder), "/tmp/dr-file-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static const char *in_folder(const char *name)
{
    return str_fmt(&arena, "%s/%s", folder, name).p;
}

static void release(void)
{
    const char *command = str_fmt(&arena, "rm -rf '%s'", folder).p;
    ck_assert_int_eq(system(command), 0);
    arena_release(&arena);
}

static void put_file(const char *name, struct str text)
{
    FILE *file = fopen(in_folder(name), "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text.p, 1, text.n, file), text.n);
    ck_assert_int_eq(fclose(file), 0);
}

static struct str get_file(const char *name)
{
    struct str text = {0};
    struct err err = {0};
    ck_assert_msg(file_read(&arena, in_folder(name), 1 << 20, &text, &err),
                  "%s", err.line[0]);
    return text;
}

/* Hidden ones too, as temporary files are. */
static size_t n_entries(void)
{
    size_t n = 0;
    DIR *dir = opendir(folder);
    ck_assert_ptr_nonnull(dir);
    while (readdir(dir) != NULL)
        n++;
    ck_assert_int_eq(closedir(dir), 0);
    return n - 2; /* . and .. */
}

START_TEST(a_file_is_read_whole)
{
    struct err err = {0};
    struct str text = {0};
    put_file("a", STR("one\0two\n"));
    EXPECT_TEXT("a", get_file("a"), STR("one\0two\n"));
    ck_assert_int_eq(get_file("a").p[8], '\0');
    put_file("empty", STR(""));
    EXPECT_TEXT("empty", get_file("empty"), STR(""));
    ck_assert(file_read(&arena, in_folder("a"), 8, &text, &err));
    ck_assert(!file_read(&arena, in_folder("a"), 7, &text, &err));
    ck_assert_int_eq(err.code, ERR_LIMIT);
    EXPECT_TEXT("limit", err_text(&arena, &err),
                str_fmt(&arena, "'%s/a' is larger than 7 bytes", folder));
}
END_TEST

START_TEST(what_is_no_file_is_an_error)
{
    struct err err = {0};
    struct str text = {0};
    ck_assert(!file_read(&arena, in_folder("none"), 10, &text, &err));
    ck_assert_int_eq(err.code, ERR_IO);
    EXPECT_TEXT("none", err_text(&arena, &err),
                str_fmt(&arena,
                        "cannot read '%s/none': No such file or "
                        "directory",
                        folder));
    ck_assert(!file_read(&arena, folder, 10, &text, &err));
    EXPECT_TEXT("folder", err_text(&arena, &err),
                str_fmt(&arena, "cannot read '%s': it is a folder", folder));
}
END_TEST

START_TEST(standard_input_is_read)
{
    struct err err = {0};
    struct str text = {0};
    put_file("in", STR("from stdin"));
    ck_assert_ptr_nonnull(freopen(in_folder("in"), "rb", stdin));
    ck_assert(file_read(&arena, "-", 100, &text, &err));
    EXPECT_TEXT("stdin", text, STR("from stdin"));
}
END_TEST

static unsigned mode_of(const char *name)
{
    struct stat status;
    ck_assert_int_eq(stat(in_folder(name), &status), 0);
    return (unsigned)status.st_mode & 0777;
}

START_TEST(a_file_is_written_and_replaced)
{
    struct err err = {0};
    umask(022);
    ck_assert(file_write(in_folder("a"), STR("first"), false, &err));
    EXPECT_TEXT("first", get_file("a"), STR("first"));
    ck_assert_uint_eq(mode_of("a"), 0644);
    ck_assert(file_write(in_folder("a"), STR("2"), true, &err));
    EXPECT_TEXT("second", get_file("a"), STR("2"));
    ck_assert_uint_eq(mode_of("a"), 0600);
    ck_assert_uint_eq(n_entries(), 1);
}
END_TEST

START_TEST(a_relative_path_is_written)
{
    struct err err = {0};
    ck_assert_int_eq(chdir(folder), 0);
    ck_assert(file_write("b", STR("here"), false, &err));
    EXPECT_TEXT("b", get_file("b"), STR("here"));
    ck_assert_int_eq(chdir("/"), 0);
}
END_TEST

START_TEST(a_failed_write_leaves_nothing)
{
    struct err err = {0};
    ck_assert(!file_write(in_folder("no/such/a"), STR("x"), false, &err));
    ck_assert_int_eq(err.code, ERR_IO);
    ck_assert_int_eq(mkdir(in_folder("d"), 0755), 0);
    ck_assert(!file_write(in_folder("d"), STR("x"), false, &err));
    EXPECT_TEXT("folder", err_text(&arena, &err),
                str_fmt(&arena, "cannot write '%s/d': it is a folder", folder));
    ck_assert_uint_eq(n_entries(), 1);
    ck_assert(!file_write("/dev/full", STR("x"), false, &err));
    EXPECT_TEXT("full", err_text(&arena, &err),
                STR("cannot write '/dev/full': No space left on device"));
}
END_TEST

START_TEST(a_write_that_breaks_off_leaves_the_old_file)
{
    struct err err = {0};
    struct rlimit old, four;
    put_file("a", STR("old"));
    ck_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
    four = (struct rlimit){4, old.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &four), 0);
    bool is_written = file_write(in_folder("a"), STR("longer"), false, &err);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &old), 0);
    ck_assert(!is_written);
    EXPECT_TEXT("limit", err_text(&arena, &err),
                str_fmt(&arena, "cannot write '%s/a': File too large", folder));
    EXPECT_TEXT("old", get_file("a"), STR("old"));
    ck_assert_uint_eq(n_entries(), 1);
}
END_TEST

START_TEST(links_and_devices_stay_what_they_are)
{
    struct err err = {0};
    struct stat status;
    put_file("target", STR("old"));
    ck_assert_int_eq(symlink("target", in_folder("link")), 0);
    ck_assert(file_write(in_folder("link"), STR("new"), false, &err));
    EXPECT_TEXT("target", get_file("target"), STR("new"));
    ck_assert_int_eq(lstat(in_folder("link"), &status), 0);
    ck_assert(S_ISLNK(status.st_mode));
    ck_assert(file_write("/dev/null", STR("gone"), false, &err));
    ck_assert_int_eq(lstat("/dev/null", &status), 0);
    ck_assert(S_ISCHR(status.st_mode));
}
END_TEST

START_TEST(files_are_listed_in_order)
{
    static const char *const want[] = {"B.yaml", "a/x.yaml", "a/y/z.yaml",
                                       "b.yaml", "link.yaml"};
    const char **paths;
    size_t n;
    struct err err = {0};
    ck_assert_int_eq(mkdir(in_folder("a"), 0755), 0);
    ck_assert_int_eq(mkdir(in_folder("a/y"), 0755), 0);
    ck_assert_int_eq(mkdir(in_folder(".git"), 0755), 0);
    ck_assert_int_eq(mkdir(in_folder("d.yaml"), 0755), 0);
    put_file("a/y/z.yaml", STR(""));
    put_file("a/x.yaml", STR(""));
    put_file("a/x.json", STR(""));
    put_file("a/.hidden.yaml", STR(""));
    put_file(".git/c.yaml", STR(""));
    put_file("b.yaml", STR(""));
    put_file("B.yaml", STR(""));
    ck_assert_int_eq(symlink("b.yaml", in_folder("link.yaml")), 0);
    ck_assert_int_eq(symlink("..", in_folder("a/up.yaml")), 0);
    const char *slash = str_fmt(&arena, "%s/", folder).p;
    ck_assert(file_list(&arena, slash, STR(".yaml"), &paths, &n, &err));
    ck_assert_uint_eq(n, N_ITEMS(want));
    for (size_t i = 0; i < n; i++)
        ck_assert_str_eq(paths[i], in_folder(want[i]));
    ck_assert(file_list(&arena, in_folder("a/x.json"), STR(".yaml"), &paths, &n,
                        &err));
    ck_assert_uint_eq(n, 1);
    ck_assert_str_eq(paths[0], in_folder("a/x.json"));
    ck_assert(!file_list(&arena, in_folder("no"), STR(""), &paths, &n, &err));
    ck_assert_int_eq(err.code, ERR_IO);
}
END_TEST

START_TEST(a_listing_has_its_limits)
{
    const char **paths, *path = folder;
    size_t n;
    struct err err = {0};
    for (int i = 0; i < 40; i++) {
        path = str_fmt(&arena, "%s/d", path).p;
        ck_assert_int_eq(mkdir(path, 0755), 0);
    }
    ck_assert(!file_list(&arena, folder, STR(""), &paths, &n, &err));
    ck_assert_int_eq(err.code, ERR_LIMIT);
    EXPECT_TEXT("deep", err_text(&arena, &err),
                str_fmt(&arena,
                        "cannot list '%s': folders deeper than 32 "
                        "levels",
                        folder));
}
END_TEST

/* The lines of a text: the reader gives the same, and tells a cut end. */
static const struct {
    const char *name;
    struct str text;
    size_t n;
    const char *lines[4];
    bool is_cut;
} line_cases[] = {
    {"empty", STR_INIT(""), 0, {0}, false},
    {"one", STR_INIT("a\n"), 1, {"a"}, false},
    {"cut off", STR_INIT("a\nbc"), 2, {"a", "bc"}, true},
    {"blank lines", STR_INIT("\n\na\n\n"), 4, {"", "", "a", ""}, false},
    {"CRLF", STR_INIT("a\r\nb\rc\r\n"), 2, {"a", "b\rc"}, false},
    {"as long as may be",
     STR_INIT("0123456789\n0\n"),
     2,
     {"0123456789", "0"},
     false},
};

START_TEST(lines_are_read_one_at_a_time)
{
    struct line_reader *reader;
    struct err err = {0};
    struct str line;
    bool is_cut = false;
    size_t n = 0;
    put_file("lines", line_cases[_i].text);
    ck_assert(line_reader_open(&reader, in_folder("lines"), 10, &err));
    while (line_reader_next(reader, &line, &is_cut, &err)) {
        ck_assert_uint_lt(n, line_cases[_i].n);
        EXPECT_TEXT(line_cases[_i].name, line, str_of(line_cases[_i].lines[n]));
        n++;
        ck_assert(is_cut == (line_cases[_i].is_cut && n == line_cases[_i].n));
    }
    ck_assert_uint_eq(n, line_cases[_i].n);
    ck_assert_int_eq(err.code, ERR_NONE);
    ck_assert(!line_reader_next(reader, &line, &is_cut, &err));
    line_reader_close(reader);
}
END_TEST

START_TEST(long_files_of_long_lines_are_read)
{
    struct buf text = {0};
    struct line_reader *reader;
    struct err err = {0};
    struct str line;
    bool is_cut;
    for (size_t i = 0; i < 300; i++) {
        for (size_t k = 0; k < i * 7 % 1001 * 131; k++)
            buf_addc(&text, (char)('a' + i % 26));
        buf_addc(&text, '\n');
    }
    put_file("long", buf_str(&text));
    buf_release(&text);
    ck_assert(line_reader_open(&reader, in_folder("long"), 1 << 20, &err));
    for (size_t i = 0; i < 300; i++) {
        ck_assert(line_reader_next(reader, &line, &is_cut, &err));
        ck_assert_uint_eq(line.n, i * 7 % 1001 * 131);
        if (line.n > 0) {
            ck_assert_int_eq(line.p[0], 'a' + (int)i % 26);
            ck_assert_int_eq(line.p[line.n - 1], 'a' + (int)i % 26);
        }
    }
    ck_assert(!line_reader_next(reader, &line, &is_cut, &err));
    ck_assert_int_eq(err.code, ERR_NONE);
    line_reader_close(reader);
}
END_TEST

START_TEST(a_line_too_long_is_named)
{
    struct line_reader *reader;
    struct err err = {0};
    struct str line;
    bool is_cut;
    put_file("a", STR("0123456789\n01234567890\n"));
    ck_assert(line_reader_open(&reader, in_folder("a"), 10, &err));
    ck_assert(line_reader_next(reader, &line, &is_cut, &err));
    ck_assert(!line_reader_next(reader, &line, &is_cut, &err));
    ck_assert_int_eq(err.code, ERR_LIMIT);
    EXPECT_TEXT(
        "too long", err_text(&arena, &err),
        str_fmt(&arena, "line 2 of '%s/a' is longer than 10 bytes", folder));
    line_reader_close(reader);
    line_reader_close(NULL);
    ck_assert(!line_reader_open(&reader, in_folder("none"), 10, &err));
    ck_assert_int_eq(err.code, ERR_IO);
}
END_TEST

Suite *suite_file(void)
{
    Suite *suite = suite_create("file");
    TCase *tc = tcase_create("file");
    tcase_add_checked_fixture(tc, make, release);
    tcase_add_test(tc, a_file_is_read_whole);
    tcase_add_test(tc, what_is_no_file_is_an_error);
    tcase_add_test(tc, standard_input_is_read);
    tcase_add_test(tc, a_file_is_written_and_replaced);
    tcase_add_test(tc, a_relative_path_is_written);
    tcase_add_test(tc, a_failed_write_leaves_nothing);
    tcase_add_test(tc, a_write_that_breaks_off_leaves_the_old_file);
    tcase_add_test(tc, links_and_devices_stay_what_they_are);
    tcase_add_test(tc, files_are_listed_in_order);
    tcase_add_test(tc, a_listing_has_its_limits);
    tcase_add_loop_test(tc, lines_are_read_one_at_a_time, 0,
                        N_ITEMS(line_cases));
    tcase_add_test(tc, long_files_of_long_lines_are_read);
    tcase_add_test(tc, a_line_too_long_is_named);
    suite_add_tcase(suite, tc);
    return suite;
}
