/* The report as text for people. */
#include "reports/report_text.h"

#include "checker/base/json.h"
#include "reports/terminal.h"

enum { CAUSES_SHOWN = 3, BODY = 6, DETAIL = 8 };

/* What every part of the report needs. */
struct page {
    struct buf *out;
    const struct findings *findings;
    bool has_color, has_accounts;
    unsigned width;
};

static void styled(struct page *page, enum terminal_style style,
                   const char *text)
{
    terminal_styled(page->out, page->has_color, style, str_of(text));
}

static enum terminal_style severity_style(enum severity severity)
{
    return severity >= SEVERITY_HIGH ? STYLE_BAD : STYLE_WARN;
}

/* Whether places are told apart by more than their region. */
static bool has_accounts(const struct findings *findings)
{
    for (size_t i = 1; i < findings->n; i++)
        if (!str_eq(findings->items[i].account, findings->items[0].account))
            return true;
    return false;
}

static void place(struct page *page, struct str account, struct str region)
{
    if (page->has_accounts && account.n > 0) {
        terminal_escape(page->out, account);
        buf_addc(page->out, '/');
    }
    if (region.n > 0)
        terminal_escape(page->out, region);
    else
        buf_adds(page->out, "any region");
}

/* ---- one rule's findings of one result ---- */

static void write_causes(struct page *page, const struct finding *finding)
{
    const struct causes_table *table = page->findings->causes;
    size_t n = causes_count(table, finding->causes);
    for (size_t i = 0; i < n && i < CAUSES_SHOWN; i++)
        terminal_wrap(page->out, causes_text(table, finding->causes, i), DETAIL,
                      "- ", page->width);
    if (n > CAUSES_SHOWN)
        buf_addf(page->out, "%*s  and %zu more\n", DETAIL, "",
                 n - CAUSES_SHOWN);
}

/* A ghost has no name of its own: it stands for what may be there. A check
 * that is less severe than the worst of its rule says so. */
static void write_subject(struct page *page, const struct finding *finding,
                          enum severity worst)
{
    buf_addf(page->out, "%*s", BODY, "");
    if (str_starts(finding->subject_id, STR("ghost:"))) {
        styled(page, STYLE_HEAD, "whatever was not read");
        buf_adds(page->out, " (");
        terminal_escape(page->out, finding->subject_type);
        buf_adds(page->out, ")");
    } else {
        terminal_styled(page->out, page->has_color, STYLE_HEAD,
                        finding->subject_name);
    }
    buf_adds(page->out, "  ");
    place(page, finding->account, finding->region);
    if (finding->severity != worst) {
        buf_adds(page->out, "  ");
        styled(page, severity_style(finding->severity),
               severity_word(finding->severity));
    }
    buf_addc(page->out, '\n');
}

/* `before` is the finding above, or NULL: a subject is named once for all of
 * its checks, and what is unknown for the same causes is said once. */
static void write_finding(struct page *page, const struct finding *finding,
                          const struct finding *before, enum severity worst)
{
    bool is_same = before != NULL && before->severity == finding->severity &&
                   str_eq(before->subject_id, finding->subject_id);
    bool has_causes = finding->result == RESULT_UNKNOWN &&
                      causes_count(page->findings->causes, finding->causes) > 0;
    if (is_same && has_causes && before->causes == finding->causes)
        return;
    if (!is_same)
        write_subject(page, finding, worst);
    if (has_causes)
        write_causes(page, finding);
    else
        terminal_wrap(page->out, finding->message, DETAIL, "", page->width);
}

/* Said once per rule. Where it names things of the subject it differs from
 * subject to subject: then the first one's stands for all. */
static void write_remediation(struct page *page, enum result result,
                              size_t from, size_t to)
{
    const struct finding *first = NULL;
    bool is_example = false;
    for (size_t i = from; i < to; i++) {
        const struct finding *finding = &page->findings->items[i];
        if (finding->result != result || finding->remediation.n == 0)
            continue;
        if (first == NULL)
            first = finding;
        is_example |= !str_eq(first->remediation, finding->remediation);
    }
    if (first == NULL)
        return;
    buf_addf(page->out, "%*s", BODY, "");
    styled(page, STYLE_DIM, "What to do");
    if (is_example) {
        buf_adds(page->out, ", for ");
        terminal_escape(page->out, first->subject_name);
        buf_adds(page->out, " (likewise for the others)");
    }
    buf_addc(page->out, '\n');
    terminal_wrap(page->out, first->remediation, DETAIL, "", page->width);
}

