/* What the unit tests compare texts with. */
#ifndef DR_EXPECT_H
#define DR_EXPECT_H

#include <check.h>

#include "checker/base/str.h"

/* The text is exactly `want`; `name` says which case it was. */
#define EXPECT_TEXT(name, got, want)                                           \
    do {                                                                       \
        struct str got_ = (got), want_ = (want);                               \
        ck_assert_msg(str_eq(got_, want_), "%s: got\n%.*s\nwant\n%.*s",        \
                      (name), STRF(got_), STRF(want_));                        \
    } while (0)

#endif
