/* The files ~/.aws/config and ~/.aws/credentials, and the profile in use. */
#include "checker/aws/profile.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "checker/base/file.h"

/* A file on its way through its lines. */
struct parsing {
    struct arena *arena;
    struct profile_file *file;
    bool is_credentials;
    struct profile_section *section; /* NULL before the first */
    size_t parent; /* number of the key that indented lines belong to */
    bool has_parent;
    struct span at;
    struct err *err;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Cuts a comment off: at the line's start, or behind a blank. */
static struct str without_comment(struct str line)
{
    for (size_t i = 0; i < line.n; i++)
        if ((line.p[i] == '#' || line.p[i] == ';') &&
            (i == 0 || is_blank(line.p[i - 1])))
            return str_sub(line, 0, i);
    return line;
}

static struct str unquoted(struct str name)
{
    bool is_quoted = name.n >= 2 && (name.p[0] == '"' || name.p[0] == '\'') &&
                     name.p[name.n - 1] == name.p[0];
    return is_quoted ? str_sub(name, 1, name.n - 1) : name;
}

static bool begin_section(struct parsing *p, struct str line)
{
    struct profile_file *file = p->file;
    if (line.n < 2 || line.p[line.n - 1] != ']')
        return err_set_at(p->err, ERR_INPUT, p->at,
                          "a section's name is not closed with ']'");
    struct str name = str_trim(str_sub(line, 1, line.n - 1));
    struct str kind = STR("profile");
    size_t blank = 0;
    while (blank < name.n && !is_blank(name.p[blank]))
        blank++;
    if (!p->is_credentials && blank < name.n) {
        kind = str_sub(name, 0, blank);
        name = str_trim(str_sub(name, blank, name.n));
    } else if (!p->is_credentials && !str_is(name, "default")) {
        kind = (struct str){0}; /* not a profile: [NAME] is [profile NAME] */
    }
    file->sections = arena_grow(p->arena, file->sections, file->n,
                                &file->capacity, sizeof(*file->sections));
    p->section = &file->sections[file->n++];
    *p->section = (struct profile_section){
        .kind = kind, .name = unquoted(name), .is_secret = p->is_credentials};
    p->has_parent = false;
    return true;
}

static void add_setting(struct parsing *p, struct str key, struct str value)
{
    struct profile_section *section = p->section;
    section->settings =
        arena_grow(p->arena, section->settings, section->n, &section->capacity,
                   sizeof(*section->settings));
    section->settings[section->n++] =
        (struct profile_setting){key, value, p->at};
}

/* An indented line: a setting below a key without a value. Below one with a
 * value it would continue that, which no setting that is read here does. */
static void add_nested(struct parsing *p, struct str line)
{
    const struct profile_setting *parent = &p->section->settings[p->parent];
    size_t equals = str_find(line, STR("="), 0);
    if (parent->value.n > 0 || equals == SIZE_MAX)
        return;
    struct str key = str_fmt(p->arena, "%.*s.%.*s", STRF(parent->key),
                             STRF(str_trim(str_sub(line, 0, equals))));
    add_setting(p, str_lower(p->arena, key),
                str_trim(str_sub(line, equals + 1, line.n)));
}

static bool add_line(struct parsing *p, struct str raw)
{
    bool is_indented = raw.n > 0 && is_blank(raw.p[0]);
    struct str line = str_trim(without_comment(raw));
    if (line.n == 0)
        return true;
    if (memchr(line.p, '\0', line.n) != NULL)
        return err_set_at(p->err, ERR_INPUT, p->at, "a NUL in the text");
    if (is_indented && p->section != NULL && p->has_parent) {
        add_nested(p, line);
        return true;
    }
    if (line.p[0] == '[')
        return begin_section(p, line);
    size_t equals = str_find(line, STR("="), 0);
    struct str key = str_trim(str_sub(line, 0, equals));
    if (equals == SIZE_MAX || key.n == 0)
        return err_set_at(p->err, ERR_INPUT, p->at,
                          "neither '[SECTION]' nor 'KEY = VALUE'");
    if (p->section == NULL)
        return err_set_at(p->err, ERR_INPUT, p->at,
                          "'%.*s' stands before the first section", STRF(key));
    p->parent = p->section->n;
    p->has_parent = true;
    add_setting(p, str_lower(p->arena, key),
                str_trim(str_sub(line, equals + 1, line.n)));
    return true;
}

bool profile_parse(struct arena *arena, const char *path, struct str text,
                   bool is_credentials, struct profile_file *out,
                   struct err *err)
{
    struct parsing p = {.arena = arena,
                        .file = out,
                        .is_credentials = is_credentials,
                        .at = {.file = path},
                        .err = err};
    *out = (struct profile_file){.path = path, .is_there = true, .text = text};
    struct str rest = text, line = {0};
    if (str_starts(rest, STR("\xEF\xBB\xBF")))
        rest = str_sub(rest, 3, rest.n);
    while (str_split(&rest, '\n', &line)) {
        if (++p.at.line > PROFILE_LINES)
            return err_set_at(err, ERR_LIMIT, p.at, "more than %d lines",
                              (int)PROFILE_LINES);
        if (!add_line(&p, line))
            return false;
    }
    return true;
}

const char *profile_variable(const char *(*environment)(const char *),
                             const char *name)
{
    const char *value = environment(name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

/* The path that a variable gives, or the usual one below HOME; NULL without
 * either. A leading "~/" is HOME. */
static const char *path_of(struct arena *arena,
                           const char *(*environment)(const char *),
                           const char *variable, const char *usual)
{
    const char *home = profile_variable(environment, "HOME");
    const char *path = profile_variable(environment, variable);
    if (path == NULL)
        path = usual;
    if (!str_starts(str_of(path), STR("~/")))
        return path;
    return home != NULL ? str_fmt(arena, "%s%s", home, path + 1).p : NULL;
}

static bool read_one(struct arena *arena, const char *path, bool is_credentials,
                     struct profile_file *out, struct err *err)
{
    struct str text;
    *out = (struct profile_file){.path = path};
    if (path == NULL ||
        (access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR)))
        return true;
    return file_read(arena, path, PROFILE_FILE_BYTES, &text, err) &&
           profile_parse(arena, path, text, is_credentials, out, err);
}

bool profile_files_read(struct arena *arena,
                        const char *(*environment)(const char *),
                        struct profile_files *out, struct err *err)
{
    const char *config =
        path_of(arena, environment, "AWS_CONFIG_FILE", "~/.aws/config");
    const char *credentials =
        path_of(arena, environment, "AWS_SHARED_CREDENTIALS_FILE",
                "~/.aws/credentials");
    return read_one(arena, config, false, &out->config, err) &&
           read_one(arena, credentials, true, &out->credentials, err);
}

static void wipe_text(struct str text)
{
    /* The bytes are the arena's own, which file_read filled. */
    if (text.n > 0)
        wipe((void *)(uintptr_t)text.p, text.n);
}

void profile_files_wipe(struct profile_files *files)
{
    wipe_text(files->config.text);
    wipe_text(files->credentials.text);
}

const struct profile_section *profile_find(const struct profile_file *file,
                                           const char *kind, struct str name)
{
    for (size_t i = file->n; i-- > 0;)
        if (str_is(file->sections[i].kind, kind) &&
            str_eq(file->sections[i].name, name))
            return &file->sections[i];
    return NULL;
}

const struct profile_setting *profile_get(const struct profile_section *section,
                                          const char *key)
{
    for (size_t i = section != NULL ? section->n : 0; i-- > 0;)
        if (str_is(section->settings[i].key, key))
            return section->settings[i].value.n > 0 ? &section->settings[i]
                                                    : NULL;
    return NULL;
}

struct str *profile_names(struct arena *arena,
                          const struct profile_files *files, size_t *n)
{
    const struct profile_file *both[] = {&files->config, &files->credentials};
    struct str *names =
        ARENA_ARRAY(arena, files->config.n + files->credentials.n, struct str);
    *n = 0;
    for (size_t i = 0; i < N_ITEMS(both); i++)
        for (size_t j = 0; j < both[i]->n; j++)
            if (str_is(both[i]->sections[j].kind, "profile"))
                names[(*n)++] = both[i]->sections[j].name;
    return names;
}
