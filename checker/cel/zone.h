/* Time zones: fixed offsets, and the names that the machine knows. */
#ifndef DR_ZONE_H
#define DR_ZONE_H

#include "checker/base/str.h"

/* The offset from UTC, in seconds, at a time (seconds since 1970).
 * zone  "UTC", "+09:00", "-08:00", "02:00", or a name of the machine's table
 * fails if there is no such zone */
MUST_CHECK bool zone_offset(struct arena *scratch, struct str zone, int64_t at,
                            int64_t *offset);

#endif
