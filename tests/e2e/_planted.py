"""Evidence of sound runs for the checker's own tests, made by hand."""

from typing import Any

from _checker import Evidence

_PARTNERS = ("demo", "second")
AMOUNT = 50_000_000
LATER = "2026-01-01 09:30:00"


def history(partner: str, number: str, call: int, kind: str = "apply") -> list[dict[str, Any]]:
    head = {"call": call, "kind": kind, "partner": partner, "order_no": number}
    told = {"status": 200, "code": "200", "message": "操作成功", "data": f'"{partner}{number}"'}
    return [{**head, "type": "invoke"}, {**head, "type": "ok", **told}]


def asked(
    order: str, section: str, business_no: str, call: int, expected: str = "", code: str = "200"
) -> list[dict[str, Any]]:
    """A request of a tour of demo's order, and its answer: a no where the code is 500."""
    head = {"call": call, "kind": section, "partner": "demo", "order_no": order}
    head |= {"business_no": business_no, "guarantee_no": f"BH-demo-{order}", "expected": expected}
    told = {"status": 200, "code": code, "message": "", "data": ""}
    return [{**head, "type": "invoke"}, {**head, "type": "fail" if code == "500" else "ok", **told}]


def make_result(order: str, section: str, business_no: str, success: bool = True) -> dict[str, Any]:
    receipt = make_receipt("demo", f"BH-demo-{order}", section, f"r-{business_no}")
    numbers = {"business_no": business_no, "guarantee_no": f"BH-demo-{order}"}
    return {**receipt, **numbers, "success": success}


def proposed(order: str, section: str, **changed: str) -> dict[str, Any]:
    """The institution's decision to ask the platform about demo's order itself."""
    row = {"id": f"d-{order}", "partner": "demo", "order_no": order, "section": section}
    row |= {"guarantee_no": f"BH-demo-{order}", "result": "applied", "said": ""}
    return {**row, **changed}


def answered(order: str, section: str, number: str, call: int, yes: bool) -> list[dict[str, Any]]:
    """The platform's 3.10 or 3.12 to what the institution asked."""
    result = {"operateResult": "0" if yes else "1"}
    return [{**row, **result} for row in asked(order, section, number, call)]


def make_receipt(partner: str, number: str, section: str, identity: str) -> dict[str, Any]:
    return {
        "partner": partner,
        "section": section,
        "number": number,
        "guarantee_no": f"BH-{partner}-{number}" if section == "3.2" else "",
        "success": section == "3.2",
        "body_sha256": f"sha-{identity}",
        "headers": {"idempotency-key": identity},
        "verdict": "accepted",
        "message": "",
    }


def make_record(topic: str, subject: str, sequence: int, id_: str, type_: str) -> dict[str, Any]:
    return {
        "topic": topic,
        "subject": subject,
        "sequence": sequence,
        "id": id_,
        "type": type_,
        "causation": "",
    }


def make_guarantee(partner: str, order: str, **changed: Any) -> dict[str, Any]:
    row = {"partner": partner, "number": f"BH-{partner}-{order}", "order_no": order}
    return {**row, "status": "sealed", "amount_fen": AMOUNT, **changed}


def tour(evidence: Evidence, order: str, *results: dict[str, Any]) -> None:
    """The order, its letter and the results of its tour, the records of the notices too."""
    row = {"partner": "demo", "number": order, "business_no": order}
    evidence.history += history("demo", order, 500 + len(evidence.history))
    evidence.orders.append({**row, "status": "issued", "amount_fen": AMOUNT})
    evidence.guarantees.append(make_guarantee("demo", order))
    evidence.registered.append({"partner": "demo", "unique_value": order})
    issued = {**make_receipt("demo", order, "3.2", f"n-{order}")}
    type_, flow = "guarantee.event.v1.OrderLetterIssued", f"demo/order/{order}"
    evidence.records.append(make_record("events", flow, 1, f"e-{order}", type_))
    for at, receipt in enumerate((issued, *results), 1):
        identity = receipt["headers"]["idempotency-key"]
        evidence.receipts.append(receipt)
        type_ = "guarantee.partner.v1.X"
        evidence.records.append(make_record("notices", flow, at, identity, type_))


