# What a script needs on the machine, brought by Debian's package manager. Sourced, not run.
# shellcheck shell=bash

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        command -v sudo >/dev/null || fail "needs root for: $*"
        sudo "$@"
    fi
}

# want COMMAND PACKAGE…: remembers the packages when the command is not there.
WANTED=()
want() {
    local command=$1
    shift
    command -v "$command" >/dev/null || WANTED+=("$@")
}

# Installs what `want` found missing.
bring() {
    [ "${#WANTED[@]}" -eq 0 ] && return
    command -v apt-get >/dev/null || fail "install by hand: ${WANTED[*]}"
    echo "installing: ${WANTED[*]}"
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${WANTED[@]}" >/dev/null
    WANTED=()
}

# Everything that `cargo build` calls. OpenSSL (for libpq's TLS) is built from source by perl and make.
want_build_tools() {
    command -v cargo >/dev/null || fail "install the Rust toolchain first (https://rustup.rs)"
    want cc gcc libc6-dev
    want make make
    want perl perl
}
