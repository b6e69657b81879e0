/* What was evaluated, as one number: the digest of an inventory. */
#include <assert.h>

#include <openssl/evp.h>

#include "checker/inventory/snapshot.h"

/* Adds the buffer's text and empties it. */
static void digest_add(EVP_MD_CTX *context, struct buf *text)
{
    int is_added = EVP_DigestUpdate(context, text->p, text->n);
    assert(is_added == 1);
    (void)is_added;
    buf_reset(text);
}

static void digest_all(EVP_MD_CTX *context, const struct inventory *inventory)
{
    struct arena scratch = {0};
    struct buf text = {0};
    for (size_t i = 0; i < inventory->n_scope; i++) {
        buf_addf(&text, "%.*s/%.*s\n", STRF(inventory->scope[i].account),
                 STRF(inventory->scope[i].region));
        digest_add(context, &text);
    }
    const struct value_table *const *tables;
    size_t n = snapshot_tables(&scratch, inventory, &tables);
    for (size_t t = 0; t < n; t++) {
        for (uint32_t row = 0; row < tables[t]->n_rows; row++) {
            snapshot_row(&text, inventory, tables[t], row);
            digest_add(context, &text);
        }
    }
    for (size_t i = 0; i < inventory->n_coverage; i++) {
        snapshot_coverage(&text, inventory, &inventory->coverage[i]);
        digest_add(context, &text);
    }
    buf_release(&text);
    arena_release(&scratch);
}

struct str inventory_digest(struct arena *arena,
                            const struct inventory *inventory)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int is_made =
        context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;
    assert(is_made);
    (void)is_made;
    digest_all(context, inventory);
    is_made = EVP_DigestFinal_ex(context, hash, &size);
    assert(is_made == 1);
    EVP_MD_CTX_free(context);
    char hex[2 * EVP_MAX_MD_SIZE + 1];
    str_hex(hex, hash, size);
    return str_cat(arena, STR("sha256:"), str_of(hex));
}
