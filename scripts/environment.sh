# Sourced by ./run and ./test from the top directory: `environment EXTRA` makes .venv with what setup.cfg asks for, and
# brings assets and translations up to date. Each step is skipped where nothing has changed since the last time.

say() { printf '%s\n' "$*" >&2; }

find_python() {
  for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      printf '%s' "$candidate"
      return
    fi
  done
  say 'Python 3.11 or newer is needed. Install it, or name it: PYTHON=/path/to/python3.12 '"$0"
  exit 1
}

environment() {
  extra=$1
  shift
  if [ ! -x .venv/bin/python ]; then
    python=$(find_python)
    say 'Making a virtual environment in .venv …'
    if ! "$python" -m venv .venv >/dev/null 2>&1; then
      rm -rf .venv
      say 'Python cannot make virtual environments here. On Debian and Ubuntu: apt-get install python3-venv'
      exit 1
    fi
  fi
  stamp=.venv/installed${extra:+-$extra}.cfg
  if ! cmp -s setup.cfg "$stamp"; then
    say 'Installing the Python packages …'
    if ! .venv/bin/python -m pip install --disable-pip-version-check --editable ".${extra:+[$extra]}" >.venv/pip.log 2>&1; then
      tail -n 20 .venv/pip.log >&2
      say 'pip could not install the packages; the whole story is in .venv/pip.log'
      exit 1
    fi
    cp setup.cfg "$stamp"
  fi
  PATH=$PWD/.venv/bin:$PATH
  export PATH
  python scripts/assets.py "$@"
  catalogue=webapp/translations/zh/LC_MESSAGES/messages
  if [ ! -e "$catalogue.mo" ] || [ "$catalogue.po" -nt "$catalogue.mo" ]; then
    pybabel --quiet compile --directory webapp/translations
  fi
}
