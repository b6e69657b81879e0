#!/bin/sh
# Installs what the build and the tests need and this machine lacks.
#
# Each need is looked at by using it, so a machine that has everything, from
# wherever, is left alone: quickly, and without the network.
set -eu

packages=
need() { # need PACKAGE COMMAND…: the package, unless the command works
    package=$1
    shift
    "$@" >/dev/null 2>&1 || packages="$packages $package"
}

compiles() {
    echo '#include <stdio.h>' | cc -fsyntax-only -x c -
}

need gcc cc --version
need libc6-dev compiles
need make make --version
need pkg-config pkg-config --version
need libcurl4-openssl-dev pkg-config --exists libcurl
need libssl-dev pkg-config --exists openssl
need libjansson-dev pkg-config --exists jansson
need libyaml-dev pkg-config --exists yaml-0.1
need libexpat1-dev pkg-config --exists expat
need libpcre2-dev pkg-config --exists libpcre2-8
need check pkg-config --exists check
need python3 python3 --version
need python3-venv python3 -c 'import ensurepip, venv'

if [ -z "$packages" ]; then
    exit 0
fi
if ! command -v apt-get >/dev/null; then
    cat >&2 <<END
make deps: this system has no apt-get. Please install these by hand; their
names on Debian 12 are:
   $packages
All in all the project needs a C compiler, make, pkg-config, the headers of
libcurl, OpenSSL, jansson, libyaml, expat and PCRE2, the Check test framework,
and Python 3 with its venv module.
END
    exit 1
fi
sudo=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "make deps: there is no sudo; please run as root:" >&2
        echo "    apt-get install$packages" >&2
        exit 1
    fi
    sudo=sudo
fi
echo "make deps: installing$packages" >&2
$sudo env DEBIAN_FRONTEND=noninteractive sh -c \
    'apt-get update -q && apt-get install -q -y --no-install-recommends "$@"' \
    sh ca-certificates $packages
