"""Files chosen in a preview: they have a name and a size as long as the page is open, and are kept nowhere."""

from __future__ import annotations

import os
from typing import BinaryIO

from werkzeug.datastructures import MultiDict

from engine.forms import FileInfo

_MARK = "sample:"
_LONGEST_NAME = 200
_LONGEST_SIZE = 12


class SampleFiles:
    """A ``FileStore`` whose ids say all there is to know of a file."""

    def __init__(self, post: MultiDict[str, str]) -> None:
        self.known = {value: _info(value) for _, value in post.items(multi=True) if value.startswith(_MARK)}

    def save(self, stream: BinaryIO, name: str, content_type: str) -> FileInfo:
        """Look at the file; nothing of it is kept."""
        size = stream.seek(0, os.SEEK_END)
        info = _info(f"{_MARK}{size}:{content_type}:{name[:_LONGEST_NAME]}")
        self.known[info.id] = info
        return info


def _info(identity: str) -> FileInfo:
    size, _, rest = identity.removeprefix(_MARK).partition(":")
    content_type, _, name = rest.partition(":")
    is_number = size.isascii() and size.isdecimal() and len(size) <= _LONGEST_SIZE
    return FileInfo(identity, name, int(size) if is_number else 0, content_type)
