#!/usr/bin/env bash
# Downloads Debian packages that the tests use, and unpacks them below build/debian. They are never installed and never
# committed. Operands: which ones; domains, the kernels that domains are built of (the default), or guests, Linux for three
# kinds of paging with a busybox for each, which run in QEMU.
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

# guest NAME ARCHITECTURE: the kernel that linux-image-NAME stands for, and busybox, of whatever architecture this
# machine has: apt is given lists of its own.
guest() {
  local name=$1 architecture=$2 state kernel
  [ -d "$target/guest-$name" ] && return
  state=$target/apt-$architecture
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
  touch "$state/status"
  local options=(-o "APT::Architecture=$architecture" -o "APT::Architectures=$architecture" -o "Dir::State=$state"
    -o "Dir::State::lists=$state/lists" -o "Dir::State::status=$state/status" -o "Dir::Cache=$state/cache"
    -o Acquire::Languages=none)
  # A source that has nothing for this architecture is an error of apt's, and none here.
  [ -f "$state/updated" ] || apt-get "${options[@]}" update -qq || true
  touch "$state/updated"
  kernel=$(apt-cache "${options[@]}" depends "linux-image-$name" | sed -n 's/^ *Depends: *\(linux-image-[0-9].*\)$/\1/p' | head -1)
  [ -n "$kernel" ] || { echo "apt knows no package linux-image-$name for $architecture: is this machine offline?" >&2; return 1; }
  rm -rf "$target/guest-$name.part"
  mkdir "$target/guest-$name.part"
  cd "$target/guest-$name.part"
  apt-get "${options[@]}" download -qq "$kernel" busybox-static
  dpkg-deb --fsys-tarfile linux-image-*.deb | tar x --wildcards "./boot/vmlinuz-*"
  dpkg-deb --fsys-tarfile busybox-static_*.deb | tar x ./bin/busybox
  rm -f ./*.deb
  mv boot/vmlinuz-* vmlinuz
  echo "$kernel" >kernel
  cd ..
  mv "guest-$name.part" "guest-$name"
}

guests() {
  guest 686 i386
  guest 686-pae i386
  guest amd64 amd64
}

for set in "${@:-domains}"; do
  case $set in
    domains | guests) (set -e; "$set") ;;
    *) echo "no such set of packages: $set" >&2; exit 2 ;;
  esac
done
