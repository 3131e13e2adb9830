# Makes a checkout ready to run: packages installed as locked, the pinned Node first on PATH. Sourced, with ROOT set.
# Costs a few milliseconds when there is nothing to do.

say() { printf '%s\n' "$*" >&2; }

# The pinned Node comes with the packages; the machine's own only has to be able to run npm once.
prepare_packages() {
  packages_ready && return 0
  if ! command -v npm >/dev/null 2>&1; then
    say "Hatoba needs Node.js with npm once, to fetch its packages (any Node from 18; it then runs on its own)."
    say "  Debian, Ubuntu:  sudo apt-get install -y nodejs npm"
    say "  Fedora:          sudo dnf install -y nodejs npm"
    return 1
  fi
  # Two calls at once on one checkout would take each other's packages away.
  if command -v flock >/dev/null 2>&1; then
    (
      flock 9
      packages_ready || install_packages
    ) 9>"$ROOT/.packages.lock"
  else
    install_packages
  fi
}

packages_ready() {
  [ -x "$ROOT/node_modules/.bin/node" ] &&
    [ "$(cat "$ROOT/node_modules/.hatoba-lock" 2>/dev/null)" = "$(cksum < "$ROOT/package-lock.json")" ]
}

install_packages() {
  lock=$(cksum < "$ROOT/package-lock.json")
  say "Installing packages (once) ..."
  log=$(mktemp)
  if ! (cd "$ROOT" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    say "npm ci failed; its output is above. It needs the npm registry, or a mirror set with 'npm config set registry'."
    return 1
  fi
  rm -f "$log"
  printf '%s' "$lock" > "$ROOT/node_modules/.hatoba-lock"
}

# The hosts of the fleet tests are network namespaces. For tests alone: Hatoba itself does without.
prepare_network_tools() {
  if command -v ip >/dev/null 2>&1 && command -v ss >/dev/null 2>&1; then return 0; fi
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    say "Installing iproute2 (once) ..."
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends iproute2; } >/dev/null 2>&1 && return 0
  fi
  say "The tests make networks with ip and ss. Please install iproute2 (Debian, Ubuntu: apt-get install -y iproute2; Fedora: dnf install -y iproute)."
  return 1
}

# Puts the right Node first on PATH.
prepare_node() {
  if "$ROOT/node_modules/.bin/node" --version >/dev/null 2>&1; then
    PATH="$ROOT/node_modules/.bin:$PATH"
  elif ! node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 24 ? 0 : 1)' 2>/dev/null; then
    say "Hatoba runs on Node.js 24. Its own copy does not run on this machine ($(uname -sm)); please install Node.js 24 or newer."
    return 1
  fi
  export PATH
}
