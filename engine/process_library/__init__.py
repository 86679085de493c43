"""The process library: what is published, in which versions and with which problems; bundles to take away and bring."""

from engine.process_library.bundles import LIMIT_BYTES, BundleRefused, read_upload
from engine.process_library.checks import problems_of
from engine.process_library.comparison import Comparison, compare
from engine.process_library.listing import (
    PinnedDecisions,
    PinnedForm,
    ProcessVersion,
    VersionUnknown,
    listed,
    version_of,
    versions,
)
from engine.process_library.outline import Outline, Step, outline_of
from engine.process_library.packing import packed, packed_parts
from engine.process_library.past import NotInForce, packed_at
from engine.process_library.uploading import ReasonNeeded, check_upload, completed, publish_upload

__all__ = [
    "LIMIT_BYTES",
    "BundleRefused",
    "Comparison",
    "NotInForce",
    "Outline",
    "PinnedDecisions",
    "PinnedForm",
    "ProcessVersion",
    "ReasonNeeded",
    "Step",
    "VersionUnknown",
    "check_upload",
    "compare",
    "completed",
    "listed",
    "outline_of",
    "packed",
    "packed_at",
    "packed_parts",
    "problems_of",
    "publish_upload",
    "read_upload",
    "version_of",
    "versions",
]
