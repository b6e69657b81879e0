/* The report as JSON, "dr-preflight.report/1". */
#include "reports/report_json.h"

#include "checker/base/json.h"

static void write_text(struct json_writer *w, const char *key, struct str s)
{
    json_key(w, key);
    json_str(w, s);
}

static void write_text_or_null(struct json_writer *w, const char *key,
                               struct str s)
{
    json_key(w, key);
    if (s.n == 0)
        json_nil(w);
    else
        json_str(w, s);
}

/* Counts stay far below 2^63. */
static void write_count(struct json_writer *w, const char *key, uint64_t n)
{
    json_key(w, key);
    json_int(w, (int64_t)n);
}

static void write_texts(struct json_writer *w, const char *key,
                        const struct str *texts, size_t n)
{
    json_key(w, key);
    json_open(w, '[');
    for (size_t i = 0; i < n; i++)
        json_str(w, texts[i]);
    json_close(w, ']');
}

static void write_run(struct json_writer *w, const struct run_info *run)
{
    json_key(w, "run");
    json_open(w, '{');
    write_text(w, "id", run->id);
    write_text(w, "started", run->started);
    write_text(w, "as_of", run->as_of);
    write_text(w, "tool", run->tool);
    write_text(w, "rules_digest", run->rules_digest);
    write_text(w, "inventory_digest", run->inventory_digest);
    json_key(w, "source");
    json_open(w, '{');
    write_text(w, "kind", run->source);
    write_text_or_null(w, "account", run->account);
    write_text_or_null(w, "caller", run->caller);
    json_close(w, '}');
    json_key(w, "scope");
    json_open(w, '{');
    write_texts(w, "regions", run->regions, run->n_regions);
    write_text_or_null(w, "from", run->from);
    write_text_or_null(w, "to", run->to);
    json_close(w, '}');
    json_close(w, '}');
}

static void write_summary(struct json_writer *w,
                          const struct findings *findings)
{
    json_key(w, "summary");
    json_open(w, '{');
    for (int i = 0; i < N_RESULTS; i++)
        write_count(w, result_word((enum result)i), findings->counts[i]);
    write_count(w, "subjects", findings->n_subjects);
    write_count(w, "rules", findings->n_rules);
    json_close(w, '}');
}

static void write_evidence(struct json_writer *w, const struct finding *finding,
                           const struct causes_table *table)
{
    json_key(w, "evidence");
    json_open(w, '[');
    for (size_t i = 0; i < finding->n_evidence; i++) {
        const struct evidence *e = &finding->evidence[i];
        json_open(w, '{');
        write_text(w, "path", e->path);
        json_key(w, "value");
        json_value(w, e->value, e->type, table);
        write_text_or_null(w, "from", e->from);
        json_close(w, '}');
    }
    json_close(w, ']');
    if (finding->n_evidence_dropped > 0)
        write_count(w, "evidence_dropped", finding->n_evidence_dropped);
}

static void write_subject(struct json_writer *w, const struct finding *finding)
{
    json_key(w, "subject");
    json_open(w, '{');
    write_text(w, "type", finding->subject_type);
    write_text(w, "id", finding->subject_id);
    write_text(w, "name", finding->subject_name);
    write_text_or_null(w, "account", finding->account);
    write_text_or_null(w, "region", finding->region);
    json_close(w, '}');
}

static void write_finding(struct json_writer *w, const struct finding *finding,
                          const struct causes_table *table)
{
    json_open(w, '{');
    write_text(w, "rule", finding->rule->id);
    write_text_or_null(w, "check", finding->check);
    write_text(w, "severity", str_of(severity_word(finding->severity)));
    write_text(w, "result", str_of(result_word(finding->result)));
    write_subject(w, finding);
    write_text(w, "message", finding->message);
    write_text(w, "remediation", finding->remediation);
    write_evidence(w, finding, table);
    write_text(w, "fingerprint", finding->fingerprint);
    json_key(w, "causes");
    json_open(w, '[');
    for (size_t i = 0; i < causes_count(table, finding->causes); i++)
        json_str(w, causes_text(table, finding->causes, i));
    json_close(w, ']');
    json_close(w, '}');
}

/* What every row has is written in any case, the rest if a rule read it. */
static bool is_copy_field(const struct findings *findings, size_t field)
{
    if (field == ROW_TYPE || findings->copies->columns[field] == NULL)
        return false;
    return field < ROW_FIELDS || findings->copies_read == NULL ||
           findings->copies_read[field];
}

