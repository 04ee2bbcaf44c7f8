#!/bin/sh
# Installs Debian packages that are missing, as root. Elsewhere it says what to do; tests that lack a program say so.
set -eu

missing=""
for package in "$@"; do
    case "$package" in
        chromium) command -v chromium >/dev/null 2>&1 || missing="$missing $package" ;;
        libreoffice-calc) command -v soffice >/dev/null 2>&1 || missing="$missing $package" ;;
        poppler-utils) command -v pdftotext >/dev/null 2>&1 || missing="$missing $package" ;;
        *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    apt-get update -qq
    # shellcheck disable=SC2086  # one word a package
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
    exit 0
fi
echo "Not installed:$missing. With apt: sudo apt-get install$missing" >&2
case "$missing" in
    *chromium*) .venv/bin/python -m playwright install chromium || true ;;
esac
