/* Who signs: the places that credentials come from, in the CLI's order. */
#include "checker/aws/creds.h"

#include "checker/aws/endpoint.h"

enum { DEFAULT_MAX_ATTEMPTS = 3, MOST_ATTEMPTS = 100 };

/* ---- environment ---- */

static enum creds_result from_environment(struct arena *arena,
                                          const struct creds_request *request,
                                          struct aws_credentials *out,
                                          struct err *err)
{
    if (request->is_profile_chosen)
        return CREDS_NONE;
    const char *id =
        profile_variable(request->environment, "AWS_ACCESS_KEY_ID");
    const char *secret =
        profile_variable(request->environment, "AWS_SECRET_ACCESS_KEY");
    const char *token =
        profile_variable(request->environment, "AWS_SESSION_TOKEN");
    if (token == NULL)
        token = profile_variable(request->environment, "AWS_SECURITY_TOKEN");
    if (id == NULL)
        return CREDS_NONE;
    if (secret == NULL) {
        (void)err_set(err, ERR_DENIED,
                      "AWS_ACCESS_KEY_ID is set, but not "
                      "AWS_SECRET_ACCESS_KEY");
        return CREDS_FAILED;
    }
    *out = (struct aws_credentials){
        .access_key_id = str_dup(arena, str_of(id)),
        .secret_access_key = str_dup(arena, str_of(secret)),
        .session_token = str_dup(arena, str_of(token)),
        .source = "environment",
    };
    return CREDS_FOUND;
}

/* ---- profile ---- */

/* Settings that say where a profile's credentials come from, other than the
 * profile itself. Each waits for a provider of its own; until then a profile
 * that has one is refused, as another source would be another identity. */
static const struct {
    const char *key, *what;
} other_sources[] = {
    {"role_arn", "a role to assume"},
    {"web_identity_token_file", "a web identity token"},
    {"sso_session", "IAM Identity Center (SSO)"},
    {"sso_start_url", "IAM Identity Center (SSO)"},
    {"sso_account_id", "IAM Identity Center (SSO)"},
    {"credential_process", "a credential process"},
};

static bool needs_other_source(const struct profile_section *section,
                               struct str profile, struct err *err)
{
    for (size_t i = 0; i < N_ITEMS(other_sources); i++) {
        const struct profile_setting *setting =
            profile_get(section, other_sources[i].key);
        if (setting == NULL)
            continue;
        (void)err_set_at(err, ERR_DENIED, setting->at,
                         "profile '%.*s' takes its credentials from %s (%s), "
                         "which is not supported yet",
                         STRF(profile), other_sources[i].what,
                         other_sources[i].key);
        return true;
    }
    return false;
}

/* Keys of one section; both or neither. */
static enum creds_result keys_of(struct arena *arena,
                                 const struct profile_section *section,
                                 struct str profile,
                                 struct aws_credentials *out, struct err *err)
{
    const struct profile_setting *id =
        profile_get(section, "aws_access_key_id");
    const struct profile_setting *secret =
        profile_get(section, "aws_secret_access_key");
    const struct profile_setting *token =
        profile_get(section, "aws_session_token");
    if (id == NULL)
        return CREDS_NONE;
    if (secret == NULL) {
        (void)err_set_at(err, ERR_DENIED, id->at,
                         "profile '%.*s' has an aws_access_key_id, but no "
                         "aws_secret_access_key",
                         STRF(profile));
        return CREDS_FAILED;
    }
    *out = (struct aws_credentials){
        .access_key_id = str_dup(arena, id->value),
        .secret_access_key = str_dup(arena, secret->value),
        .source = str_fmt(arena, "profile '%.*s'", STRF(profile)).p,
    };
    if (token != NULL)
        out->session_token = str_dup(arena, token->value);
    return CREDS_FOUND;
}

static enum creds_result from_profile(struct arena *arena,
                                      const struct creds_request *request,
                                      struct aws_credentials *out,
                                      struct err *err)
{
    struct str name = request->profile;
    const struct profile_section *sections[] = {
        profile_find(&request->files->credentials, "profile", name),
        profile_find(&request->files->config, "profile", name),
    };
    for (size_t i = 0; i < N_ITEMS(sections); i++)
        if (needs_other_source(sections[i], name, err))
            return CREDS_FAILED;
    enum creds_result result = CREDS_NONE;
    for (size_t i = 0; i < N_ITEMS(sections) && result == CREDS_NONE; i++)
        result = keys_of(arena, sections[i], name, out, err);
    return result;
}

/* ---- the chain ---- */

