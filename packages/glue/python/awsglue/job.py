"""The beginning and end of a job. Bookmarks are not kept: a job that enables them is refused before it runs."""

from collections.abc import Mapping

from awsglue.context import GlueContext


class Job:
    """Docs: "Job bookmarks", `job.init` and `job.commit`."""

    def __init__(self, glue_context: GlueContext) -> None:
        self.glue_context = glue_context
        self.name = ""

    def init(self, job_name: str, args: Mapping[str, str] | None = None) -> None:
        """Names the run."""
        self.name = job_name

    def commit(self) -> None:
        """Ends the run; there is no bookmark to move on."""
