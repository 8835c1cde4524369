"""A monotonic clock that a test moves: for what takes its timer as an argument."""


class Timer:
    """Stands still until `now` is set; seconds."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now