/* The findings of one rule from `from` to `to`, the worst being so severe. */
static void write_rule(struct page *page, enum result result, size_t from,
                       size_t to, enum severity worst)
{
    const struct rule_info *rule = page->findings->items[from].rule;
    buf_adds(page->out, "\n  ");
    terminal_styled(page->out, page->has_color, STYLE_HEAD, rule->id);
    buf_adds(page->out, "  ");
    styled(page, severity_style(worst), severity_word(worst));
    buf_addc(page->out, '\n');
    terminal_wrap(page->out, rule->title, 4, "", page->width);
    buf_addc(page->out, '\n');
    const struct finding *before = NULL;
    for (size_t i = from; i < to; i++) {
        const struct finding *finding = &page->findings->items[i];
        if (finding->result != result)
            continue;
        write_finding(page, finding, before, worst);
        before = finding;
    }
    if (result == RESULT_FAIL)
        write_remediation(page, result, from, to);
}

/* ---- all rules of one result ---- */

/* The end of the findings of the rule at `from`: they stand together. */
static size_t rule_end(const struct findings *findings, size_t from)
{
    size_t to = from;
    while (to < findings->n &&
           findings->items[to].rule == findings->items[from].rule)
        to++;
    return to;
}

static size_t count_results(const struct findings *findings, enum result result,
                            size_t from, size_t to)
{
    size_t n = 0;
    for (size_t i = from; i < to; i++)
        n += findings->items[i].result == result;
    return n;
}

static enum severity worst_of(const struct findings *findings,
                              enum result result, size_t from, size_t to)
{
    enum severity worst = SEVERITY_LOW;
    for (size_t i = from; i < to; i++)
        if (findings->items[i].result == result &&
            findings->items[i].severity > worst)
            worst = findings->items[i].severity;
    return worst;
}

static void write_heading(struct page *page, enum terminal_style style,
                          const char *word, const char *meaning)
{
    buf_addc(page->out, '\n');
    styled(page, style, word);
    buf_addf(page->out, "  %s\n", meaning);
}

/* Rules by severity, the worst first, then by id. */
static void write_result(struct page *page, enum result result,
                         enum terminal_style style, const char *word,
                         const char *meaning)
{
    const struct findings *findings = page->findings;
    if (count_results(findings, result, 0, findings->n) == 0)
        return;
    write_heading(page, style, word, meaning);
    for (int severity = SEVERITY_CRITICAL; severity >= SEVERITY_LOW; severity--)
        for (size_t from = 0; from < findings->n;) {
            size_t to = rule_end(findings, from);
            if (count_results(findings, result, from, to) > 0 &&
                (int)worst_of(findings, result, from, to) == severity)
                write_rule(page, result, from, to, (enum severity)severity);
            from = to;
        }
}

/* ---- passes ---- */

static void write_passes(struct page *page)
{
    const struct findings *findings = page->findings;
    bool is_first = true;
    for (size_t from = 0; from < findings->n;) {
        size_t to = rule_end(findings, from);
        size_t n = count_results(findings, RESULT_PASS, from, to);
        if (n > 0 && is_first) {
            write_heading(page, STYLE_GOOD, "PASSED", "what holds");
            buf_addc(page->out, '\n');
            is_first = false;
        }
        if (n > 0) {
            buf_addf(page->out, "  %4zu  ", n);
            terminal_escape(page->out, findings->items[from].rule->id);
            buf_addc(page->out, '\n');
        }
        from = to;
    }
}

/* ---- what could not be read ---- */

static bool is_gap(const struct covered *covered)
{
    return !str_is(covered->state, "ok");
}

static bool is_same_gap(const struct covered *a, const struct covered *b)
{
    return is_gap(a) && is_gap(b) && str_eq(a->call, b->call) &&
           str_eq(a->state, b->state) && str_eq(a->code, b->code);
}

