"""What `./run mutate` takes away: each sentence of the sharing rule, and each place in the house that asks who may.

A mutant is one file with one question taken out, so that the answer is always yes. Its name says where and what, without
line numbers, so that it stays the same when something else in the file is rewritten.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.trust.sentences import SENTENCES

ROOT = Path(__file__).resolve().parents[2]
APPS = ("organisation", "cases", "consent", "meetings", "plans", "desk", "privacy", "insight")
# Called for its answer: what the answer is when everything is allowed.
YES = {
    "has_read_guidance", "is_writer", "is_koordinator", "is_system_admin", "is_leader_of", "is_confirmed", "is_against",
    "knows", "_knows", "concerns", "_is_for_all", "stands",
}  # fmt: skip
YES_LIKE = ("may_", "_may_", "can_")
OPEN = {
    "is_against": "False",
    "_address_is_kept": "False",
    "is_small": "False",
    # clues to a protected address, and names in a text that it is not marked with
    "guards_of": "[]",
    "against": "[]",
    "clues_in": "[]",
    "board_clues": "[]",
    "learnt_since": "[]",
    "found_for": "[]",
    "sheltered": "frozenset()",
    "unmarked": "()",
    "_asked_about_clues": "None",
}
# Called to refuse: taken away where the call stands alone; but not what asks how far a thing has come, whoever asks.
REFUSES = ("demand_", "_demand_")
STATE = {
    "demand_planned", "demand_draft", "_demand_begun", "_demand_fits", "_demand_same_number", "_demand_new",
    "_demand_apart", "_demand_unsettled",
}  # fmt: skip
ALONE = {"_may_have", "_seen", "_readable", "log_delivery", "delivered"}
# Called for the standing they give: what gives it to more people. `{}` is what leads from the second argument to the forløb.
_ANYBODY = "__import__('cases.access', fromlist=['x']).demand_participant({0}, {1}{2})"
WIDER = {
    "demand_tovholder": "",
    "demand_worker": ".forloeb",
    "demand_framer": ".forloeb",
    "demand_writer": ".plan.forloeb",
}
# Questions to a list of rows: all of them instead.
NARROWS = {"seen_by", "visible_to", "giving_access", "led_by", "led_under", "received_by", "may_drive"}
# Decorators that only let some in.
DECORATORS = {
    "guided": "(lambda view: view)",
    "admin_view": "(lambda view: view)",
    "koordinator_view": "(lambda view: view)",
    "reviewer_view": "(lambda view: view)",
    "board_view": "__import__('meetings.access', fromlist=['x']).meeting_view",
}
LOADERS = ("forloeb_view", "loads")
# `if …: raise Refused`: every one in access.py and in a `demand_*`; elsewhere those that ask about who acts.
REFUSALS = {"Refused", "Http404"}
ACTS = {"by", "user", "standing", "reader"}
# Mutants that change nothing anybody could notice: name → why.
EQUIVALENT: dict[str, str] = {
    "cases/views/forloeb.py forloeb_list: Forloeb.objects.visible_to(request.user) → Forloeb.objects.all() (2)": (
        "of these only those one leads are counted, and a tovholder sees what they lead"
    ),
    "cases/views/start.py _begin: Henvendelse.objects.visible_to(request.user) → Henvendelse.objects.all()": (
        "who answered a henvendelse sees it, and without a forløb nobody can be barred from it"
    ),
    "consent/network.py _may_read_note: facts.kept_from → ()": "a contact that is kept from the reader has no line",
    "consent/network.py _may_read_note: facts.kept_from → frozenset()": "as above",
    "consent/text_views.py text_publish: texts.demand_editor(request.user) → None": "the act asks the same",
    "meetings/page.py _smileys: standing.is_tovholder → True": "it spares the others a question; the next one asks again",
    "consent/sharing.py may_see: facts.meeting_of_board is not None and →": "nobody was present at no meeting",
    "consent/sharing.py may_see: own = bool(facts.contributed_by) and → own =": "no reader's recipient is empty",
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """line, end: the statement that is changed. function: the one it stands in, or decorates; inside: it runs with it."""

    name: str
    path: str
    text: str
    line: int
    end: int
    function: str = ""
    inside: bool = True


def mutants() -> list[Mutant]:
    found: list[Mutant] = []
    for app in APPS:
        for file in sorted((ROOT / app).rglob("*.py")):
            if not {"migrations", "scenario"} & set(file.parts):
                found += _of_file(file)
    seen: Counter[str] = Counter()
    told = []
    for one in found:
        seen[one.name] += 1
        again = f" ({seen[one.name]})" if seen[one.name] > 1 else ""
        told.append(Mutant(one.name + again, one.path, one.text, one.line, one.end, one.function, one.inside))
    return told


def _of_file(file: Path) -> Iterator[Mutant]:
    path, source = file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")
    tree = ast.parse(source)
    where = _Places(tree)
    for old, new in SENTENCES.get(path, ()):
        if source.count(old) != 1:
            sys.exit(f"{path} says {source.count(old)} times: {old}")
        line = source[: source.index(old)].count("\n") + 1
        told = f"{_short(old)} → {_short(new)}"
        yield Mutant(
            f"{path} {where.function(line)}: {told}".rstrip(),
            path,
            source.replace(old, new),
            line,
            line + old.rstrip("\n").count("\n"),
            where.function(line),
            where.is_inside(line),
        )
    if path in ("consent/sharing.py", "consent/basis.py"):
        return  # its sentences say all of it
    raw, starts = source.encode(), [0]
    for row in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(row.encode()))
    for node, put in _changes(tree, where, file.name == "access.py"):
        begin = starts[node.lineno - 1] + node.col_offset
        end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        first, last = where.statement(node)
        function = where.function(node.lineno)
        yield Mutant(
            f"{path} {function}: {_short(ast.unparse(node))} → {_short(put)}",
            path,
            (raw[:begin] + put.encode() + raw[end:]).decode(),
            first,
            last,
            function,
            where.is_inside(node.lineno),
        )


def _short(code: str) -> str:
    told = " ".join(code.split())
    return told if len(told) <= 70 else f"{told[:69]}…"


def _name(node: ast.AST) -> str:
    """Of a name, an attribute, or a call of one of them."""
    if isinstance(node, ast.Call):
        return _name(node.func)
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


# --- what is changed into what --------------------------------------------------------------------------------------------
def _changes(tree: ast.Module, where: _Places, is_access: bool) -> Iterator[tuple[ast.expr, str]]:
    in_text = {id(one) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for one in ast.walk(node)}
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if id(node) in in_text:
            continue
        if isinstance(node, ast.Call):
            yield from _of_call(node, id(node) in alone)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            if node.attr == "is_tovholder":
                yield node, "True"
            elif node.attr == "kept_from" and _name(node.value) == "facts":
                yield node, "frozenset()"
        elif isinstance(node, ast.If) and _refuses(node.body) and not _is_asked_already(node.test):
            function = where.function(node.lineno)
            is_demand = function.startswith(REFUSES) and function not in STATE
            if is_access or is_demand or _asks_about_who_acts(node.test):
                yield node.test, "False"
        elif isinstance(node, ast.FunctionDef):
            yield from ((one, DECORATORS[_name(one)]) for one in node.decorator_list if _name(one) in DECORATORS)
        elif isinstance(node, ast.keyword) and node.arg == "kept_from" and not isinstance(node.value, ast.Constant):
            yield node.value, "()"


def _of_call(node: ast.Call, is_alone: bool) -> Iterator[tuple[ast.expr, str]]:
    name = _name(node)
    if name in NARROWS and isinstance(node.func, ast.Attribute):
        yield node, f"{ast.unparse(node.func.value)}.all()"
    elif name in OPEN:
        yield node, OPEN[name]
    elif (name in YES or name.startswith(YES_LIKE)) and node.args:
        if name not in ALONE:
            yield node, "True"
        elif is_alone:
            yield node, "None"
    elif name in STATE:
        return
    elif name.startswith(REFUSES) or name in ALONE:
        if is_alone:
            yield node, "None"
        elif name in WIDER:
            by, of = map(ast.unparse, node.args[:2])
            yield node, _ANYBODY.format(by, of, WIDER[name])
    elif name in LOADERS:
        yield from ((one, "None") for one in node.args if _name(one).startswith((*REFUSES, "guidance_read")))
    elif name == "share" and node.args:
        rows = ast.unparse(node.args[0])
        yield node, f"__import__('consent.sharing', fromlist=['x']).SharedItems(list({rows}), 0)"
    elif name == "filter" and isinstance(node.func, ast.Attribute) and "arred" in ast.unparse(node.func.value):
        yield node, f"{ast.unparse(node.func.value)}.none()"
    elif name == "set" and isinstance(node.func, ast.Attribute) and _name(node.func.value) == "kept_from":
        yield node, "None"


def _refuses(body: list[ast.stmt]) -> bool:
    return isinstance(body[-1], ast.Raise) and body[-1].exc is not None and _name(body[-1].exc) in REFUSALS


def _asks_about_who_acts(test: ast.expr) -> bool:
    handed_on = {id(one) for node in ast.walk(test) if isinstance(node, ast.keyword) for one in ast.walk(node.value)}
    return any(_name(one) in ACTS for one in ast.walk(test) if id(one) not in handed_on)


def _is_asked_already(test: ast.expr) -> bool:
    """`if not may_see(…)`: the call itself is taken away."""
    asked = test.operand if isinstance(test, ast.UnaryOp) else test
    return isinstance(asked, ast.Call) and any(True for _ in _of_call(asked, False))


# --- where it stands --------------------------------------------------------------------------------------------------------
class _Places:
    def __init__(self, tree: ast.Module) -> None:
        self.functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        self.statements: dict[int, ast.stmt] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.stmt):
                for child in ast.iter_child_nodes(node):
                    if not isinstance(child, ast.stmt):
                        self.statements |= {id(one): node for one in ast.walk(child)}

    def function(self, line: int) -> str:
        """The innermost function, or the one whose decorators these are."""
        around = [one for one in self.functions if _first(one) <= line <= (one.end_lineno or line)]
        return max(around, key=_first).name if around else ""

    def is_inside(self, line: int) -> bool:
        """Does it run when a function runs, not when the file is read? What makes a view's decorator runs when it is read."""
        around = [one for one in self.functions if one.body[0].lineno <= line <= (one.end_lineno or line)]
        innermost = max(around, key=_first, default=None)
        return innermost is not None and not (innermost.returns and "[View]" in ast.unparse(innermost.returns))

    def statement(self, node: ast.AST) -> tuple[int, int]:
        """First and last line of what is executed in one go; of `if` and `for` the head only."""
        found = self.statements[id(node)]
        body = getattr(found, "body", None)
        last = body[0].lineno - 1 if isinstance(body, list) else found.end_lineno
        return found.lineno, max(found.lineno, last or 0)


def _first(function: ast.FunctionDef) -> int:
    return min([function.lineno, *(one.lineno for one in function.decorator_list)])
