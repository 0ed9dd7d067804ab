# SPDX-License-Identifier: Apache-2.0
"""Points, score, grade and verdict of one unit in one period. Weights and points are in 0.01."""

from fractions import Fraction

from exact import decimal, rounded, written


def shared(amount, weights):
    """`amount` in proportion to the weights: largest remainder, ties to the first."""
    total = sum(weights)
    parts = [amount * weight // total for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % total), i))
    for i in order[:amount - sum(parts)]:
        parts[i] += 1
    return parts


def redistribute(blocks):
    """blocks: lists of [weight, has data]. The weights used, in the same form."""
    used = [[weight if has else 0 for weight, has in block] for block in blocks]
    homeless = 0
    for block, out in zip(blocks, used):
        lost = sum(weight for weight, has in block if not has)
        living = [i for i, (_, has) in enumerate(block) if has]
        if not living:
            homeless += lost
            continue
        for i, part in zip(living, shared(lost, [out[i] for i in living])):
            out[i] += part
    places = [(b, i) for b, block in enumerate(blocks) for i, (_, has) in enumerate(block) if has]
    if homeless and places:
        for (b, i), part in zip(places, shared(homeless, [used[b][i] for b, i in places])):
            used[b][i] += part
    return used


def ends(criterion, norm):
    """zero and full; `norm` where full is the norm."""
    full = criterion["linear"]["full"]
    return decimal(criterion["linear"]["zero"]), norm if full == "norm" else decimal(full)


def share_of_points(criterion, value, norm=None):
    """The part of the weight that a figure earns."""
    if "linear" in criterion:
        zero, full = ends(criterion, norm)
        return min(max((value - zero) / (full - zero), Fraction(0)), Fraction(1))
    for band in criterion["bands"]:
        if "up_to" not in band or value <= decimal(band["up_to"]):
            return decimal(band["share"])
    raise ValueError("the last band has no bound")


def is_met(criterion, value, norm=None):
    if "linear" in criterion:
        zero, full = ends(criterion, norm)
        at, more = decimal(criterion["met_at"]) if "met_at" in criterion else full, full > zero
    else:
        parts = [decimal(band["share"]) for band in criterion["bands"]]
        more = parts[-1] > parts[0]
        if "met_at" in criterion:
            at = decimal(criterion["met_at"])
        else:
            at = max(decimal(band["up_to"]) for band in criterion["bands"]
                     if decimal(band["share"]) == 1)
    return value >= at if more else value <= at


def score(standard, scored, reported, chosen, vetoes, exemptions=(), norms=None):
    """The members of a body that judge. chosen: indicator -> (it, members, value, sufficient)."""
    if not scored:
        return {"verdict": "not_applicable", "score": None, "grade": None, "blocks": [],
                "grade_limited": False}
    free = {one["criterion"] for one in exemptions}
    exempt = [[one["id"] in free for one in block["criteria"]] for block in standard["blocks"]]
    has = [[reported and chosen[one["indicator"]][3] and one["id"] not in free
            for one in block["criteria"]] for block in standard["blocks"]]
    weights = [[int(decimal(one["weight"]) * 100) for one in block["criteria"]]
               for block in standard["blocks"]]
    used = redistribute([list(zip(*both)) for both in zip(weights, has)])
    lines, points, verdicts = [], [], []
    for b, block in enumerate(standard["blocks"]):
        lines.append({"id": block["id"], "criteria": []})
        for i, one in enumerate(block["criteria"]):
            indicator, members, value, _ = chosen[one["indicator"]]
            earned = None
            verdict = "insufficient_data" if reported else "not_reported"
            if has[b][i]:
                norm = decimal(norms[one["id"]]["value"]) if one["id"] in (norms or {}) else None
                earned = rounded(share_of_points(one, value, norm) * used[b][i], 0)
                points.append(earned)
                verdict = "met" if is_met(one, value, norm) else "not_met"
            if exempt[b][i]:
                verdict = "not_applicable"
            verdicts.append(verdict)
            lines[-1]["criteria"].append({
                "id": one["id"], "indicator": one["indicator"], "verdict": verdict,
                "figure": {**members, "unit": indicator.unit}, "weight": written(weights[b][i], 2),
                "weight_used": written(used[b][i], 2),
                "redistributed": written(used[b][i] - weights[b][i] if reported else 0, 2),
                "points": None if earned is None else written(earned, 2)})
            if one["id"] in (norms or {}):
                lines[-1]["criteria"][-1]["norm"] = norms[one["id"]]
    without = sum(weight for trio in zip(weights, has, exempt) for weight, there, no in zip(*trio)
                  if not there and not no)
    spared = sum(weight for both in zip(weights, exempt) for weight, no in zip(*both) if no)
    total = sum(points) if points else None
    asked = conditions(standard, lines, weights, used, exempt) if points else []
    said = {"exemptions": list(exemptions), "weight_exempt": written(spared, 2)}
    return {"blocks": lines, **(said if exemptions else {}), "vetoes": vetoes,
            "weight_without_data": written(without, 2),
            "score": None if total is None else written(total, 2),
            **judged(standard, total, (without, spared), caps(standard, reported, chosen), verdicts,
                     vetoes, asked)}


def caps(standard, reported, chosen):
    out = []
    for cap in standard.get("caps") or []:
        indicator, members, value, sufficient = chosen[cap["indicator"]]
        if reported and sufficient and (value < decimal(cap["below"]) if "below" in cap
                                        else value > decimal(cap["above"])):
            out.append({"id": cap["id"], "grade": cap["grade"],
                        "figure": {**members, "unit": indicator.unit}})
    return out


def requirements(grade):
    """What `requires` of a grade says: nothing, one condition or a list of them."""
    said = grade.get("requires") or []
    return [said] if isinstance(said, dict) else said


def conditions(standard, lines, weights, used, exempt):
    """Each condition of each grade with the points of its block, and whether they are enough."""
    points, nothing_asked = {}, {}
    for block, own, now, no in zip(lines, weights, used, exempt):
        nothing_asked[block["id"]] = all(no)
        earned = sum(decimal(one["points"]) for one in block["criteria"] if one["points"]) * 100
        points[block["id"]] = rounded(earned * sum(own) / sum(now), 0) if sum(now) else None
    out = []
    for grade in standard["grades"]:
        for one in requirements(grade):
            has, least = points[one["block"]], int(decimal(one["at_least"]) * 100)
            out.append({"grade": grade["id"], "block": one["block"], "at_least": written(least, 2),
                        "points": None if has is None else written(has, 2),
                        "holds": nothing_asked[one["block"]] or has is not None and has >= least})
    return out


def judged(standard, total, unmeasured, acting, verdicts, vetoes, asked):
    without, spared = unmeasured
    grades = [str(grade["id"]) for grade in standard["grades"]]
    most = decimal(standard.get("max_weight_without_data", "40")) * 100
    enough = total is not None and without <= most
    at, limited = None, False
    if enough and without + spared <= most:
        at = next(i for i, grade in enumerate(standard["grades"])
                  if total >= decimal(grade["min"]) * 100)
        limited = at == 0 and without > 0 and len(grades) > 1
        at += limited
    by_score = at
    if at is not None:
        at = max([at, *(grades.index(cap["grade"]) for cap in acting)])
        unmet = {grades.index(one["grade"]) for one in asked if not one["holds"]}
        while at in unmet:
            at += 1
    if vetoes:
        at = len(grades) - 1
    if set(verdicts) == {"not_applicable"}:
        verdict = "not_applicable"
    elif "not_reported" in verdicts:
        verdict = "not_reported"
    elif not enough:
        verdict = "insufficient_data"
    else:
        verdict = next((word for word in ("not_met", "insufficient_data") if word in verdicts),
                       "not_met" if vetoes else "met")
    said = {"conditions": asked} if any(map(requirements, standard["grades"])) else {}
    return {**said, "grade": None if at is None else grades[at], "caps": acting, "verdict": verdict,
            "grade_by_score": None if by_score is None else grades[by_score],
            "grade_limited": limited}
