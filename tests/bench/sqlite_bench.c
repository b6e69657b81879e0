/* The benchmark's cases as prepared statements of SQLite: sqlite_bench ROWS …
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/bench_rows.h"

/* The one column is 1 for a subject that passes; subjects without a row of the
 * other types count, too. */
static const struct {
    const char *id, *select;
} cases[] = {
    {"bench-predicate",
     "SELECT encrypted AND engine = 'postgres' AND key IS NOT NULL"
     " FROM instance"},
    {"bench-one-lookup",
     "SELECT k.state = 'Enabled' FROM instance i"
     " LEFT JOIN kms k ON k.id = i.key WHERE i.key IS NOT NULL"},
    {"bench-two-hops", "SELECT k.state = 'Enabled' FROM backup b"
                       " LEFT JOIN instance i ON i.id = b.instance"
                       " LEFT JOIN kms k ON k.id = i.key"},
};

static const char schema[] =
    "CREATE TABLE instance (id TEXT NOT NULL UNIQUE, account TEXT, region TEXT,"
    " encrypted INT, engine TEXT, key TEXT);"
    "CREATE TABLE backup (id TEXT NOT NULL UNIQUE, account TEXT, region TEXT,"
    " instance TEXT);"
    "CREATE TABLE kms (id TEXT NOT NULL UNIQUE, account TEXT, region TEXT,"
    " state TEXT)";

static void need(sqlite3 *db, bool is_ok)
{
    if (is_ok)
        return;
    fprintf(stderr, "sqlite_bench: %s\n", sqlite3_errmsg(db));
    exit(2);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement;
    need(db, sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK);
    return statement;
}

static void bind(sqlite3 *db, sqlite3_stmt *to, int at, const char *text)
{
    need(db,
         sqlite3_bind_text(to, at, text, -1, SQLITE_TRANSIENT) == SQLITE_OK);
}

static void insert(sqlite3 *db, sqlite3_stmt *row, const char *id, uint32_t i)
{
    bind(db, row, 1, id);
    bind(db, row, 2, "111122223333");
    bind(db, row, 3, bench_regions[i % 4]);
    need(db,
         sqlite3_step(row) == SQLITE_DONE && sqlite3_reset(row) == SQLITE_OK);
}

static void fill(sqlite3 *db, uint32_t n)
{
    char id[BENCH_TEXT], other[BENCH_TEXT];
    need(db, sqlite3_exec(db, schema, NULL, NULL, NULL) == SQLITE_OK);
    need(db, sqlite3_exec(db, "BEGIN", NULL, NULL, NULL) == SQLITE_OK);
    sqlite3_stmt *instance =
        prepare(db, "INSERT INTO instance VALUES (?, ?, ?, ?, 'postgres', ?)");
    sqlite3_stmt *backup =
        prepare(db, "INSERT INTO backup VALUES (?, ?, ?, ?)");
    sqlite3_stmt *key = prepare(db, "INSERT INTO kms VALUES (?, ?, ?, ?)");
    for (uint32_t i = 0; i < n; i++) {
        bench_instance(id, i);
        bench_key(other, bench_key_of(i, n));
        need(db,
             sqlite3_bind_int(instance, 4, !bench_is_wrong(i)) == SQLITE_OK);
        bind(db, instance, 5, other);
        insert(db, instance, id, i);
        bench_backup(id, i);
        bench_instance(other, bench_instance_of(i, n));
        bind(db, backup, 4, other);
        insert(db, backup, id, i);
        bench_key(id, i);
        bind(db, key, 4, bench_is_wrong(i) ? "Disabled" : "Enabled");
        insert(db, key, id, i);
    }
    sqlite3_finalize(instance);
    sqlite3_finalize(backup);
    sqlite3_finalize(key);
    need(db,
         sqlite3_exec(db, "COMMIT; ANALYZE", NULL, NULL, NULL) == SQLITE_OK);
}

/* Steps through all subjects; returns how many pass. */
static uint32_t work(sqlite3 *db, sqlite3_stmt *statement)
{
    uint32_t n_pass = 0;
    int state;
    while ((state = sqlite3_step(statement)) == SQLITE_ROW)
        n_pass += sqlite3_column_int(statement, 0) == 1;
    need(db, state == SQLITE_DONE && sqlite3_reset(statement) == SQLITE_OK);
    return n_pass;
}

static void measure(sqlite3 *db, size_t at, uint32_t n)
{
    sqlite3_stmt *statement = prepare(db, cases[at].select);
    uint32_t n_wrong = 0;
    for (uint32_t i = 0; i < n; i++)
        n_wrong += bench_is_wrong(i);
    if (work(db, statement) != n - n_wrong) {
        fprintf(stderr, "sqlite_bench: %s decides differently\n", cases[at].id);
        exit(2);
    }
    uint64_t begin = bench_now(), end;
    size_t rounds = 0;
    do {
        (void)work(db, statement);
        rounds++;
        end = bench_now();
    } while (end - begin < BENCH_MEASURE_NS);
    printf("%s %u sqlite %.2f\n", cases[at].id, n,
           (double)(end - begin) / (double)rounds / n);
    sqlite3_finalize(statement);
}

int main(int argc, char **argv)
{
    printf("version 0 sqlite %s\n", sqlite3_libversion());
    for (int a = 1; a < argc; a++) {
        uint32_t n = (uint32_t)strtoul(argv[a], NULL, 10);
        sqlite3 *db = NULL;
        need(db, sqlite3_open(":memory:", &db) == SQLITE_OK);
        fill(db, n);
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
            measure(db, i, n);
        printf("memory %u sqlite_bytes_per_row %.1f\n", n,
               (double)sqlite3_memory_used() / (3.0 * n));
        sqlite3_close(db);
    }
    return 0;
}
