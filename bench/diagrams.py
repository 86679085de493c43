"""The two processes the benchmarks run: a small callback and a realistic purchase with 28 nodes."""

from __future__ import annotations

from tests.support.diagrams import Diagram, called, multiple


def callback() -> Diagram:
    """Three user tasks, two boundary timers."""
    diagram = Diagram("callback").start().user("call", camunda_dueDate="PT24H")
    diagram.boundary("remind", "call", "PT20H", interrupting=False).user("chase").end("chased")
    diagram.boundary("overdue", "call", "PT24H", interrupting=False).user("explain").end("explained")
    diagram.user("note").user("close").end()
    diagram.flow("begin", "call", "note", "close", "done")
    return diagram.flow("remind", "chase", "chased").flow("overdue", "explain", "explained")


def vendor() -> Diagram:
    """What the purchase calls."""
    diagram = Diagram("vendor").start("v_begin").user("v_sanction").user("v_confirm").end("v_done")
    return diagram.flow("v_begin", "v_sanction", "v_confirm", "v_done")


def purchase() -> Diagram:
    """Lanes, three boundary timers, nine quotes in parallel, a call activity, a fork and a loop."""
    diagram = Diagram("purchase").start().user("submit").script("normalise", "amount * quantity", "total")
    diagram.exclusive("big").user("manager", camunda_dueDate="P3D").exclusive("approved")
    diagram.boundary("remind", "manager", "PT24H", interrupting=False).user("nudge").end("nudged")
    diagram.boundary("escalate", "manager", "P3D").user("director").exclusive("approvals")
    diagram.user("quote", multiple("suppliers", "supplier")).node("callActivity", "vet", **called("vendor"))
    diagram.user("negotiate").parallel("fork").user("order").user("legal").user("sign").parallel("join")
    diagram.boundary("slow", "legal", "P5D", interrupting=False).user("chase").end("chased")
    diagram.user("receive").user("invoice").exclusive("matches").user("pay").user("archive").end()
    diagram.flow("begin", "submit", "normalise", "big").flow("big", "manager", when="total > 100")
    diagram.flow("big", "approvals", default=True).flow("manager", "approved")
    diagram.flow("approved", "submit", when="rejected").flow("approved", "approvals", default=True)
    diagram.flow("escalate", "director", "approvals").flow("remind", "nudge", "nudged")
    diagram.flow("approvals", "quote", "vet", "negotiate", "fork").flow("fork", "order", "join")
    diagram.flow("fork", "legal", "sign", "join", "receive", "invoice", "matches").flow("slow", "chase", "chased")
    diagram.flow("matches", "receive", when="mismatch").flow("matches", "pay", default=True)
    diagram.flow("pay", "archive", "done")
    diagram.lane("requester", "submit", "receive", "archive").lane("manager", "manager", "director", "nudge")
    diagram.lane("buyer", "quote", "vet", "negotiate", "order", "chase").lane("legal", "legal", "sign")
    return diagram.lane("accounts", "invoice", "pay")


PURCHASE_FORMS: dict[str, dict[str, object]] = {
    "submit": {
        "amount": 400,
        "quantity": 5,
        "priority": "low",
        "title": "Laptops for the sales team",
        "cost_center": "CC-1042",
        "rejected": False,
        "mismatch": False,
        "suppliers": [{"id": i, "name": f"Supplier {i}", "country": "DE", "rating": 4.5} for i in range(9)],
        "lines": [{"sku": f"SKU-{i}", "qty": 1, "price": 80.5} for i in range(5)],
    },
    "manager": {"comment": "fine", "rejected": False},
    "quote": {"price": 100, "days": 3},
    "v_sanction": {"sanction_ok": True},
    "v_confirm": {"vendor_note": "checked"},
    "negotiate": {"terms": "30 days net"},
    "order": {"po_number": "PO-7781"},
    "legal": {"legal_ok": True},
    "sign": {"signed_by": "director"},
    "receive": {"received": 5},
    "invoice": {"invoice_ok": True, "mismatch": False},
    "pay": {"paid": True},
    "archive": {"archived": True},
}
CALLBACK_FORMS: dict[str, dict[str, object]] = {
    "call": {"reached": True, "score": 5},
    "note": {"note": "wants an offer"},
    "close": {"closed": True},
}
