#!/usr/bin/env bash
# Downloads the Debian packages whose kernels the tests build real domains of, and unpacks them below build/debian.
# They are never installed and never committed.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=build/debian
mkdir -p "$target"
cd "$target"
for package in memtest86+ grub-xen-host; do
  [ -d "$package" ] && continue
  apt-get download -qq "$package"
  rm -rf "$package.part"
  dpkg-deb -x "$package"_*.deb "$package.part"
  rm -f "$package"_*.deb
  mv "$package.part" "$package"
done
