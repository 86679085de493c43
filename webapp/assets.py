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

    version: str
    content_type: str
    content: bytes
    compressed: bytes | None


def asset_in(directory: Path, name: str) -> Asset | None:
    """The file of this name in ``directory``, or None."""
    path = safe_join(str(directory), name)
    if path is None or any(part.startswith(".") for part in name.split("/")):
        return None
    try:
        return _read(Path(path), Path(path).stat().st_mtime_ns)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None


@lru_cache(maxsize=1024)
def _read(path: Path, _modified_ns: int) -> Asset:
    """A file as it was when it was last changed: read once, and again when it changes."""
    content = path.read_bytes()
    content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if content_type == "text/javascript":
        content_type = "application/javascript"
    if content_type.startswith("text/") or content_type == "application/javascript":
        content_type += "; charset=utf-8"
    compress = content_type.startswith(COMPRESSIBLE) and len(content) >= COMPRESS_FROM_BYTES
    return Asset(
        version=hashlib.sha256(content).hexdigest()[:12],
        content_type=content_type,
        content=content,
        compressed=gzip.compress(content, 9, mtime=0) if compress else None,
    )


def install(app: Flask) -> None:
    """Serve ``static`` (in templates ``url_for('static', filename=…)`` adds the version) and compress pages."""
    directory = Path(app.root_path) / "static"

    @public
    def static(filename: str) -> Response:
        asset = asset_in(directory, filename)
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
            asset = asset_in(directory, name)
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
