"""Static files: the hash of the content in every address, kept by browsers for a year, sent compressed."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, g, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join
from werkzeug.wrappers import Response

from webapp.auth import public

COMPRESSIBLE = ("text/", "application/javascript", "application/json", "image/svg+xml")
COMPRESS_FROM_BYTES = 1000
PAGE_LEVEL = 5
YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    """A file as it is sent."""

    modified_ns: int
    version: str
    content_type: str
    content: bytes
    compressed: bytes | None


class Assets:
    """The files of one directory, read once and again when they change."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._known: dict[str, Asset] = {}

    def get(self, name: str) -> Asset | None:
        """The file of this name, or None."""
        path = safe_join(str(self._directory), name)
        if path is None or any(part.startswith(".") for part in name.split("/")):
            return None
        try:
            modified_ns = Path(path).stat().st_mtime_ns
            known = self._known.get(name)
            if known is None or known.modified_ns != modified_ns:
                known = self._known[name] = _read(Path(path), modified_ns)
            return known
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None


@lru_cache(maxsize=1024)
def _read(path: Path, modified_ns: int) -> Asset:
    content = path.read_bytes()
    content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if content_type == "text/javascript":
        content_type = "application/javascript"
    if content_type.startswith("text/") or content_type == "application/javascript":
        content_type += "; charset=utf-8"
    compress = content_type.startswith(COMPRESSIBLE) and len(content) >= COMPRESS_FROM_BYTES
    return Asset(
        modified_ns=modified_ns,
        version=hashlib.sha256(content).hexdigest()[:12],
        content_type=content_type,
        content=content,
        compressed=gzip.compress(content, 9, mtime=0) if compress else None,
    )


def install(app: Flask) -> None:
    """Serve ``static`` (in templates ``url_for('static', filename=…)`` adds the version) and compress pages."""
    assets = Assets(Path(app.root_path) / "static")

    @public
    def static(filename: str) -> Response:
        asset = assets.get(filename)
        if asset is None:
            raise NotFound()
        compressed = asset.compressed if "gzip" in request.accept_encodings else None
        answer = Response(compressed or asset.content, content_type=asset.content_type)
        if compressed:
            answer.headers["Content-Encoding"] = "gzip"
        answer.headers["Vary"] = "Accept-Encoding"
        answer.headers["Cache-Control"] = YEAR if request.args.get("v") == asset.version else "no-cache"
        answer.set_etag(asset.version)
        return answer.make_conditional(request.environ)

    app.add_url_rule("/static/<path:filename>", "static", static)

    def address(endpoint: str, **values: Any) -> str:
        """``url_for``, with the version for static files (a page asks dozens of times: for every icon)."""
        if endpoint != "static":
            return url_for(endpoint, **values)
        known: dict[str, str] = g.setdefault("asset_addresses", {})
        name = values["filename"]
        if name not in known:
            asset = assets.get(name)
            known[name] = f"{request.script_root}/static/{name}" + (f"?v={asset.version}" if asset else "")
        return known[name]

    app.jinja_env.globals["url_for"] = address
    app.after_request(_compress)


def _compress(answer: Response) -> Response:
    """Pages and JSON in gzip; what streams or is compressed already goes as it is."""
    if (
        "gzip" not in request.accept_encodings
        or answer.is_streamed
        or answer.direct_passthrough
        or "Content-Encoding" in answer.headers
        or answer.status_code in {204, 304}
        or not (answer.content_type or "").startswith(COMPRESSIBLE)
    ):
        return answer
    content = answer.get_data()
    if len(content) >= COMPRESS_FROM_BYTES:
        answer.set_data(gzip.compress(content, PAGE_LEVEL, mtime=0))
        answer.headers["Content-Encoding"] = "gzip"
        answer.headers.add("Vary", "Accept-Encoding")
    return answer