/* In the CLI's order. */
static const struct creds_provider providers[] = {
    {"the environment (AWS_ACCESS_KEY_ID)", from_environment},
    {"the profile", from_profile},
};

/* Variables of sources that are not read yet: naming them spares a search. */
static const char *const unread_variables[] = {
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
};

/* "the environment (AWS_ACCESS_KEY_ID), the profile 'x' of A and B" */
static bool none_found(const struct creds_request *request, struct err *err)
{
    const char *config = request->files->config.path;
    const char *credentials = request->files->credentials.path;
    struct buf places = {0};
    for (size_t i = 0; i < N_ITEMS(providers); i++)
        buf_addf(&places, "%s%s", i > 0 ? ", " : "", providers[i].name);
    (void)err_set(err, ERR_DENIED,
                  "no credentials: looked at %.*s '%.*s' of %s and %s",
                  STRF(buf_str(&places)), STRF(request->profile),
                  credentials != NULL ? credentials : "~/.aws/credentials",
                  config != NULL ? config : "~/.aws/config");
    buf_release(&places);
    return false;
}

bool creds_find(struct arena *arena, const struct creds_request *request,
                struct aws_credentials *out, struct err *err)
{
    for (size_t i = 0; i < N_ITEMS(providers); i++) {
        enum creds_result result = providers[i].find(arena, request, out, err);
        if (result != CREDS_NONE)
            return result == CREDS_FOUND ||
                   err_add(err, "no usable credentials");
    }
    for (size_t i = 0; i < N_ITEMS(unread_variables); i++)
        if (profile_variable(request->environment, unread_variables[i]))
            return err_set(err, ERR_DENIED,
                           "no usable credentials: %s is set, but that source "
                           "is not supported yet",
                           unread_variables[i]);
    return none_found(request, err);
}

/* ---- configuration ---- */

/* What aws_configure works with. */
struct configuring {
    struct arena *arena;
    const char *(*environment)(const char *name);
    struct profile_files files;
    /* The profile's, of the config and the credentials file; or NULL. */
    const struct profile_section *sections[2];
    struct aws_config *out;
    struct err *err;
};

/* What the profile says, the config file first; or NULL. */
static const struct profile_setting *of_profile(const struct configuring *c,
                                                const char *key)
{
    const struct profile_setting *found = profile_get(c->sections[0], key);
    return found != NULL ? found : profile_get(c->sections[1], key);
}

/* A setting by its variable or else by its name in the profile; in the arena,
 * and NULL if it is in neither. */
static const char *setting(const struct configuring *c, const char *variable,
                           const char *key)
{
    const char *value = profile_variable(c->environment, variable);
    if (value != NULL)
        return str_cstr(c->arena, str_of(value));
    const struct profile_setting *found = of_profile(c, key);
    return found != NULL ? str_cstr(c->arena, found->value) : NULL;
}

static bool choose_profile(struct configuring *c, struct str profile)
{
    struct aws_config *out = c->out;
    const char *variable = profile_variable(c->environment, "AWS_PROFILE");
    if (variable == NULL)
        variable = profile_variable(c->environment, "AWS_DEFAULT_PROFILE");
    bool is_named = profile.n > 0 || variable != NULL;
    if (profile.n == 0)
        profile = is_named ? str_of(variable) : STR("default");
    out->profile = str_dup(c->arena, profile);
    c->sections[0] = profile_find(&c->files.config, "profile", profile);
    c->sections[1] = profile_find(&c->files.credentials, "profile", profile);
    if (!is_named || c->sections[0] != NULL || c->sections[1] != NULL)
        return true;
    size_t n;
    struct str *names = profile_names(c->arena, &c->files, &n);
    struct str hint = did_you_mean(c->arena, profile, names, n);
    return err_set(c->err, ERR_INPUT, "unknown profile '%.*s'%s%.*s",
                   STRF(profile), hint.n > 0 ? ", " : "", STRF(hint));
}

static bool ignores_endpoints(const struct configuring *c)
{
    const char *flag = setting(c, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
                               "ignore_configured_endpoint_urls");
    return flag != NULL && str_is(str_lower(c->arena, str_of(flag)), "true");
}

/* Checks a URL where it is named, rather than at the first call. */
static bool add_endpoint(struct configuring *c, struct str service,
                         const char *url, struct span at)
{
    struct aws_endpoint ignored;
    if (!aws_endpoint_read(c->arena, str_of(url), &ignored, c->err)) {
        c->err->at = at;
        return false;
    }
    map_put(&c->out->endpoint_urls, str_dup(c->arena, service),
            str_cstr(c->arena, str_of(url)));
    return true;
}