static void write_copy(struct json_writer *w, const struct findings *findings,
                       uint32_t row)
{
    const struct value_table *copies = findings->copies;
    const struct record *record = copies->record;
    json_open(w, '{');
    for (size_t i = 0; i < record->n_fields; i++) {
        if (!is_copy_field(findings, i))
            continue;
        struct value cell = value_cell(copies, row, i);
        if (cell.kind == VALUE_ABSENT)
            continue;
        json_key_str(w, record->fields[i].name);
        json_value(w, cell, record->fields[i].type, findings->causes);
    }
    json_close(w, '}');
}

static void write_covered(struct json_writer *w, const struct covered *covered)
{
    json_open(w, '{');
    write_text(w, "account", covered->account);
    write_text(w, "region", covered->region);
    write_text(w, "call", covered->call);
    write_text(w, "state", covered->state);
    write_text_or_null(w, "code", covered->code);
    write_count(w, "ok", covered->n_ok);
    write_count(w, "failed", covered->n_failed);
    write_texts(w, "types", covered->types, covered->n_types);
    json_close(w, '}');
}

static void write_tailoring(struct json_writer *w,
                            const struct tailoring *tailoring)
{
    json_key(w, "tailoring");
    json_open(w, '{');
    write_text(w, "file", tailoring->file);
    write_text_or_null(w, "reason", tailoring->reason);
    json_key(w, "enabled");
    json_bool(w, !tailoring->is_off);
    if (tailoring->has_severity)
        write_text(w, "usual_severity",
                   str_of(severity_word(tailoring->usual)));
    json_key(w, "parameters");
    json_open(w, '{');
    for (size_t i = 0; i < tailoring->n_parameters; i++) {
        const struct tailored_parameter *p = &tailoring->parameters[i];
        json_key_str(w, p->name);
        json_value(w, *p->value, p->type, NULL);
    }
    json_close(w, '}');
    json_close(w, '}');
}

static void write_rule(struct json_writer *w, const struct rule_info *rule)
{
    json_open(w, '{');
    write_text(w, "id", rule->id);
    write_text(w, "title", rule->title);
    write_text(w, "severity", str_of(severity_word(rule->severity)));
    json_key(w, "references");
    json_open(w, '[');
    for (size_t i = 0; i < rule->n_references; i++) {
        json_open(w, '{');
        write_text(w, "title", rule->references[i].title);
        write_text(w, "url", rule->references[i].url);
        json_close(w, '}');
    }
    json_close(w, ']');
    if (rule->tailoring != NULL)
        write_tailoring(w, rule->tailoring);
    json_close(w, '}');
}

/* By id, those that were turned off in their places. */
static void write_rules(struct json_writer *w, const struct findings *findings)
{
    size_t off = 0;
    json_key(w, "rules");
    json_open(w, '[');
    for (size_t i = 0; i <= findings->n_rules; i++) {
        for (; off < findings->n_rules_off &&
               (i == findings->n_rules || str_cmp(findings->rules_off[off]->id,
                                                  findings->rules[i]->id) < 0);
             off++)
            write_rule(w, findings->rules_off[off]);
        if (i < findings->n_rules)
            write_rule(w, findings->rules[i]);
    }
    json_close(w, ']');
}

static void write(struct buf *out, const struct findings *findings,
                  const struct format_options *options)
{
    (void)options;
    struct json_writer w = {.out = out, .indent = 1};
    json_open(&w, '{');
    write_text(&w, "schema", STR("dr-preflight.report/1"));
    write_run(&w, &findings->run);
    write_summary(&w, findings);
    json_key(&w, "findings");
    json_open(&w, '[');
    for (size_t i = 0; i < findings->n; i++)
        write_finding(&w, &findings->items[i], findings->causes);
    json_close(&w, ']');
    json_key(&w, "copies");
    json_open(&w, '[');
    if (findings->copies != NULL)
        for (uint32_t row = 0; row < findings->copies->n_rows; row++)
            write_copy(&w, findings, row);
    json_close(&w, ']');
    json_key(&w, "coverage");
    json_open(&w, '[');
    for (size_t i = 0; i < findings->n_coverage; i++)
        write_covered(&w, &findings->coverage[i]);
    json_close(&w, ']');
    write_rules(&w, findings);
    json_close(&w, '}');
    buf_addc(out, '\n');
}

const struct format report_json = {
    .name = "json",
    .media_type = "application/json",
    .help = "every finding with its evidence, for programs",
    .write = write,
};
