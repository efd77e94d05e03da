#!/usr/bin/env bash
# Runs demo, installation and test as README prints them, on a Debian that has nothing but git. What breaks if this fails: the first five minutes of
# everybody who clones the repository on a new machine.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

usage() {
  cat <<'HELP'
Usage: ./run fresh [--suite bookworm|trixie] [STEP...]

Makes a minimal Debian under build/fresh/SUITE by debootstrap, clones HEAD into it, and runs there, exactly as README
prints them:

  demo      ./run demo
  install   the line that installs the release build; then each program says its version
  test      ./run test

Without a STEP: all three. Uncommitted changes are not part of HEAD. Needs root, mounts and chroot; where the system
refuses them the exit status is 77. The machine stays under build/fresh/SUITE until the next run.
HELP
}

say() { printf '==> fresh: %s\n' "$*" >&2; }
die() {
  printf 'run fresh: %s\n' "$*" >&2
  exit 2
}
# A machine that cannot do this is no failure of what is tested.
cannot() {
  printf 'run fresh: not possible here: %s\n' "$*" >&2
  exit 77
}

# In one piece: bash reads a script as it goes, and an edit meanwhile would change what runs.
{
suite=bookworm steps=() only_parse=
while (($#)); do
  case $1 in
  --suite)
    (($# > 1)) || die "--suite needs a name: bookworm or trixie"
    suite=$2
    shift
    ;;
  demo | install | test) steps+=("$1") ;;
  --only-parse) only_parse=yes ;; # for ./run, which installs nothing for a word that is wrong
  -h | --help)
    usage
    exit 0
    ;;
  *) die "there is no step $1; './run fresh --help' lists them" ;;
  esac
  shift
done
case $suite in bookworm | trixie) ;; *) die "there is no suite $suite here: bookworm and trixie are supported" ;; esac
[[ -z $only_parse ]] || exit 0
((${#steps[@]})) || steps=(demo install test)

readonly machine=$top/build/fresh/$suite
readonly home=/root/muster # of the clone, inside
readonly installed=$machine/srv/installed

# The command of a step, as README prints it in a block of code, without its remark.
printed() {
  local pattern
  case $1 in
  demo | test) pattern="\./run $1" ;;
  install) pattern="cmake --install .*" ;;
  esac
  local line
  line=$(sed -nE "s%^    ($pattern)( +#.*)?\$%\1%p" "$top/README.md" | head -n 1)
  [[ -n $line ]] || die "README.md prints no command for the step $1 (looked for a block of code with $pattern)"
  printf '%s\n' "$line"
}

# In namespaces of its own: no mount stays behind, and whatever a command started ends with it.
inside() {
  unshare --mount --pid --ipc --uts --fork --kill-child /usr/bin/env bash -c '
    set -eu
    machine=$1; shift
    mount --make-rprivate /
    mount -t proc proc "$machine/proc"
    mount --rbind /dev "$machine/dev"
    mount -t tmpfs tmpfs "$machine/dev/shm"
    hostname fresh
    exec chroot "$machine" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb "$@"' bare "$machine" "$@"
}

check_possible() {
  ((EUID == 0)) || cannot "it needs root, for debootstrap and chroot"
  unshare --mount --pid --fork true 2>/dev/null || cannot "the system refuses namespaces for mounts and processes"
  unshare --mount bash -c 'mount --make-rprivate / && mount -t tmpfs tmpfs /mnt' 2>/dev/null ||
    cannot "the system refuses mounts"
  local probe
  probe=$(mktemp -d)
  if ! mknod "$probe/null" c 1 3 2>/dev/null || ! chroot / true 2>/dev/null; then
    rm -rf "$probe"
    cannot "the system refuses device nodes or chroot"
  fi
  rm -rf "$probe"
}

# From where this machine gets Debian, since a site may have a mirror of its own.
mirror_of() { # SITE of release files, for example Debian or Debian-Security
  apt-get indextargets --format '$(REPO_URI) $(LABEL)' 'Created-By: Packages' 2>/dev/null |
    awk -v label="$1" '{ uri = $1; sub(/^[^ ]+ /, ""); if ($0 == label) { print uri; exit } }'
}

# Two runs would delete each other's machine. The lock ends with the last process that holds the file open.
lock_machine() {
  mkdir -p "$top/build/fresh"
  local lock
  exec {lock}>>"$machine.lock"
  flock --nonblock "$lock" || die "another './run fresh' is at work in ${machine#"$top"/}; wait for it"
}

# Of a run that was killed in the host's own namespace. What is mounted may be the host's: never delete across it.
check_unmounted() {
  local mounts
  mapfile -t mounts < <(findmnt --list --noheadings --output TARGET |
    awk -v below="$machine/" 'index($0, below) == 1' | sort -r)
  ((${#mounts[@]} == 0)) || die "something is still mounted below ${machine#"$top"/}, and nothing is deleted across it. Run:
$(printf "  umount '%s'\n" "${mounts[@]}")"
}

make_machine() {
  local debian security log=$top/build/fresh/$suite.log
  debian=$(mirror_of Debian)
  [[ -n $debian ]] || die "apt-get knows no source of Debian; 'apt-get update' may be missing"
  security=$(mirror_of Debian-Security)
  check_unmounted
  rm -rf --one-file-system "$machine"
  mkdir -p "$machine" "$top/build/fresh/packages"
  say "debootstrap: a minimal $suite with git (log: ${log#"$top"/})"
  debootstrap --variant=minbase --include=git --cache-dir="$top/build/fresh/packages" \
    "$suite" "$machine" "$debian" >"$log" 2>&1 || {
    tail -n 5 "$log" >&2
    die "debootstrap failed; see ${log#"$top"/}"
  }
  {
    printf 'deb %s %s main\n' "$debian" "$suite"
    printf 'deb %s %s-updates main\n' "$debian" "$suite"
    [[ -z $security ]] || printf 'deb %s %s-security main\n' "$security" "$suite"
  } >"$machine/etc/apt/sources.list"
  git clone --quiet --bare --no-hardlinks "$top" "$machine/srv/muster.git"
  inside git clone --quiet /srv/muster.git "$home"
}

run_step() {
  local command began=$SECONDS
  command=$(printed "$1")
  say "$suite, as README prints it: $command"
  inside bash -c "cd $home && $command" </dev/null || die "on a bare $suite '$command' failed with exit status $?"
  if [[ $1 == install ]]; then
    local program
    for program in ras raagent muster; do inside "/usr/bin/$program" --version; done
    # The same once more below a folder, for a machine that gets what was built here.
    inside bash -c "cd $home && DESTDIR=${installed#"$machine"} $command --strip" >/dev/null
    git -C "$machine/srv/muster.git" rev-parse HEAD >"$installed.commit"
    say "$suite: what is installed is also in ${installed#"$top"/}"
  fi
  say "$suite, $1: passed in $((SECONDS - began)) s"
}

check_possible
for step in "${steps[@]}"; do printed "$step" >/dev/null; done
[[ -z $(git -C "$top" status --porcelain) ]] || say "uncommitted changes are not part of what is tried: HEAD is"
lock_machine
make_machine
for step in "${steps[@]}"; do run_step "$step"; done
exit
}
