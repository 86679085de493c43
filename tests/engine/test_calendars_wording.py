"""Terms in words: what somebody who writes neither ISO 8601 nor cron is told."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from engine.calendars import parse_term
from engine.calendars.wording import describe

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("term", "zh", "en"),
    [
        ("P1D", "1 天后", "1 day later"),
        ("P1Y2M3DT4H5M6S", "1 年 2 个月 3 天 4 小时 5 分钟 6 秒后", None),
        ("PT48H", "48 小时后", "48 hours later"),
        ("2026-01-31T08:00:00", "于 2026-01-31 08:00", "on 2026-01-31 at 08:00"),
        ("2026-01-31T00:00:00Z", "于 2026-01-31 08:00", "on 2026-01-31 at 08:00"),
        ("R3/PT1H", "每隔1 小时一次，共 3 次", "every 1 hour, 3 times"),
        ("R/2026-01-31T08:00:00/P1M", "自 2026-01-31 08:00 起，每隔1 个月一次，直到结束", None),
        ("R/2026-01-31T08:00:00/P1M", None, "every 1 month, without end, from 2026-01-31 08:00"),
        ("0 9 * * *", "每天 09:00", "every day at 09:00"),
        ("30 * * * *", "每天 每小时第 30 分", "every day at minute 30 of every hour"),
        ("0 9,18 * * 1", "每周一 09:00、18:00", "every Monday at 09:00 and 18:00"),
        ("0 9 * * 1-3", "每周一、周二、周三 09:00", "every Monday, Tuesday and Wednesday at 09:00"),
        ("0 9 * * 7", "每周日 09:00", "every Sunday at 09:00"),
        ("0 9 1,15 * *", "每月 1 日、15 日 09:00", "every month on day 1 and 15 at 09:00"),
        ("0 9 l * *", "每月 最后一天 09:00", "every month on the last day at 09:00"),
        ("0 9 5 1,4,7,10 *", "每季度首月 5 日 09:00", None),
        ("0 9 20 12 *", "每年 12 月 20 日 09:00", "every year in December on day 20 at 09:00"),
        ("*/10 9 * * *", "按 cron“*/10 9 * * *”", "as cron says: */10 9 * * *"),
        ("0 9 * * mon", "按 cron“0 9 * * mon”", "as cron says: 0 9 * * mon"),
        ("0 */2 * * *", "按 cron“0 */2 * * *”", None),
        ("0 9 1 */2 *", "按 cron“0 9 1 */2 *”", None),
        ("0 9 * 3 1", "按 cron“0 9 * 3 1”", None),
    ],
)
def test_a_term_in_words(term: str, zh: str | None, en: str | None) -> None:
    if zh is not None:
        assert describe(parse_term(term), SHANGHAI, "zh") == zh
    if en is not None:
        assert describe(parse_term(term), SHANGHAI, "en") == en
