"""Many episodes of a task: the progress of each at every frame, and which of them went wrong."""

from inphase.results.formats import Formats

FORMATS = Formats(
    f"{__name__}.writers",
    {
        ".parquet": "progress of each frame, as LeRobot's reward-weighted training reads it",
        ".csv": "each episode's checks",
        ".json": "each episode's checks and progress",
    },
)
