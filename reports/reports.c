/* The table of report formats. */
#include "reports/reports.h"

#include "reports/report_json.h"
#include "reports/report_text.h"

static const struct format *const formats[] = {
    &report_text,
    &report_json,
};

const struct format *const *report_formats(size_t *n)
{
    *n = N_ITEMS(formats);
    return formats;
}

const struct format *report_format(struct str name)
{
    for (size_t i = 0; i < N_ITEMS(formats); i++)
        if (str_is(name, formats[i]->name))
            return formats[i];
    return NULL;
}
