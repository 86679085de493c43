"""Reading what somebody uploads: single files or zips, in memory only, bounded before anything is unpacked."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from engine.deployments import Sources
from engine.errors import Invalid

LIMIT_BYTES = 5 * 1024 * 1024
LIMIT_FILES = 200
KINDS = (".bpmn", ".dmn", ".rules.yaml", ".paths.json", ".json")
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UNREADABLE = (zipfile.BadZipFile, zlib.error, RuntimeError, ValueError, OSError, EOFError)


class BundleRefused(Invalid):
    """Base of the reasons why an upload is not even looked at."""

    code = "bundle_refused"


class BundleEmpty(BundleRefused):
    """Nothing to publish in it."""

    code = "bundle_empty"
    zh = "没有收到可以发布的文件"
    en = "No file that could be published arrived"


class BundleTooLarge(BundleRefused):
    """More bytes than any real bundle has, packed or unpacked."""

    code = "bundle_too_large"
    zh = "文件共超过 {limit_mib} MB（压缩包按解压后的大小计算）"
    en = "The files are larger than {limit_mib} MB in all (an archive counts unpacked)"


class BundleTooManyFiles(BundleRefused):
    """More files than any real bundle has."""

    code = "bundle_too_many_files"
    zh = "文件多于 {limit} 个"
    en = "There are more than {limit} files"


class BundleBroken(BundleRefused):
    """No zip that can be read."""

    code = "bundle_broken"
    zh = "压缩包“{file}”无法读取：它已损坏、加密，或不是 zip 文件"
    en = "The archive “{file}” cannot be read: it is damaged, encrypted, or no zip"


class BundlePathRefused(BundleRefused):
    """A path that points out of the bundle, or a link."""

    code = "bundle_path_refused"
    zh = "压缩包中的路径“{file}”不予接受"
    en = "The path “{file}” in the archive is not accepted"


class BundleFileRefused(BundleRefused):
    """A kind of file that nobody publishes."""

    code = "bundle_file_refused"
    zh = "不能发布“{file}”：只接受 .bpmn、.dmn、.json（表单）、.rules.yaml、.paths.json 和含有它们的 .zip"
    en = "“{file}” cannot be published; accepted: .bpmn, .dmn, .json, .rules.yaml, .paths.json or a .zip of these"


class BundleDuplicate(BundleRefused):
    """Two files of one name: nobody could say which one is meant."""

    code = "bundle_duplicate"
    zh = "文件“{file}”出现了两次"
    en = "The file “{file}” is there twice"


def read_upload(files: Iterable[tuple[str, bytes]]) -> Sources:
    """The files of an upload, those inside zips included, by kind and path. Raises a subclass of ``BundleRefused``."""
    parts: dict[str, dict[str, bytes]] = {kind: {} for kind in KINDS}
    names: set[tuple[str, str]] = set()
    size = 0
    for path, content in _files(files):
        kind = next((one for one in KINDS if path.lower().endswith(one)), None)
        if kind is None:
            raise BundleFileRefused(file=_shown(path))
        # Diagrams are told apart by their names: two of one name in two folders would be one process.
        if (kind, PurePosixPath(path).name) in names:
            raise BundleDuplicate(file=_shown(path))
        names.add((kind, PurePosixPath(path).name))
        size += len(content)
        _refuse_beyond(size, len(names))
        parts[kind][path] = content
    if not names:
        raise BundleEmpty()
    return Sources(parts[".bpmn"], parts[".json"], parts[".dmn"], parts[".rules.yaml"], parts[".paths.json"])


def _files(files: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    for name, content in files:
        _refuse_beyond(len(content), 1)
        if name.lower().endswith(".zip"):
            yield from _unpacked(name, content)
        else:
            yield name.replace("\\", "/").rsplit("/", 1)[-1], content


def _unpacked(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """The files inside a zip. Everything its directory says is checked before the first byte is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not _is_litter(entry)]
            _refuse_beyond(sum(entry.file_size for entry in entries), len(entries))
            for entry in entries:
                _check_entry(name, entry)
            for entry in entries:
                with archive.open(entry) as stream:
                    # What an entry says of its own size need not be true.
                    found = stream.read(LIMIT_BYTES + 1)
                _refuse_beyond(len(found), 1)
                yield entry.filename, found
    except _UNREADABLE as error:
        raise BundleBroken(file=_shown(name)) from error


def _is_litter(entry: zipfile.ZipInfo) -> bool:
    """Folders, and what the Mac's Finder adds."""
    return entry.is_dir() or entry.filename.startswith("__MACOSX/") or PurePosixPath(entry.filename).name == ".DS_Store"


def _check_entry(archive: str, entry: zipfile.ZipInfo) -> None:
    path = PurePosixPath(entry.filename)
    suspicious = {"..", "."} & set(entry.filename.split("/"))
    written = getattr(entry, "orig_filename", entry.filename)
    if path.is_absolute() or suspicious or any(sign in written for sign in ("\\", ":", "\0")):
        raise BundlePathRefused(file=_shown(written))
    if stat.S_ISLNK(entry.external_attr >> 16) or not entry.filename.isprintable():
        raise BundlePathRefused(file=_shown(written))
    if entry.flag_bits & _ENCRYPTED or entry.compress_type not in _METHODS:
        raise BundleBroken(file=_shown(archive))


def _refuse_beyond(size: int, count: int) -> None:
    if size > LIMIT_BYTES:
        raise BundleTooLarge(limit_mib=LIMIT_BYTES // 1024 // 1024)
    if count > LIMIT_FILES:
        raise BundleTooManyFiles(limit=LIMIT_FILES)


def _shown(name: str) -> str:
    """A name from outside as it may stand in a sentence."""
    return "".join(sign if sign.isprintable() else "?" for sign in name)[:100]
