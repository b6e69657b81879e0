/* String functions, format among them. */
#include "tests/unit/cel/cel_support.h"

Suite *suite_cel_text(void);

static const struct support_case cases[] = {
    {"'a' + 'b' + ''", "\"ab\""},
    {"size('\xC3\xA9\xF0\x9F\x94\x91')", "2"},
    {"b'\\xC3\\xA9'.size()", "2"},
    {"'abc'.contains('')", "true"},
    {"'abc'.startsWith('abcd')", "false"},
    {"'abc'.endsWith('bc')", "true"},
    {"'A\xC3\x89z'.lowerAscii()", "\"a\xC3\x89z\""},
    {"'a\xC3\xA9z'.upperAscii()", "\"A\xC3\xA9Z\""},
    {"' \\t\\u00a0a b\\u3000 '.trim()", "\"a b\""},
    {"'  '.trim()", "\"\""},
    {"'a\xC3\xA9z'.reverse()", "\"z\xC3\xA9"
                               "a\""},
    {"'\xC3\xA9x'.charAt(1)", "\"x\""},
    {"'ab'.charAt(2)", "\"\""},
    {"'ab'.charAt(3)", "E(index out of range: 3)"},
    {"'ab'.charAt(-1)", "E(index out of range: -1)"},
    {"'\xC3\xA9x\xC3\xA9'.indexOf('x')", "1"},
    {"'abcabc'.indexOf('c', 3)", "5"},
    {"'abc'.indexOf('z')", "-1"},
    {"'abc'.indexOf('', 3)", "3"},
    {"'abc'.indexOf('a', 4)", "E(index out of range: 4)"},
    {"'abcabc'.lastIndexOf('c')", "5"},
    {"'abcabc'.lastIndexOf('c', 4)", "2"},
    {"'abc'.lastIndexOf('')", "3"},
    {"'abc'.lastIndexOf('abcd')", "-1"},
    {"'h\xC3\xA9llo'.substring(1, 3)", "\"\xC3\xA9l\""},
    {"'hello'.substring(5)", "\"\""},
    {"'hello'.substring(6)", "E(index out of range: 6)"},
    {"'hello'.substring(3, 2)", "E(index out of range: 2)"},
    {"'aaa'.replace('a', 'b')", "\"bbb\""},
    {"'aaa'.replace('a', 'b', 2)", "\"bba\""},
    {"'aaa'.replace('a', 'b', 0)", "\"aaa\""},
    {"'\xC3\xA9x'.replace('', '-')", "\"-\xC3\xA9-x-\""},
    {"'ab'.replace('', '-', 1)", "\"-ab\""},
    {"'a,b,,c'.split(',')", "[\"a\", \"b\", \"\", \"c\"]"},
    {"'a,b,c'.split(',', 2)", "[\"a\", \"b,c\"]"},
    {"'a,b'.split(',', 0)", "[]"},
    {"'a,b'.split(',', 1)", "[\"a,b\"]"},
    {"'\xC3\xA9x'.split('')", "[\"\xC3\xA9\", \"x\"]"},
    {"''.split('')", "[]"},
    {"''.split(',')", "[\"\"]"},
    {"['a', 'b'].join()", "\"ab\""},
    {"['a', 'b'].join(', ')", "\"a, b\""},
    {"[].join(', ')", "\"\""},
    {"strings.quote('a\"\\\\\\n\\u00e9')", "\"\"a\\\"\\\\\\n\xC3\xA9\"\""},
    {"string(b'\\xff')", "E(bytes that are no UTF-8)"},
    {"bytes('\xC3\xA9').size()", "2"},
    {"base64.encode(b'hello')", "\"aGVsbG8=\""},
    {"base64.encode(b'')", "\"\""},
    {"string(base64.decode('aGVsbG8='))", "\"hello\""},
    {"string(base64.decode('aGVsbG8'))", "\"hello\""},
    {"base64.decode('a')", "E(malformed base64)"},
    {"base64.decode('a?b=')", "E(malformed base64)"},
    /* format */
    {"'%s is %d of %d%%'.format(['x', 1, 2u])", "\"x is 1 of 2%\""},
    {"'%.2f %e'.format([1.005, 12])", "\"1.00 1.200000e+01\""},
    {"'%b %o %x %X'.format([5, 8, 255, 255])", "\"101 10 ff FF\""},
    {"'%b'.format([-5])", "\"-101\""},
    {"'%x'.format([-9223372036854775808])", "\"-8000000000000000\""},
    {"'%x'.format(['hi'])", "\"6869\""},
    {"'%s'.format([[1, 'a', null]])", "\"[1, a, null]\""},
    {"'%s'.format([{'b': 1, 'a': [true]}])", "\"{a: [true], b: 1}\""},
    {"'%s'.format([])", "E(more clauses than arguments)"},
    {"'x'.format([1])", "E(more arguments than clauses)"},
    {"'%'.format([1])", "E(malformed format)"},
    {"'%.1001f'.format([1.0])", "E(malformed format)"},
    {"'%q'.format([1])", "E(a clause does not fit its argument)"},
    {"'%d'.format(['x'])", "E(a clause does not fit its argument)"},
};

START_TEST(texts_are_made)
{
    support_check_plain(&cases[_i]);
}
END_TEST

Suite *suite_cel_text(void)
{
    Suite *suite = suite_create("cel text");
    TCase *tc = tcase_create("text");
    tcase_add_loop_test(tc, texts_are_made, 0, N_ITEMS(cases));
    suite_add_tcase(suite, tc);
    return suite;
}
