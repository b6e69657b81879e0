/* Fuzz target: the bytes of an answer through each wire protocol's reader.
 *
 * The first byte chooses: q, e and j are query, EC2 and JSON with status 200;
 * in upper case with status 400. Holds: an answer that comes byte by byte is
 * the same as one that comes whole. */
#include <stdlib.h>

#include "checker/aws/wire.h"
#include "checker/base/json.h"
#include "tests/fuzz/fuzz.h"

static void promise(bool is_kept)
{
    if (!is_kept)
        abort();
}

static const struct aws_service services[] = {
    {.id = STR_INIT("rds"), .protocol = AWS_QUERY},
    {.id = STR_INIT("ec2"), .protocol = AWS_EC2},
    {.id = STR_INIT("kms"), .protocol = AWS_JSON_1_1},
};

struct reading {
    bool is_read;
    struct err err;
    struct wire_answer answer;
    struct buf shown;
};

static void read_answer(struct arena *arena,
                        const struct aws_operation *operation, int status,
                        struct str body, size_t step, struct reading *out)
{
    struct wire_reader *reader = wire_reader_new(arena, operation);
    for (size_t i = 0; i < body.n; i += step)
        wire_reader_feed(reader, status, str_sub(body, i, i + step));
    out->is_read = wire_reader_end(reader, status, (struct str){0},
                                   &out->answer, &out->err);
    wire_reader_free(reader);
    struct json_writer w = {.out = &out->shown};
    if (out->is_read && !out->answer.is_error)
        json_value(&w, out->answer.answer, NULL, NULL);
}

int fuzz_wire(const uint8_t *data, size_t size)
{
    static const char letters[] = "qejQEJ";
    struct arena arena = {0};
    struct reading whole = {0}, parts = {0};
    size_t choice = 0;
    if (size == 0)
        return 0;
    while (choice < 5 && letters[choice] != (char)data[0])
        choice++;
    struct aws_operation operation = {.service = &services[choice % 3],
                                      .name = STR("Op")};
    int status = choice < 3 ? 200 : 400;
    struct str body = {(const char *)data + 1, size - 1};
    read_answer(&arena, &operation, status, body, body.n + 1, &whole);
    read_answer(&arena, &operation, status, body, 1, &parts);
    promise(whole.is_read == parts.is_read);
    if (!whole.is_read)
        promise(whole.err.code == parts.err.code && whole.err.code != ERR_NONE);
    promise(str_eq(buf_str(&whole.shown), buf_str(&parts.shown)));
    promise(!whole.is_read ||
            (str_eq(whole.answer.code, parts.answer.code) &&
             str_eq(whole.answer.message, parts.answer.message)));
    buf_release(&whole.shown);
    buf_release(&parts.shown);
    arena_release(&arena);
    return 0;
}
