"""The stylesheet keeps the rules our pages can use, and only those."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def assets() -> ModuleType:
    spec = importlib.util.spec_from_file_location("assets", ROOT / "scripts" / "assets.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("css", "kept"),
    [
        (".card{a:b}.unused{a:b}", ".card{a:b}"),
        (".card .unused,.card:hover{a:b}", ".card:hover{a:b}"),
        (".card:not(.unused){a:b}", ".card:not(.unused){a:b}"),
        ("a,[data-x='.unused']{a:b}", "a,[data-x='.unused']{a:b}"),
        ("@media print{.unused{a:b}.card{a:b}}", "@media print{.card{a:b}}"),
        ("@media print{.unused{a:b}}", ""),
        ("@keyframes x{from{a:b}to{a:b}}", "@keyframes x{from{a:b}to{a:b}}"),
        ("@charset 'utf-8';/* .x{} */a{b:url(\"data:image/svg+xml,{}\")}", None),
        (".w-1\\/2{a:b}.card{a:b}", ".card{a:b}"),
    ],
)
def test_used_rules(assets: ModuleType, css: str, kept: str | None) -> None:
    found = "".join(assets.used_rules(css, {"card"}))
    assert found == ("@charset 'utf-8';a{b:url(\"data:image/svg+xml,{}\")}" if kept is None else kept)


def test_the_stylesheet_of_the_pages_is_small_and_has_their_classes(assets: ModuleType) -> None:
    content = (assets.VENDOR / "tabler.css").read_text(encoding="utf-8")
    assert len(content) < len((assets.VENDOR / "source" / "tabler.css").read_text(encoding="utf-8")) / 4
    assert ".btn-primary" in content
    assert ".form-check-input" in content