static void write_gap(struct page *page, size_t first)
{
    const struct covered *items = page->findings->coverage;
    struct buf regions = {0};
    for (size_t i = first; i < page->findings->n_coverage; i++) {
        if (!is_same_gap(&items[first], &items[i]))
            continue;
        if (regions.n > 0)
            buf_adds(&regions, ", ");
        if (page->has_accounts) {
            buf_add(&regions, items[i].account);
            buf_addc(&regions, '/');
        }
        buf_add(&regions, items[i].region);
        if (items[i].n_failed > 0 && items[i].n_ok > 0)
            buf_addf(&regions, " (%llu of %llu calls)",
                     (unsigned long long)items[i].n_failed,
                     (unsigned long long)(items[i].n_ok + items[i].n_failed));
    }
    buf_adds(page->out, "  ");
    terminal_styled(page->out, page->has_color, STYLE_HEAD, items[first].call);
    buf_adds(page->out, "  ");
    terminal_styled(page->out, page->has_color, STYLE_WARN, items[first].state);
    if (items[first].code.n > 0) {
        buf_adds(page->out, "  ");
        terminal_escape(page->out, items[first].code);
    }
    buf_addc(page->out, '\n');
    terminal_wrap(page->out, buf_str(&regions), BODY, "", page->width);
    buf_release(&regions);
}

static void write_gaps(struct page *page)
{
    const struct findings *findings = page->findings;
    bool is_first = true;
    for (size_t i = 0; i < findings->n_coverage; i++) {
        bool is_said = !is_gap(&findings->coverage[i]);
        for (size_t k = 0; k < i && !is_said; k++)
            is_said =
                is_same_gap(&findings->coverage[k], &findings->coverage[i]);
        if (is_said)
            continue;
        if (is_first) {
            write_heading(page, STYLE_WARN, "NOT READ",
                          "calls that gave no full answer");
            buf_addc(page->out, '\n');
        }
        is_first = false;
        write_gap(page, i);
    }
}

/* ---- what the user made of the rules ---- */

static void write_tailored(struct page *page, const struct rule_info *rule,
                           bool *is_first)
{
    const struct tailoring *tailoring = rule->tailoring;
    struct buf line = {0};
    if (tailoring == NULL)
        return;
    if (*is_first) {
        write_heading(page, STYLE_DIM, "TAILORED",
                      "rules that --tailoring changed");
        buf_addc(page->out, '\n');
    }
    *is_first = false;
    buf_adds(page->out, "  ");
    terminal_styled(page->out, page->has_color, STYLE_HEAD, rule->id);
    buf_addc(page->out, '\n');
    if (tailoring->is_off)
        buf_adds(&line, ", off");
    if (tailoring->has_severity)
        buf_addf(&line, ", severity %s instead of %s",
                 severity_word(tailoring->severity),
                 severity_word(tailoring->usual));
    for (size_t i = 0; i < tailoring->n_parameters; i++) {
        struct json_writer w = {.out = &line};
        buf_addf(&line, ", %.*s = ", STRF(tailoring->parameters[i].name));
        json_value(&w, *tailoring->parameters[i].value,
                   tailoring->parameters[i].type, NULL);
    }
    buf_addf(&line, "%s: ", line.n == 0 ? "  as it is" : "");
    if (tailoring->reason.n > 0)
        buf_add(&line, tailoring->reason);
    else
        buf_adds(&line, "no reason given");
    terminal_wrap(page->out, str_sub(buf_str(&line), 2, line.n), BODY, "",
                  page->width);
    buf_release(&line);
}

static void write_tailorings(struct page *page)
{
    const struct findings *findings = page->findings;
    bool is_first = true;
    for (size_t i = 0; i < findings->n_rules_off; i++)
        write_tailored(page, findings->rules_off[i], &is_first);
    for (size_t i = 0; i < findings->n_rules; i++)
        write_tailored(page, findings->rules[i], &is_first);
}

/* ---- first and last lines ---- */

/* Whether the regions are those that the copies go from and to. */
static bool is_one_way(const struct run_info *run)
{
    if (run->from.n == 0 || run->to.n == 0)
        return false;
    for (size_t i = 0; i < run->n_regions; i++)
        if (!str_eq(run->regions[i], run->from) &&
            !str_eq(run->regions[i], run->to))
            return false;
    return true;
}

static void add_regions(struct buf *line, const struct run_info *run)
{
    buf_adds(line, run->n_regions == 1 ? "; region" : "; regions");
    for (size_t i = 0; i < run->n_regions; i++) {
        buf_adds(line, i > 0 ? ", " : " ");
        buf_add(line, run->regions[i]);
    }
}

