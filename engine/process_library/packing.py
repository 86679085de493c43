"""A version as one file to take away: every part byte for byte as it was published."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator

from engine.process_library.listing import ProcessVersion

# The same version is the same file whenever it is fetched, so that two downloads can be compared.
_MOMENT = (1980, 1, 1, 0, 0, 0)


def packed(version: ProcessVersion) -> bytes:
    """The version as a zip: the diagram, its rules, its forms below ``forms/``, its decisions and walks."""
    forms = {f"{one.key}.json" for one in version.forms}
    return zipped((f"forms/{name}" if name in forms else name, part) for name, part in packed_parts(version))


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Files in one zip, which is the same whenever it is made."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            entry = zipfile.ZipInfo(name, _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return target.getvalue()


def packed_parts(version: ProcessVersion) -> Iterator[tuple[str, bytes]]:
    """The files of a version by name."""
    key = version.row.key
    yield f"{key}.bpmn", version.xml
    if version.rules is not None:
        yield f"{key}.rules.yaml", version.rules
    for decisions in version.decisions:
        yield f"{decisions.key}.dmn", decisions.source
    for form in version.forms:
        yield f"{form.key}.json", form.source
    if version.paths is not None:
        yield f"{key}.paths.json", version.paths
