/* Service and region to the address of the endpoint, and what is known of the
 * regions. */
#ifndef DR_ENDPOINT_H
#define DR_ENDPOINT_H

#include "checker/aws/aws.h"

struct aws_endpoint {
    struct str url;  /* "https://rds.eu-west-1.amazonaws.com/", as it is sent */
    struct str host; /* the Host header: with the port where it is not the
                        scheme's own */
    struct str path; /* "/", or below the path of a configured endpoint */
};

/* Where `service` answers in `region`: the configured endpoint, or else
 * PREFIX.REGION.SUFFIX over https. The result lives in `arena`.
 * fails  ERR_INPUT  the region is not known, and no endpoint is configured
 *        ERR_USAGE  the configured URL is malformed, or plain http to another
 *                   machine */
MUST_CHECK bool aws_endpoint(struct arena *arena,
                             const struct aws_config *config,
                             const struct aws_regions *regions,
                             const struct aws_service *service,
                             struct str region, struct aws_endpoint *out,
                             struct err *err);

/* Reads the URL of an endpoint that a user configured.
 * fails  ERR_USAGE as above; the text names the URL */
MUST_CHECK bool aws_endpoint_read(struct arena *arena, struct str url,
                                  struct aws_endpoint *out, struct err *err);

/* aws_regions_load from a given source, for tests. */
MUST_CHECK bool aws_regions_read(struct arena *arena,
                                 const struct source *source,
                                 struct aws_regions **out, struct diags *diags);

#endif
