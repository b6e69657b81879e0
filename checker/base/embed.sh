#!/bin/sh
# Prints the C source that holds the given files: embed.sh FILE… > embedded.c
# The bytes come in through the assembler, which is quick for any size.
echo '#include "checker/base/embedded.h"'
n=0
for f in "$@"; do
    cat <<EOF
__asm__(".section .rodata\\n"
        "embedded_${n}: .incbin \\"$f\\"\\n"
        "embedded_${n}_end: .byte 0\\n"
        ".previous\\n");
extern const char embedded_${n}[], embedded_${n}_end[];
EOF
    n=$((n + 1))
done
echo 'const struct embedded embedded_files[] = {'
n=0
for f in "$@"; do
    echo "    {\"$f\", embedded_${n}, embedded_${n}_end},"
    n=$((n + 1))
done
echo '    {0},'
echo '};'
echo "const size_t n_embedded_files = ${n};"
