"""What the publish checks say of each diagram of a folder, for example of the BPMN MIWG reference diagrams.

``python scripts/foreign_diagrams.py FOLDER`` prints a line per ``.bpmn`` file: accepted, refused with the first
reasons, or the exception it ended in. Exits with 1 when there was an exception or no diagram. Nothing is kept.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection

from engine import deployments, process_library
from engine.actors import system_actor
from engine.bootstrap import Platform, compose
from engine.definitions.model import read_process
from engine.definitions.problems import DefinitionInvalid
from engine.definitions.translate import translated_xml
from engine.demo.company import create_company
from engine.process_library import BundleRefused
from engine.settings import Settings

_REASONS = 3
_EXCEPTION = "EXCEPTION"


def main(arguments: list[str]) -> int:
    """Judge the folder; the exit status."""
    if len(arguments) != 1:
        print(__doc__)
        return 2
    verdicts = []
    for path, verdict in judged(Path(arguments[0])):
        # Labels of other tools hold line breaks.
        print(f"{path}: {' '.join(verdict.split())}", flush=True)
        verdicts.append(verdict)
    return int(not verdicts or any(one.startswith(_EXCEPTION) for one in verdicts))


def judged(folder: Path) -> Iterator[tuple[Path, str]]:
    """Each diagram below ``folder``, by name, with one line on it, in an empty installation with the demo company."""
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() == ".bpmn")
    if not found:
        return
    with tempfile.TemporaryDirectory() as kept:
        database_url = f"sqlite:///{Path(kept) / 'yunzhi.sqlite3'}"
        platform = compose(Settings(database_url, "a key for nothing", data_directory=Path(kept)))
        try:
            with platform.database.write() as connection:
                create_company(connection, actor=system_actor("foreign_diagrams"), now=platform.clock.now())
            for path in found:
                with platform.database.read() as connection:
                    yield path.relative_to(folder), _verdict(connection, platform, path)
        finally:
            platform.database.close()


def _verdict(connection: Connection, platform: Platform, path: Path) -> str:
    """Taken in, drawn in both languages and checked, as the pages do it."""
    try:
        sources = process_library.read_upload([(path.name, path.read_bytes())])
        for name, content in sources.processes.items():
            _draw(content, name)
        problems = deployments.check(connection, platform.runtime, sources)
    except BundleRefused as refused:
        return f"refused: {refused.message('en')}"
    except Exception as error:
        return f"{_EXCEPTION} {type(error).__name__}: {error}"
    said = list(dict.fromkeys(one.message("en") for one in problems if one.level == "error"))
    if not said:
        return "accepted"
    more = f" (and {len(said) - _REASONS} more)" if len(said) > _REASONS else ""
    return f"refused: {'; '.join(said[:_REASONS])}{more}"


def _draw(content: bytes, name: str) -> None:
    try:
        model = read_process(content, name)
    except DefinitionInvalid:
        return  # The checks say why.
    translated_xml(model, "zh")
    translated_xml(model, "en")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
