"""The commands a workflow's body can give, in source order: what must not change while invoices live.

Replay does not notice every change, and this needs no server. Whoever changes the body patches it
(``workflow.patched``), stores a new history and writes the fingerprint anew, in one commit.
"""

from __future__ import annotations

import ast

COMMANDS = {
    "execute_activity",
    "start_activity",
    "execute_local_activity",
    "start_local_activity",
    "execute_child_workflow",
    "sleep",
    "wait_condition",
    "upsert_search_attributes",
    "upsert_memo",
    "continue_as_new",
    "patched",
    "deprecate_patch",
}


def fingerprint(source: str) -> list[str]:
    """One line for each command, and one for each branch, loop or call that leads to it."""
    lines: list[str] = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef):
            lines.append(f"class {node.name}")
            for method in node.body:
                if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
                    lines += [f"  {method.name}", *_commands(method)]
    return lines


def _commands(method: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    found = []
    for node in ast.walk(method):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner, name = ast.unparse(node.func.value), node.func.attr
            if (owner == "workflow" and name in COMMANDS) or owner == "self":
                found.append((node.lineno, node.col_offset, ast.unparse(node)))
        elif isinstance(node, ast.While | ast.If | ast.match_case):
            test = node.pattern if isinstance(node, ast.match_case) else node.test
            found.append((test.lineno, test.col_offset, f"when {ast.unparse(test)}"))
    return [f"    {text}" for _, _, text in sorted(found)]
