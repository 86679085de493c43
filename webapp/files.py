"""Uploads of a form: kept at once, each in its own transaction, so that nothing has to be sent twice."""

from __future__ import annotations

from typing import BinaryIO

from flask import jsonify, request
from werkzeug.wrappers import Response

from engine import attachments
from engine.errors import Invalid
from engine.forms import FileInfo
from webapp.context import current_actor, current_platform, current_time, writing
from webapp.forms.post import FileStore


class UploadMissing(Invalid):
    """An upload without a file."""

    code = "upload_missing"
    zh = "没有收到文件"
    en = "No file arrived"


class WorkItemFiles:
    """The files of one work item."""

    def __init__(self, work_item_id: str | None, instance_id: str | None) -> None:
        self._work_item_id, self._instance_id = work_item_id, instance_id

    def save(self, stream: BinaryIO, name: str, content_type: str) -> FileInfo:
        """Keep a file. Raises ``AttachmentTooLarge``."""
        with writing() as connection:
            return attachments.save(
                connection,
                actor=current_actor(),
                content=stream.read(),
                name=name,
                content_type=content_type,
                limit_bytes=current_platform().settings.upload_limit_bytes,
                now=current_time(),
                work_item_id=self._work_item_id,
                instance_id=self._instance_id,
            )


def send_upload_result(store: FileStore) -> Response:
    """Keep the one file of this request and answer with what names it."""
    upload = next(iter(request.files.values()), None)
    if upload is None or not upload.filename:
        raise UploadMissing()
    info = store.save(upload.stream, upload.filename, upload.mimetype or "application/octet-stream")
    return jsonify(id=info.id, name=info.name, size=info.size_bytes)
