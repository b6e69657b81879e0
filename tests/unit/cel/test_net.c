/* IP addresses and networks. */
#include "tests/unit/cel/cel_support.h"

Suite *suite_cel_net(void);

static const struct support_case cases[] = {
    {"string(ip('2001:0DB8::0068'))", "\"2001:db8::68\""},
    {"string(cidr('10.1.2.3/8').masked())", "\"10.0.0.0/8\""},
    {"string(cidr('2001:db8:ffff::/33').masked())", "\"2001:db8:8000::/33\""},
    {"isIP('1.2.3')", "false"},
    {"isIP('1.2.3.4')", "true"},
    {"isIP('::ffff:1.2.3.4')", "false"},
    {"isIP('fe80::1%eth0')", "false"},
    {"isCIDR('1.2.3.4/33')", "false"},
    {"isCIDR('1.2.3.4/032')", "false"},
    {"isCIDR('1.2.3.4/+1')", "false"},
    {"isCIDR('1.2.3.4')", "false"},
    {"isCIDR('::/0')", "true"},
    {"ip('x')", "E('x' is no IP address)"},
    {"cidr('x/1')", "E('x/1' is no network)"},
    {"ip('::ffff:c0a8:1') == ip('192.168.0.1')", "true"},
    {"ip('10.0.0.1').isGlobalUnicast()", "true"},
    {"ip('255.255.255.255').isGlobalUnicast()", "false"},
    {"ip('ff02::1').isLinkLocalMulticast()", "true"},
    {"ip('fe80::1').isLinkLocalUnicast()", "true"},
    {"ip('::1').isLoopback()", "true"},
    {"ip('::ffff:7f00:1').isLoopback()", "true"},
    {"cidr('0.0.0.0/0').containsIP('255.1.2.3')", "true"},
    {"cidr('10.0.0.0/9').containsIP('10.128.0.0')", "false"},
    {"cidr('10.0.0.0/9').containsCIDR('10.0.0.0/8')", "false"},
    {"cidr('10.0.0.0/9').containsIP('::1')", "false"},
    {"cidr('10.0.0.0/9').containsIP('x')", "E('x' is no IP address)"},
};

START_TEST(addresses_are_told_apart)
{
    support_check_plain(&cases[_i]);
}
END_TEST

Suite *suite_cel_net(void)
{
    Suite *suite = suite_create("cel net");
    TCase *tc = tcase_create("net");
    tcase_add_loop_test(tc, addresses_are_told_apart, 0, N_ITEMS(cases));
    suite_add_tcase(suite, tc);
    return suite;
}
