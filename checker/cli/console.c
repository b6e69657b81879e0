/* What is said on standard error, and where output goes. */
#include "checker/cli/console.h"

#include <stdio.h>

#include "checker/base/file.h"
#include "reports/terminal.h"

static void print(struct buf *text)
{
    (void)fwrite(text->p, 1, text->n, stderr);
    (void)fflush(stderr);
    buf_release(text);
}

void console_say(struct str text)
{
    struct buf out = {0};
    buf_adds(&out, "dr-preflight: ");
    terminal_escape(&out, text);
    buf_addc(&out, '\n');
    print(&out);
}

void console_error(const struct err *err)
{
    struct arena scratch = {0};
    console_say(err_text(&scratch, err));
    arena_release(&scratch);
}

void console_diags(const struct diags *diags)
{
    struct buf all = {0}, out = {0};
    diags_print(&all, diags);
    struct str rest = buf_str(&all), line = {0};
    while (str_split(&rest, '\n', &line)) {
        if (line.n == 0 && rest.p == NULL)
            break;
        terminal_escape(&out, line);
        buf_addc(&out, '\n');
    }
    if (diags->n_errors > 0)
        buf_addf(&out, "dr-preflight: %zu %s; nothing was evaluated\n",
                 diags->n_errors, diags->n_errors == 1 ? "error" : "errors");
    buf_release(&all);
    if (out.n > 0)
        print(&out);
}

bool console_write(const char *path, struct str text)
{
    struct err err = {0};
    if (file_write(path != NULL ? path : "-", text, false, &err))
        return true;
    console_error(&err);
    return false;
}
