"""Every text of the pages exists in Chinese, with the same placeholders, and nothing else is in the catalogue."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import polib
import pytest

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "webapp" / "translations" / "zh" / "LC_MESSAGES" / "messages.po"


@pytest.fixture(scope="module")
def translate() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("translate", str(ROOT / "scripts" / "translate"))
    spec = importlib.util.spec_from_loader("translate", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_every_text_has_its_chinese_and_every_entry_its_use(translate: ModuleType) -> None:
    texts = translate.extracted()
    known = {entry.msgid: translate.chinese_of(entry) for entry in polib.pofile(str(CATALOGUE))}
    assert len(texts) > 100
    assert sorted(text for text in texts if not known.get(text)) == []
    assert sorted(text for text in known if text not in texts) == []


def test_placeholders_are_the_same_in_both_languages(translate: ModuleType) -> None:
    placeholder = re.compile(r"%\(\w+\)[sd]")
    differing = [
        entry.msgid
        for entry in polib.pofile(str(CATALOGUE))
        if set(placeholder.findall(entry.msgid)) != set(placeholder.findall(translate.chinese_of(entry)))
    ]
    assert differing == []


def test_adding_a_text_keeps_the_others(translate: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translate, "CATALOGUE", tmp_path / "messages.po")
    translate.add("%(num)d task", "%(num)d 个任务", "%(num)d tasks")
    translate.add("Apple", "苹果", "")
    translate.add("Apple", "红苹果", "")
    entries = polib.pofile(str(tmp_path / "messages.po"))
    assert [(entry.msgid, translate.chinese_of(entry)) for entry in entries] == [
        ("%(num)d task", "%(num)d 个任务"),
        ("Apple", "红苹果"),
    ]
    assert (tmp_path / "messages.mo").exists()
