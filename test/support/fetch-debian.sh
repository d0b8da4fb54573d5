#!/usr/bin/env bash
# Downloads Debian packages that the tests use, and unpacks them below build/debian. They are never installed and never
# committed. Operands: which ones; domains, the kernels that domains are built of (the default), or guests, which run in
# QEMU: Linux for three kinds of paging with a busybox for each, Xen, and firmware.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=$PWD/build/debian
mkdir -p "$target"

domains() {
  local package
  cd "$target"
  for package in memtest86+ grub-xen-host; do
    [ -d "$package" ] && continue
    apt-get download -qq "$package"
    rm -rf "$package.part"
    dpkg-deb -x "$package"_*.deb "$package.part"
    rm -f "$package"_*.deb
    mv "$package.part" "$package"
  done
}

# begin NAME ARCHITECTURE: goes to a fresh folder for the files of a guest. `apt` is then the options of apt-get and
# apt-cache for packages of that architecture, whatever this machine has: apt is given lists of its own.
begin() {
  local name=$1 architecture=$2 state=$target/apt-$2
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
  touch "$state/status"
  apt=(-o "APT::Architecture=$architecture" -o "APT::Architectures=$architecture" -o "Dir::State=$state"
    -o "Dir::State::lists=$state/lists" -o "Dir::State::status=$state/status" -o "Dir::Cache=$state/cache"
    -o Acquire::Languages=none)
  # A source that has nothing for this architecture is an error of apt's, and none here.
  [ -f "$state/updated" ] || apt-get "${apt[@]}" update -qq || true
  touch "$state/updated"
  rm -rf "$target/guest-$name.part"
  mkdir "$target/guest-$name.part"
  cd "$target/guest-$name.part"
}

# newest PACKAGE PREFIX: the package of that prefix that a package without a version depends on.
newest() {
  local found
  found=$(apt-cache "${apt[@]}" depends "$1" | sed -n "s/^ *Depends: *\($2-[0-9].*\)$/\1/p" | head -1)
  [ -n "$found" ] || { echo "apt knows no package $1: is this machine offline?" >&2; return 1; }
  echo "$found"
}

# linux NAME ARCHITECTURE: the kernel that linux-image-NAME stands for, and busybox.
linux() {
  local kernel
  fetched "$1" && return
  begin "$1" "$2"
  kernel=$(newest "linux-image-$1" linux-image)
  apt-get "${apt[@]}" download -qq "$kernel" busybox-static
  dpkg-deb --fsys-tarfile linux-image-*.deb | tar x --wildcards "./boot/vmlinuz-*"
  dpkg-deb --fsys-tarfile busybox-static_*.deb | tar x ./bin/busybox
  mv boot/vmlinuz-* vmlinuz
  finish "$1" "$kernel"
}

xen() {
  local package
  fetched xen && return
  begin xen amd64
  package=$(newest xen-system-amd64 xen-hypervisor)
  apt-get "${apt[@]}" download -qq "$package"
  dpkg-deb --fsys-tarfile ./*.deb | tar x --wildcards "./boot/xen-*.gz"
  # QEMU unpacks no such kernel.
  gunzip -c boot/xen-*.gz >xen
  finish xen "$package"
}

# firmware NAME PACKAGE FILE: one file of a package.
firmware() {
  fetched "$1" && return
  begin "$1" amd64
  apt-get "${apt[@]}" download -qq "$2"
  dpkg-deb --fsys-tarfile ./*.deb | tar x "./$3"
  finish "$1" "$2"
}

fetched() { [ -f "$target/guest-$1/package" ]; }

# finish NAME PACKAGE: what is unpacked in this folder is whole.
finish() {
  rm -f ./*.deb
  echo "$2" >package
  cd ..
  rm -rf "guest-$1"
  mv "guest-$1.part" "guest-$1"
}

guests() {
  linux 686 i386
  linux 686-pae i386
  linux amd64 amd64
  xen
  firmware ovmf ovmf usr/share/ovmf/OVMF.fd
  firmware u-boot u-boot-qemu usr/lib/u-boot/qemu-x86_64/u-boot.rom
}

for set in "${@:-domains}"; do
  case $set in
    domains | guests) (set -e; "$set") ;;
    *) echo "no such set of packages: $set" >&2; exit 2 ;;
  esac
done
