# Sourced by the other scripts: finds the project, says what is done, installs what is missing.
#
# A check looks for the thing itself (a command, a header), never for a package's name, so that a
# machine where it came from elsewhere is left alone. On a complete machine nothing is installed.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "$(basename "$0"): $*"
    exit 1
}

# Runs a command as root: directly, or through sudo.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Installs Debian packages without starting any service that comes with them.
install_packages() {
    say "Installing from Debian: $*"
    command -v apt-get >/dev/null ||
        fail "this system has no apt-get; install the like of \"$*\" and start again"
    if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
        fail "this needs root; run: apt-get install --no-install-recommends $*"
    fi
    # Debian starts a service when its package is installed, unless this file says 101. One that
    # is there already belongs to the machine's owner and stays as it is.
    local policy=/usr/sbin/policy-rc.d made=no status=0
    if [ ! -e "$policy" ]; then
        made=yes
        trap 'as_root rm -f /usr/sbin/policy-rc.d' EXIT
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
    fi
    # Package lists may be missing or old: they are fetched when the first try fails.
    apt_install "$@" || { as_root apt-get update -q >&2 && apt_install "$@"; } || status=$?
    if [ "$made" = yes ]; then
        as_root rm -f "$policy"
        trap - EXIT
    fi
    [ "$status" = 0 ] || fail "apt-get could not install \"$*\"; its own words are above"
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends "$@" </dev/null >&2
}

has_header() {
    local folder
    for folder in /usr/include /usr/local/include; do
        [ -e "$folder/$1" ] && return 0
    done
    return 1
}

# What building and running the host needs.
need_host() {
    local missing=()
    has_header hiredis/hiredis.h || missing+=(libhiredis-dev)
    command -v redis-server >/dev/null || missing+=(redis-server)
    # Notifiers reach what needs TLS through it.
    command -v curl >/dev/null || missing+=(curl ca-certificates)
    [ ${#missing[@]} = 0 ] || install_packages "${missing[@]}"
    command -v swift >/dev/null ||
        fail "there is no swift command; OES needs the Swift 6.3 toolchain for Linux"
    local version
    version=$(redis-server --version | sed -n 's/.*v=\([0-9]*\).*/\1/p')
    [ "${version:-0}" -ge 7 ] ||
        fail "redis-server is older than 7.0, which the matching functions need"
}

# What the tests need beside it: clients that are not ours, a browser, a C compiler.
need_tests() {
    local missing=()
    command -v gcc >/dev/null || missing+=(gcc libc6-dev)
    command -v chromium >/dev/null || missing+=(chromium)
    python3 -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3 python3-venv)
    [ ${#missing[@]} = 0 ] || install_packages "${missing[@]}"
    need_python
}

# The pinned Python packages, in a folder of the project's own.
need_python() {
    local wanted="$root/Tests/requirements.txt" installed="$root/.venv/requirements.txt"
    cmp -s "$wanted" "$installed" && return
    say "Installing the tests' Python packages into .venv"
    python3 -m venv --clear "$root/.venv" || fail "python3 could not make .venv"
    "$root/.venv/bin/pip" install -q --disable-pip-version-check -r "$wanted" >&2 ||
        fail "pip could not install Tests/requirements.txt; its own words are above"
    cp "$wanted" "$installed"
}
