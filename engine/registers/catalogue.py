"""All registers that are declared, in the order of the menu."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import NotFound
from engine.registers.agreement_registers import AGREEMENTS, CLOCKS
from engine.registers.complaint_register import COMPLAINTS
from engine.registers.customer_registers import CONTRACTS, CUSTOMERS
from engine.registers.improvement_register import IMPROVEMENTS
from engine.registers.internal_audit_register import AUDIT_PROGRAMMES, INTERNAL_AUDITS
from engine.registers.nonconformity_register import CORRECTIVE_ACTIONS, NONCONFORMITIES
from engine.registers.project_register import PROJECTS
from engine.registers.register import Register
from engine.registers.report_register import REPORTS
from engine.registers.review_register import MANAGEMENT_REVIEWS
from engine.registers.spare_part_registers import SPARE_PARTS, SPARE_REQUESTS
from engine.registers.survey_register import SURVEYS
from engine.registers.visit_register import PROJECT_VISITS
from engine.registers.watch_register import CONTROLLED_DOCUMENTS, SPOT_CHECKS

_DECLARED: tuple[Register, ...] = (
    COMPLAINTS,
    AUDIT_PROGRAMMES,
    INTERNAL_AUDITS,
    NONCONFORMITIES,
    CORRECTIVE_ACTIONS,
    MANAGEMENT_REVIEWS,
    SURVEYS,
    IMPROVEMENTS,
    PROJECT_VISITS,
    REPORTS,
    SPOT_CHECKS,
    CONTROLLED_DOCUMENTS,
    CUSTOMERS,
    CONTRACTS,
    PROJECTS,
    AGREEMENTS,
    CLOCKS,
    SPARE_PARTS,
    SPARE_REQUESTS,
)

REGISTERS: Mapping[str, Register] = {one.key: one for one in sorted(_DECLARED, key=lambda one: one.order)}


class RegisterUnknown(NotFound):
    """No register of that name."""

    code = "register_unknown"
    zh = "没有找到该台账"
    en = "There is no such register"


def register_of(key: str) -> Register:
    """The register called ``key``. Raises ``RegisterUnknown``."""
    if key not in REGISTERS:
        raise RegisterUnknown()
    return REGISTERS[key]
