#!/bin/sh
# Make .venv, or bring it up to date: nothing but Python, make and (below Python 3.13) a C compiler need be there.
#
#   tools/setup.sh run    what using licet needs
#   tools/setup.sh dev    ... and what testing it needs
#   tools/setup.sh bench  ... and the engines that it is compared with
#
# PYTHON=… names the interpreter; without it the first that will do is taken.
set -eu
cd "$(dirname "$0")/.."
unset PYTHONPATH
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_USER=0

say() { printf '%s\n' "$*"; }
fail() { say "$*" >&2; exit 1; }

# --- which Python ------------------------------------------------------------------------------------------------------

# Prints why interpreter $1 cannot serve, and nothing where it can.
why_not() {
  command -v "$1" >/dev/null 2>&1 || { say "not found"; return; }
  version=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) ||
    { say "found, but it does not run (a version manager's stand-in for a version that is not active?)"; return; }
  case $version in
    3.11 | 3.12) ;;
    3.13 | 3.14) ;;
    *) say "this is Python $version"; return ;;
  esac
  "$1" -c 'import venv, ensurepip' >/dev/null 2>&1 ||
    { say "Python $version without the venv module (Debian, Ubuntu: apt install python$version-venv)"; return; }
  case $version in 3.11 | 3.12) why_no_extension "$1" "$version" ;; esac
}

# Prints why a C extension for interpreter $1 cannot be compiled. Below Python 3.13 durable-rules is one; from 3.13 on
# it cannot be imported, so it is not installed, and no compiler is needed.
why_no_extension() {
  compiler=${CC:-$("$1" -c 'import sysconfig; print(sysconfig.get_config_var("CC") or "cc")')}
  include=$("$1" -c 'import sysconfig; print(sysconfig.get_path("include"))')
  trial=$(mktemp -d)
  say 'int licet;' >"$trial/plain.c"
  say '#include <Python.h>' >"$trial/python.c"
  # $compiler may carry options ("gcc -pthread"), so it is left to be split
  if ! $compiler -c "$trial/plain.c" -o "$trial/plain.o" >/dev/null 2>&1; then
    say "Python $2, but no C compiler: \`$compiler\` does not compile" \
      "(Debian, Ubuntu: apt install gcc; Fedora: dnf install gcc; macOS: xcode-select --install)"
  elif ! $compiler -I"$include" -c "$trial/python.c" -o "$trial/python.o" >/dev/null 2>&1; then
    say "Python $2 without its header Python.h" \
      "(Debian, Ubuntu: apt install python$2-dev; Fedora: dnf install python$2-devel)"
  fi
  rm -rf "$trial"
}

# Sets $python to the first interpreter that will do, or says of each why it will not.
choose_python() {
  if [ -n "${PYTHON:-}" ]; then set -- "$PYTHON"; else set -- python3 python3.12 python3.11 python3.13 python3.14; fi
  tried=
  for python; do
    reason=$(why_not "$python")
    [ -n "$reason" ] || return 0
    tried="$tried
  $python: $reason"
  done
  fail "licet needs Python 3.11, 3.12, 3.13 or 3.14; below 3.13 also a C compiler and Python.h, because the rules
engine durable-rules is compiled when it is installed. What was tried:$tried
Install what is missing, or name another interpreter: make PYTHON=/path/to/python3 …"
}

# --- the environment ---------------------------------------------------------------------------------------------------

# What an environment made with interpreter $1 depends on: it cannot be moved, nor outlive its Python.
identity() {
  pwd -P
  "$1" -c 'import sys; print(sys.version, sys.base_prefix)' 2>&1
}

# True where .venv was finished here, still runs, and is of the interpreter asked for, if one was.
venv_serves() {
  [ -x .venv/bin/python ] && [ -f .venv/licet-identity ] || return 1
  made_with=$(cat .venv/licet-identity)
  [ "$(identity .venv/bin/python)" = "$made_with" ] || return 1
  [ -z "${PYTHON:-}" ] || [ "$(identity "$PYTHON")" = "$made_with" ]
}

make_venv() {
  choose_python
  say "making .venv with $("$python" -c 'import platform, sys; print("Python", platform.python_version(), "at", sys.executable)')"
  "$python" -m venv --clear .venv || fail "\`$python -m venv .venv\` failed: see above"
  identity .venv/bin/python >.venv/licet-identity
}

# The state of what is installed: `dev` includes `run`, and a changed pyproject.toml asks for both again.
stamp() { cat pyproject.toml engine/licet/_version.py | cksum; }

installed() {
  for mode; do
    [ -f ".venv/licet-$mode" ] && [ "$(cat ".venv/licet-$mode")" = "$(stamp)" ] && return 0
  done
  return 1
}

# Installs licet, editable, with the extras $2, and stamps it as $1.
install() {
  say "installing licet and what it needs into .venv (a minute or two the first time)"
  log=.venv/licet-install.log
  if ! .venv/bin/python -m pip install --quiet --editable ".$2" >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    fail "pip could not install licet: its last words are above, all of them in $log"
  fi
  stamp >".venv/licet-$1"
}

# OPA's evaluator asks for a newer Python than it needs, which no extra can say.
install_opa() {
  .venv/bin/python -m pip install --quiet --no-deps --ignore-requires-python 'opa-golib-python-bindings>=0.4.4' \
    >>.venv/licet-install.log 2>&1 || say "OPA cannot be installed here; it is left out"
}

case ${1:-} in run | dev | bench) ;; *) fail "usage: tools/setup.sh run|dev|bench" ;; esac
venv_serves || make_venv
case $1 in
  run) installed run dev bench || install run "" ;;
  dev) installed dev || install dev "[dev]" ;;
  bench) installed bench || { install bench "[bench]" && install_opa; } ;;
esac
