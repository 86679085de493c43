"""What a form may know when it is drawn or read in this request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from engine import submissions
from engine.forms import FileInfo, FormContext
from webapp.context import current_language, current_platform, current_time


def form_context(
    connection: Connection,
    variables: Mapping[str, Any] | None = None,
    files: Mapping[str, FileInfo] | None = None,
) -> FormContext:
    """The reader, the moment, the case's variables and the uploads; its functions read in this transaction."""
    return submissions.form_context(
        current_platform().runtime,
        connection,
        language=current_language(),
        now=current_time(),
        variables=variables or {},
        files=files,
    )
