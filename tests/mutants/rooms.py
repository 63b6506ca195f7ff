"""Which tests are to notice a change in a file, the quickest first.

Only they are run, because all tests take half an hour. The first pattern that a file
matches counts.
"""

import fnmatch
from collections.abc import Iterator
from dataclasses import dataclass

from tests.conftest import ROOT

BACKENDS = ("tensorflow", "torch", "jax")
FOLDER = "run_files run_settings run_lock new_folder limits remembered_data"

# pattern -> tests, and those whose long ones count too
ROOMS = {
    "chapter9/equations/*.py": ("recurrence verify_gates states_and_gates", ""),
    "chapter9/layers/conversion.py": ("conversion dropin layers", ""),
    "chapter9/layers/*.py": (
        "layers states_and_gates conversion layers_in_models dropin layers_numbers",
        "",
    ),
    "chapter9/training/fit_*.py": ("replay", "replay"),
    "chapter9/training/many_seeds.py": ("many_seeds", "many_seeds"),
    "chapter9/training/batches.py": ("batches review_lines train_epochs", ""),
    "chapter9/training/recorder.py": ("training", "training resume"),
    "chapter9/training/train.py": ("training new_folder", "training resume"),
    "chapter9/training/compiled_epoch.py": (
        "train_epochs compiled_epoch",
        "compiled_epoch",
    ),
    "chapter9/training/blocks.py": ("streaming", "streaming"),
    "chapter9/training/samples.py": ("train_epochs streaming", "streaming"),
    "chapter9/training/processes.py": ("train_epochs joint_training", "joint_training"),
    "chapter9/training/*.py": ("train_epochs compiled_epoch", ""),
    "chapter9/run_folder/seed_runs.py": ("many_seeds run_settings", "many_seeds"),
    "chapter9/run_folder/snapshot.py": ("run_files limits resume", "resume"),
    "chapter9/run_folder/run_lock.py": ("run_lock new_folder", "resume"),
    "chapter9/run_folder/new_folder.py": ("new_folder run_lock", "new_folder"),
    "chapter9/run_folder/history.py": ("run_files training resume", "resume"),
    "chapter9/run_folder/*.py": (f"{FOLDER} training", "resume many_seeds"),
    "chapter9/model_files/*.py": ("model_file run_files parameters", "model_file fuzz"),
    "before_keras/safety/interrupts.py": ("training resume", "resume"),
    "before_keras/safety/printable.py": ("printable show own_reviews", ""),
    "before_keras/safety/files.py": ("limits imdb_cache training", "resume"),
    "before_keras/safety/bounds.py": (
        "limits imdb download review_lines own_reviews run_files batches model_file",
        "fuzz commands",
    ),
    "before_keras/safety/*.py": ("limits imdb run_files own_reviews", "commands"),
}
# What has code for a backend of its own is tried on all of them.
OF_A_BACKEND = ("gradients.py", "loop.py", "epoch_program.py", "recorder.py")


@dataclass(frozen=True)
class Stage:
    """The tests of one file, which are run until one fails.

    Attributes:
        backend: what Keras runs on.
        test: the name of the test file.
        long: whether its long tests are run, or the others.
    """

    backend: str
    test: str
    long: bool = False

    @property
    def file(self) -> str:
        """The test file."""
        return f"tests/test_{self.test}.py"

    @property
    def marked(self) -> str:
        """The marker of these tests, as pytest takes it."""
        return "long" if self.long else "not long"


def stages(file: str) -> Iterator[Stage]:
    """Yields the tests that are to notice a change in a file, in their order."""
    quick, long = next(
        tests for pattern, tests in ROOMS.items() if fnmatch.fnmatch(file, pattern)
    )
    backends = BACKENDS if file.endswith(OF_A_BACKEND) else BACKENDS[:1]
    for backend in backends:
        yield from (Stage(backend, test) for test in quick.split())
    yield from (Stage(BACKENDS[0], test, long=True) for test in long.split())


def files() -> list[str]:
    """Returns the files that are changed."""
    rooms = {pattern.rpartition("/")[0] for pattern in ROOMS}
    return sorted(
        path.relative_to(ROOT).as_posix()
        for room in rooms
        for path in (ROOT / room).glob("*.py")
    )
