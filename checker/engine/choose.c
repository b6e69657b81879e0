/* Which of the rules a run looks at, and with which parameters. */
#include "checker/engine/rule.h"

static struct str *all_ids(struct arena *arena, const struct rules *rules)
{
    struct str *ids = ARENA_ARRAY(arena, rules->n_all, struct str);
    for (size_t i = 0; i < rules->n_all; i++)
        ids[i] = rules->all[i]->info.id;
    return ids;
}

static bool matches_any(const struct str *globs, size_t n, struct str id)
{
    for (size_t i = 0; i < n; i++)
        if (str_glob(globs[i], id))
            return true;
    return false;
}

/* Each glob must match a rule; else it is most likely misspelt. */
static bool check_globs(struct arena *arena, const struct rules *rules,
                        const struct str *globs, size_t n, const char *option,
                        struct err *err)
{
    const struct str *ids = all_ids(arena, rules);
    for (size_t i = 0; i < n; i++) {
        bool is_met = false;
        for (size_t k = 0; k < rules->n_all && !is_met; k++)
            is_met = str_glob(globs[i], ids[k]);
        if (is_met)
            continue;
        struct str hint = did_you_mean(arena, globs[i], ids, rules->n_all);
        return err_set(err, ERR_USAGE, "no rule matches %s '%.*s'%s%.*s",
                       option, STRF(globs[i]), hint.n > 0 ? "; " : "",
                       STRF(hint));
    }
    return true;
}

static bool has_tag(const struct rule *rule, struct str tag)
{
    for (size_t i = 0; i < rule->n_tags; i++)
        if (str_eq(rule->tags[i], tag))
            return true;
    return false;
}

static bool has_any_tag(const struct rule *rule, const struct str *tags,
                        size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (has_tag(rule, tags[i]))
            return true;
    return n == 0;
}

static bool check_tags(struct arena *arena, const struct rules *rules,
                       const struct rule_options *options, struct err *err)
{
    size_t n = 0, capacity = 0;
    struct str *known = NULL;
    for (size_t i = 0; i < rules->n_all; i++)
        for (size_t k = 0; k < rules->all[i]->n_tags; k++) {
            known = arena_grow(arena, known, n, &capacity, sizeof(*known));
            known[n++] = rules->all[i]->tags[k];
        }
    for (size_t i = 0; i < options->n_tags; i++) {
        bool is_met = false;
        for (size_t k = 0; k < n && !is_met; k++)
            is_met = str_eq(known[k], options->tags[i]);
        if (is_met)
            continue;
        struct str hint = did_you_mean(arena, options->tags[i], known, n);
        return err_set(err, ERR_USAGE, "no rule has the tag '%.*s'%s%.*s",
                       STRF(options->tags[i]), hint.n > 0 ? "; " : "",
                       STRF(hint));
    }
    return true;
}

bool choose_rules(struct arena *arena, struct rules *rules,
                  const struct rule_options *options, struct err *err)
{
    if (!check_globs(arena, rules, options->select, options->n_select,
                     "--select", err) ||
        !check_globs(arena, rules, options->skip, options->n_skip, "--skip",
                     err) ||
        !check_tags(arena, rules, options, err))
        return false;
    rules->chosen = ARENA_ARRAY(arena, rules->n_all, struct rule *);
    rules->infos = ARENA_ARRAY(arena, rules->n_all, const struct rule_info *);
    rules->off = ARENA_ARRAY(arena, rules->n_all, const struct rule_info *);
    for (size_t i = 0; i < rules->n_all; i++) {
        struct rule *rule = rules->all[i];
        bool is_wanted =
            options->n_select == 0 ||
            matches_any(options->select, options->n_select, rule->info.id);
        if (!is_wanted ||
            matches_any(options->skip, options->n_skip, rule->info.id) ||
            !has_any_tag(rule, options->tags, options->n_tags))
            continue;
        const struct tailoring *tailoring = rule->info.tailoring;
        if (tailoring != NULL && tailoring->is_off) {
            rules->off[rules->n_off++] = &rule->info;
            continue;
        }
        rules->infos[rules->n_chosen] = &rule->info;
        rules->chosen[rules->n_chosen++] = rule;
    }
    return true;
}

static struct rule *find_rule(struct arena *arena, const struct rules *rules,
                              struct str id, struct err *err)
{
    for (size_t i = 0; i < rules->n_all; i++)
        if (str_eq(rules->all[i]->info.id, id))
            return rules->all[i];
    struct str hint =
        did_you_mean(arena, id, all_ids(arena, rules), rules->n_all);
    (void)err_set(err, ERR_USAGE, "--param: there is no rule '%.*s'%s%.*s",
                  STRF(id), hint.n > 0 ? "; " : "", STRF(hint));
    return NULL;
}

static struct parameter *find_parameter(struct arena *arena,
                                        const struct rule *rule,
                                        struct str name, struct err *err)
{
    const struct clauses *c = &rule->clauses;
    struct str *names = ARENA_ARRAY(arena, c->n_parameters, struct str);
    for (size_t i = 0; i < c->n_parameters; i++) {
        names[i] = c->parameters[i].name;
        if (str_eq(names[i], name))
            return &c->parameters[i];
    }
    struct str hint = did_you_mean(arena, name, names, c->n_parameters);
    (void)err_set(
        err, ERR_USAGE, "--param: rule '%.*s' has no parameter '%.*s'%s%.*s",
        STRF(rule->info.id), STRF(name), hint.n > 0 ? "; " : "", STRF(hint));
    return NULL;
}

bool choose_parameters(struct arena *arena, struct rules *rules,
                       const struct rule_options *options, struct err *err)
{
    for (size_t i = 0; i < options->n_params; i++) {
        struct str text = options->params[i];
        size_t equal = str_find(text, STR("="), 0);
        size_t dot = str_find(text, STR("."), 0);
        if (equal == SIZE_MAX || dot == SIZE_MAX || dot > equal)
            return err_set(err, ERR_USAGE,
                           "--param '%.*s' is not of the form RULE.NAME=VALUE",
                           STRF(text));
        struct rule *rule = find_rule(arena, rules, str_sub(text, 0, dot), err);
        if (rule == NULL)
            return false;
        struct parameter *parameter =
            find_parameter(arena, rule, str_sub(text, dot + 1, equal), err);
        if (parameter == NULL)
            return false;
        if (!parameters_set(arena, parameter, str_sub(text, equal + 1, text.n),
                            err))
            return err_add(err, "--param %.*s", STRF(str_sub(text, 0, equal)));
    }
    return true;
}