static bool add_setting_endpoint(struct configuring *c, struct str service,
                                 const struct profile_setting *setting)
{
    return add_endpoint(c, service, str_cstr(c->arena, setting->value),
                        setting->at);
}

/* The `services` section of the profile: SERVICE.endpoint_url. */
static bool add_service_endpoints(struct configuring *c)
{
    const struct profile_setting *name = of_profile(c, "services");
    if (name == NULL)
        return true;
    const struct profile_section *services =
        profile_find(&c->files.config, "services", name->value);
    if (services == NULL)
        return err_set_at(c->err, ERR_INPUT, name->at,
                          "there is no section [services %.*s]",
                          STRF(name->value));
    struct str suffix = STR(".endpoint_url");
    for (size_t i = 0; i < services->n; i++) {
        const struct profile_setting *item = &services->settings[i];
        if (!str_ends(item->key, suffix) || item->value.n == 0)
            continue;
        struct str service = str_sub(item->key, 0, item->key.n - suffix.n);
        if (!add_setting_endpoint(c, service, item))
            return false;
    }
    return true;
}

/* The command line's endpoint serves all. Else AWS_ENDPOINT_URL goes before
 * what the profile says, and AWS_ENDPOINT_URL_<SERVICE> before all of it. */
static bool choose_endpoints(struct configuring *c, struct str endpoint_url)
{
    struct span nowhere = {0};
    c->out->endpoint_urls.arena = c->arena;
    if (endpoint_url.n > 0)
        return add_endpoint(c, STR(""), str_cstr(c->arena, endpoint_url),
                            nowhere);
    if (ignores_endpoints(c))
        return true;
    c->out->environment = c->environment;
    const char *all = profile_variable(c->environment, "AWS_ENDPOINT_URL");
    if (all != NULL)
        return add_endpoint(c, STR(""), all, nowhere);
    const struct profile_setting *own = of_profile(c, "endpoint_url");
    return (own == NULL || add_setting_endpoint(c, STR(""), own)) &&
           add_service_endpoints(c);
}

static bool choose_rest(struct configuring *c)
{
    struct aws_config *out = c->out;
    const char *region = profile_variable(c->environment, "AWS_REGION");
    const char *bundle = setting(c, "AWS_CA_BUNDLE", "ca_bundle");
    const char *attempts = setting(c, "AWS_MAX_ATTEMPTS", "max_attempts");
    if (region == NULL)
        region = setting(c, "AWS_DEFAULT_REGION", "region");
    out->region = str_dup(c->arena, str_of(region));
    out->ca_bundle = str_dup(c->arena, str_of(bundle));
    out->max_attempts = DEFAULT_MAX_ATTEMPTS;
    int64_t n;
    if (attempts == NULL)
        return true;
    if (!str_to_int(str_of(attempts), &n) || n < 1 || n > MOST_ATTEMPTS)
        return err_set(c->err, ERR_INPUT,
                       "'%s' is no number of attempts (AWS_MAX_ATTEMPTS or "
                       "max_attempts): 1 to %d",
                       attempts, (int)MOST_ATTEMPTS);
    out->max_attempts = (int)n;
    return true;
}

bool aws_configure(struct arena *arena,
                   const char *(*environment)(const char *name),
                   struct str profile, struct str endpoint_url,
                   struct aws_config *out, struct err *err)
{
    struct configuring c = {
        .arena = arena, .environment = environment, .out = out, .err = err};
    *out = (struct aws_config){0};
    bool is_ok = profile_files_read(arena, environment, &c.files, err) &&
                 choose_profile(&c, profile) &&
                 choose_endpoints(&c, endpoint_url) && choose_rest(&c);
    if (is_ok) {
        struct creds_request request = {
            .environment = environment,
            .files = &c.files,
            .profile = out->profile,
            .is_profile_chosen = profile.n > 0,
        };
        is_ok = creds_find(arena, &request, &out->credentials, err);
    }
    profile_files_wipe(&c.files);
    return is_ok;
}

static void wipe_str(struct str *s)
{
    /* aws_configure made the bytes in its arena; they are no constants. */
    if (s->n > 0)
        wipe((void *)(uintptr_t)s->p, s->n);
    *s = (struct str){0};
}

void aws_config_wipe(struct aws_config *config)
{
    wipe_str(&config->credentials.access_key_id);
    wipe_str(&config->credentials.secret_access_key);
    wipe_str(&config->credentials.session_token);
}
