"""What a Python task of a job imports as ``databricks.sdk.runtime``: of ``dbutils``, what runs on a laptop.

That is ``dbutils.jobs.taskValues``; everything else is refused. The same import works in a Databricks job, so that a
file needs no word about where it runs.
Source: docs.databricks.com, "Use task values to pass information between tasks".
"""

import json
import os
from pathlib import Path
from typing import Any, NoReturn

__all__ = ["dbutils"]

MOST_BYTES = 48 * 1024


class _TaskValues:
    """Values that a task leaves for those after it."""

    def set(self, key: str, value: Any) -> None:  # noqa: A003
        """Sets a value: whatever JSON can carry, up to 48 KiB."""
        text = json.dumps(value)
        if len(text.encode()) > MOST_BYTES:
            raise ValueError(f"the task value {key!r} is longer than 48 KiB as JSON")
        with self._folder("set").joinpath("values.jsonl").open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps({'key': key, 'value': value})}\n")

    def get(self, taskKey: str, key: str, default: Any = None, debugValue: Any = None) -> Any:  # noqa: N803
        """Gets a value that an earlier task has set, or the default. ``debugValue`` counts outside a job only."""
        if os.environ.get("LAKEWRIGHT_TASK") is None and debugValue is not None:
            return debugValue
        known = json.loads(self._folder("get").joinpath("upstream.json").read_text(encoding="utf-8"))
        if key in known.get(taskKey, {}):
            return known[taskKey][key]
        if default is None:
            raise ValueError(f"the task {taskKey!r} has set no value {key!r}, and there is no default")
        return default

    @staticmethod
    def _folder(what: str) -> Path:
        folder = os.environ.get("LAKEWRIGHT_TASK")
        if folder is None:
            raise TypeError(f"dbutils.jobs.taskValues.{what} works in a task of a job only")
        return Path(folder)


class _Jobs:
    taskValues = _TaskValues()  # noqa: N815


class _DBUtils:
    jobs = _Jobs()

    def __getattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"dbutils.{name} does not run on a laptop: of dbutils there is jobs.taskValues only")


dbutils = _DBUtils()
