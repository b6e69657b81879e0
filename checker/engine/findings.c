/* What the rules found: words, fingerprints and a fixed order. */
#include "checker/engine/findings.h"

#include <assert.h>
#include <stdlib.h>

#include <openssl/evp.h>

#include "checker/engine/results.h"

const char *severity_word(enum severity severity)
{
    static const char *const words[] = {
        [SEVERITY_LOW] = "low",
        [SEVERITY_MEDIUM] = "medium",
        [SEVERITY_HIGH] = "high",
        [SEVERITY_CRITICAL] = "critical",
    };
    return words[severity];
}

const char *result_word(enum result result)
{
    static const char *const words[N_RESULTS] = {
        [RESULT_PASS] = "pass",
        [RESULT_FAIL] = "fail",
        [RESULT_UNKNOWN] = "unknown",
        [RESULT_NOT_APPLICABLE] = "not_applicable",
        [RESULT_WAIVED] = "waived",
        [RESULT_ERROR] = "error",
    };
    return words[result];
}

struct str results_digest(struct arena *arena, struct str text)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    int is_made = EVP_Digest(text.p != NULL ? text.p : "", text.n, hash, &size,
                             EVP_sha256(), NULL);
    assert(is_made == 1);
    (void)is_made;
    char *out = arena_alloc(arena, 2 * (size_t)size + 1);
    str_hex(out, hash, size);
    return (struct str){out, 2 * (size_t)size};
}

struct str results_fingerprint(struct arena *arena, struct str rule,
                               struct str check, struct str subject)
{
    struct buf text = {0};
    buf_add(&text, rule);
    buf_addc(&text, '\n');
    buf_add(&text, check);
    buf_addc(&text, '\n');
    buf_add(&text, subject);
    struct str hex = results_digest(arena, buf_str(&text));
    buf_release(&text);
    return hex;
}

static int in_order(const void *a, const void *b)
{
    const struct finding *x = a, *y = b;
    int order = str_cmp(x->rule->id, y->rule->id);
    if (order == 0)
        order = str_cmp(x->subject_id, y->subject_id);
    return order != 0 ? order : str_cmp(x->check, y->check);
}

void results_sort(struct finding *items, size_t n)
{
    if (n > 0)
        qsort(items, n, sizeof(*items), in_order);
}
