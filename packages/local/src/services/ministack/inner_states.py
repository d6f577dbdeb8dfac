"""Writes the states inside Map and Parallel into the history, as Step Functions does; ministack leaves them out."""

import json
from collections.abc import Callable
from contextvars import ContextVar
from types import ModuleType
from typing import Any

# The execution whose inner states run in this thread; None outside of Map and Parallel.
_inner: ContextVar[dict[str, Any] | None] = ContextVar("inner", default=None)

KINDS = {
    "Pass": "_execute_pass",
    "Task": "_execute_task",
    "Choice": "_execute_choice",
    "Wait": "_execute_wait",
    "Parallel": "_execute_parallel",
    "Map": "_execute_map",
}


def record_inner_states(stepfunctions: ModuleType) -> None:
    """Wraps what runs the states of a branch, so that each is entered and exited in the history."""
    run_branch: Callable[..., Any] = stepfunctions._run_sub_machine
    add_event: Callable[..., Any] = stepfunctions._add_event

    def recorded_branch(
        states: dict[str, Any], start_at: str, given: Any, execution: dict[str, Any], context: dict[str, Any]
    ) -> Any:
        token = _inner.set(execution)
        try:
            return run_branch(states, start_at, given, execution, context)
        except Exception:
            name = context["State"]["Name"]
            if states.get(name, {}).get("Type") == "Fail":
                add_event(execution, "FailStateEntered", {"stateEnteredEventDetails": {"name": name}})
            raise
        finally:
            _inner.reset(token)

    stepfunctions._run_sub_machine = recorded_branch  # type: ignore[attr-defined]
    for kind, function in KINDS.items():
        setattr(stepfunctions, function, _recorded(kind, getattr(stepfunctions, function), add_event))


def _recorded(kind: str, run: Callable[..., Any], add_event: Callable[..., Any]) -> Callable[..., Any]:
    def recorded(state: dict[str, Any], given: Any, *rest: Any) -> Any:
        execution = _inner.get()
        if execution is None:
            return run(state, given, *rest)
        # Its last argument is the context, which is moved on while the state runs.
        name = rest[-1]["State"]["Name"]
        entered = {"name": name, "input": json.dumps(given)}
        add_event(execution, f"{kind}StateEntered", {"stateEnteredEventDetails": entered})
        output, following = run(state, given, *rest)
        exited = {"name": name, "output": json.dumps(output)}
        add_event(execution, f"{kind}StateExited", {"stateExitedEventDetails": exited})
        return output, following

    return recorded
