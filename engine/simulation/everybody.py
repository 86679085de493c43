"""All that simulated people answer and begin, and what happens outside the house every day."""

from __future__ import annotations

from collections.abc import Mapping

from engine.simulation import answers_desk, answers_quality, answers_reports, answers_service, answers_survey
from engine.simulation.play import Daily
from engine.simulation.scene import Answer, Start, Step

ANSWERS: Mapping[Step, Answer] = {
    **answers_desk.ANSWERS,
    **answers_quality.ANSWERS,
    **answers_reports.ANSWERS,
    **answers_service.ANSWERS,
    **answers_survey.ANSWERS,
}
STARTS: tuple[Start, ...] = (*answers_desk.STARTS, *answers_service.STARTS, *answers_survey.STARTS)
DAILY: tuple[Daily, ...] = (answers_survey.customers_answer,)