def toured() -> Evidence:
    """Letters after their ends: R given back, S kept by a withdrawal, P restored and paid although
    its withdrawal was asked for, Z cancelled and invoiced; one line of credit is in force, one was
    given back. X cancelled as we proposed, Y paid and V not paid as we demanded; D's deadline
    moved."""
    evidence = sound()
    tour(evidence, "R", make_result("R", "3.16", "TH-R"))
    evidence.history += asked("R", "3.15", "TH-R", 601, "success")
    evidence.guarantees[-1]["status"] = "refunded"
    tour(evidence, "S")
    evidence.history += asked("S", "3.15", "TH-S", 602) + asked("S", "3.18", "TH-S", 603)
    tour(evidence, "P", make_result("P", "3.8", "HY-P"), make_result("P", "3.12", "LP-P"))
    evidence.history += asked("P", "3.22", "", 604) + asked("P", "3.7", "HY-P", 605)
    evidence.history += asked("P", "3.11", "LP-P", 606, "success")
    evidence.history += asked("P", "3.19", "LP-P", 607, "refused", "500")
    evidence.guarantees[-1] |= {"status": "paid", "amount_fen": 0}
    tour(evidence, "Z", make_result("Z", "3.14", "FP-Z"), make_result("Z", "3.10", "ZX-Z"))
    evidence.history += asked("Z", "3.13", "FP-Z", 608, "success")
    evidence.history += asked("Z", "3.9", "ZX-Z", 609)
    evidence.guarantees[-1]["status"] = "cancelled"
    tour(evidence, "C1", make_result("C1", "3.6", "SX-C1"))
    evidence.history += asked("C1", "3.5", "SX-C1", 610, "success")
    evidence.history += asked("C1", "3.21", "CX-C1", 611, "1", "1")
    tour(evidence, "C2", make_result("C2", "3.6", "SX-C2"))
    evidence.history += asked("C2", "3.5", "SX-C2", 612)
    evidence.history += asked("C2", "3.17", "SX-C2", 613, "may refuse")
    _wishes(evidence)
    tour(evidence, "D")
    evidence.history += [{**row, "bzjEndTime": LATER} for row in asked("D", "3.23", "", 614)]
    evidence.deadlines.append({"partner": "demo", "number": "D", "deadline": LATER})
    evidence.cases += [
        {"service": service, "partner": "demo", "business_no": number, "status": status}
        for service, number, status in (
            ("claim", "LP-P", "paid"),
            ("invoice", "FP-Z", "issued"),
            ("credit", "SX-C1", "granted"),
            ("credit", "SX-C2", "withdrawn"),
            ("claim", "O-Y", "paid"),
            ("claim", "O-V", "refused"),
        )
    ]
    return evidence


def _wishes(evidence: Evidence) -> None:
    for order, section, answer, yes, changed in (
        ("X", "3.9", "3.10", True, {"status": "cancelled"}),
        ("Y", "3.11", "3.12", True, {"status": "paid", "amount_fen": 0}),
        ("V", "3.11", "3.12", False, {}),
    ):
        tour(evidence, order, make_result(order, section, f"O-{order}"))
        evidence.guarantees[-1] |= changed
        evidence.decisions.append(proposed(order, section))
        evidence.history += answered(order, answer, f"O-{order}", 620 + ord(order), yes)
        topic, kind, event = {
            "3.9": ("events", "guarantee", "GuaranteeCancellationProposed"),
            "3.11": ("claim events", "claim", "ClaimPresented"),
        }[section]
        flow, type_ = f"demo/{kind}/BH-demo-{order}", f"guarantee.event.v1.{event}"
        evidence.records.append(make_record(topic, flow, 1, f"p-{order}", type_))
    type_ = "guarantee.event.v1.GuaranteeCancelled"
    evidence.records.append(make_record("events", "demo/guarantee/BH-demo-X", 2, "x-X", type_))


def sound() -> Evidence:
    """Two partners with the same three orders; the first is cancelled twice, in vain."""
    evidence = Evidence(leftovers={"notices unaccepted": 0})
    call = 0
    for partner in _PARTNERS:
        for number in ("A", "B", "C"):
            call += 10
            flow, name = f"{partner}/order/{number}", f"{partner}-{number}"
            evidence.history += history(partner, number, call)
            evidence.history += history(partner, number, call + 1, "repeat")
            row = {"partner": partner, "number": number, "business_no": number}
            evidence.orders.append({**row, "status": "issued", "amount_fen": AMOUNT})
            evidence.guarantees.append(make_guarantee(partner, number))
            evidence.registered.append({"partner": partner, "unique_value": number})
            evidence.receipts.append(make_receipt(partner, number, "3.2", f"n-{name}"))
            type_ = "guarantee.event.v1.OrderLetterIssued"
            issued = make_record("events", flow, 1, f"e-{name}", type_)
            notice = make_record("notices", flow, 1, f"n-{name}", "guarantee.partner.v1.X")
            evidence.records += [issued, notice]
    for turn in (1, 2):
        identity = f"c{turn}"
        evidence.history += history("demo", "A", turn, "cancel")
        evidence.receipts.append(make_receipt("demo", "A", "3.4", identity))
        type_ = "guarantee.partner.v1.Y"
        record = make_record("notices", "demo/order/A", turn + 1, identity, type_)
        evidence.records.append(record)
    return evidence