static void write_head(struct page *page)
{
    const struct run_info *run = &page->findings->run;
    struct buf line = {0};
    if (run->account.n > 0) {
        buf_adds(&line, "account ");
        buf_add(&line, run->account);
        buf_adds(&line, ", ");
    }
    buf_add(&line, run->source);
    buf_adds(&line, ", as of ");
    buf_add(&line, run->as_of);
    if (run->from.n > 0 && run->to.n > 0) {
        buf_adds(&line, ", from ");
        buf_add(&line, run->from);
        buf_adds(&line, " to ");
        buf_add(&line, run->to);
    }
    if (run->n_regions > 0 && !is_one_way(run))
        add_regions(&line, run);
    styled(page, STYLE_HEAD, "dr-preflight");
    buf_addc(page->out, ' ');
    terminal_escape(page->out, run->tool);
    buf_addc(page->out, '\n');
    terminal_wrap(page->out, buf_str(&line), 0, "", page->width);
    buf_release(&line);
}

static void write_severities(struct buf *line, const struct findings *findings)
{
    const char *separator = " (";
    for (int severity = SEVERITY_CRITICAL; severity >= SEVERITY_LOW;
         severity--) {
        size_t n = 0;
        for (size_t i = 0; i < findings->n; i++)
            n += findings->items[i].result == RESULT_FAIL &&
                 (int)findings->items[i].severity == severity;
        if (n == 0)
            continue;
        buf_addf(line, "%s%zu %s", separator, n,
                 severity_word((enum severity)severity));
        separator = ", ";
    }
    if (separator[0] == ',')
        buf_addc(line, ')');
}

static void write_summary(struct page *page)
{
    const struct findings *findings = page->findings;
    const size_t *counts = findings->counts;
    struct buf line = {0};
    buf_addf(&line, "%zu failed", counts[RESULT_FAIL]);
    write_severities(&line, findings);
    buf_addf(&line, ", %zu unknown, %zu passed", counts[RESULT_UNKNOWN],
             counts[RESULT_PASS]);
    if (counts[RESULT_ERROR] > 0)
        buf_addf(&line, ", %zu %s", counts[RESULT_ERROR],
                 counts[RESULT_ERROR] == 1 ? "error" : "errors");
    if (counts[RESULT_WAIVED] > 0)
        buf_addf(&line, ", %zu waived", counts[RESULT_WAIVED]);
    if (counts[RESULT_NOT_APPLICABLE] > 0)
        buf_addf(&line, ", %zu not applicable", counts[RESULT_NOT_APPLICABLE]);
    buf_addf(&line, "; %zu %s, %zu %s", findings->n_rules,
             findings->n_rules == 1 ? "rule" : "rules", findings->n_subjects,
             findings->n_subjects == 1 ? "subject" : "subjects");
    buf_addc(page->out, '\n');
    terminal_wrap(page->out, buf_str(&line), 0, "", page->width);
    buf_release(&line);
}

static void write(struct buf *out, const struct findings *findings,
                  const struct format_options *options)
{
    struct page page = {.out = out,
                        .findings = findings,
                        .has_color = options->has_color,
                        .has_accounts = has_accounts(findings),
                        .width = options->width > 0 ? options->width : 80};
    write_head(&page);
    write_result(&page, RESULT_FAIL, STYLE_BAD, "FAILED",
                 "what would break, the worst first");
    write_result(&page, RESULT_UNKNOWN, STYLE_WARN, "UNKNOWN",
                 "what cannot be decided from what was read");
    write_result(&page, RESULT_ERROR, STYLE_WARN, "ERROR",
                 "what could not be evaluated");
    write_result(&page, RESULT_WAIVED, STYLE_DIM, "WAIVED",
                 "failures that were accepted");
    write_passes(&page);
    write_result(&page, RESULT_NOT_APPLICABLE, STYLE_DIM, "NOT APPLICABLE",
                 "what a rule says nothing about");
    write_gaps(&page);
    write_tailorings(&page);
    write_summary(&page);
}

const struct format report_text = {
    .name = "text",
    .media_type = "text/plain",
    .help = "for people: failures first, each with what to do",
    .write = write,
};
