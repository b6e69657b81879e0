/* The rows that all programs of the benchmark are given, by number. */
#include "tests/bench/bench_rows.h"

#include <stdio.h>
#include <time.h>

const char *const bench_regions[4] = {"eu-central-1", "eu-west-1", "us-east-1",
                                      "us-west-2"};

static size_t made(int n)
{
    return n > 0 && n < BENCH_TEXT ? (size_t)n : 0;
}

size_t bench_instance(char out[BENCH_TEXT], uint32_t i)
{
    return made(snprintf(out, BENCH_TEXT,
                         "arn:aws:rds:%s:111122223333:db:orders-%08u",
                         bench_regions[i % 4], i));
}

size_t bench_backup(char out[BENCH_TEXT], uint32_t i)
{
    return made(snprintf(out, BENCH_TEXT,
                         "arn:aws:rds:%s:111122223333:auto-backup:ab-%08x%08x",
                         bench_regions[i % 4], i * 2654435761U, i));
}

size_t bench_key(char out[BENCH_TEXT], uint32_t i)
{
    return made(
        snprintf(out, BENCH_TEXT,
                 "arn:aws:kms:%s:111122223333:key/%08x-1111-4222-8333-%012x",
                 bench_regions[i % 4], i * 2654435761U, i));
}

uint32_t bench_key_of(uint32_t i, uint32_t n)
{
    return (uint32_t)(((uint64_t)i * 7919 + 13) % n);
}

uint32_t bench_instance_of(uint32_t i, uint32_t n)
{
    return (uint32_t)(((uint64_t)i * 6007 + 29) % n);
}

bool bench_is_wrong(uint32_t i)
{
    return i % BENCH_WRONG == 7;
}

uint64_t bench_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}
