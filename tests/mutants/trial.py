"""One change after another in a copy of the project, until a test notices it."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import ROOT, find_imdb
from tests.mutants.places import Mutant
from tests.mutants.rooms import Stage, stages

PASSED, NO_TESTS = 0, 5  # pytest's exit codes
TEST_SECONDS, STAGE_SECONDS = 180, 1800  # so that a change may loop without end
FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


class Copy:
    """A copy of the project, with processes that run tests in it."""

    def __init__(self, folder: Path):
        self.folder, self.log = folder / "chapter9", folder / "log"
        listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        for name in subprocess.check_output(listed, cwd=ROOT).decode().split("\0"):
            if name and (ROOT / name).exists():
                (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, self.folder / name)
        self.servers: dict[str, subprocess.Popen] = {}

    def close(self) -> None:
        """Ends the processes."""
        for server in self.servers.values():
            server.stdin.close()
            server.wait()

    def run(self, stage: Stage, arguments: list[str]) -> tuple[int | None, str]:
        """Runs tests until one fails.

        Args:
            stage: which, and on what.
            arguments: for pytest.

        Returns:
            The exit code, None if they take too long; and the test that failed.
        """
        server = self.servers.get(stage.backend) or self._server(stage.backend)
        options = ["-x", "-q", "-p", "no:cacheprovider", "--color=no"]
        options += [f"--timeout={TEST_SECONDS}", "-m", stage.marked]
        fork = {"log": str(self.log), "seconds": STAGE_SECONDS}
        job = {"arguments": [*arguments, *options], "fork": fork}
        print(json.dumps(job), file=server.stdin, flush=True)
        code = json.loads(server.stdout.readline())
        text = self.log.read_text(encoding="utf-8", errors="replace")
        failed = FAILED.search(text)
        return code, failed[1] if failed else ""

    def _server(self, backend: str) -> subprocess.Popen:
        """A process for this backend, which writes no .pyc: it could be another's."""
        own = {"KERAS_BACKEND": backend, "PYTHONDONTWRITEBYTECODE": "1"}
        data = find_imdb()
        own |= {"CHAPTER9_DATA": str(data)} if data else {}
        self.servers[backend] = subprocess.Popen(
            [sys.executable, "-m", "tests.mutants.warm"],
            cwd=self.folder,
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **own},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for who started it
        )
        return self.servers[backend]

    def noticed_by(self, mutant: Mutant, sound: dict[str, bool]) -> str:
        """Returns which test notices a change, "" if none.

        Args:
            mutant: the change.
            sound: whether a test passes without a change; what is missing is added.
        """
        for stage in stages(mutant.file):
            unsound: list[str] = []
            while True:
                with self._changed(mutant):
                    code, test = self.run(stage, [stage.file, *unsound])
                if code in (PASSED, NO_TESTS):
                    break
                who = f"{test or stage.file} on {stage.backend}"
                if not test:  # too slow, or Python itself has crashed
                    return f"{who}: {code}"
                if who not in sound:
                    sound[who] = self.run(stage, [test])[0] == PASSED
                if sound[who]:
                    return who
                unsound.append(f"--deselect={test}")
        return ""

    @contextlib.contextmanager
    def _changed(self, mutant: Mutant) -> Iterator[None]:
        file = self.folder / mutant.file
        original = file.read_bytes()
        try:
            file.write_text(mutant.text, encoding="utf-8", newline="\n")
            yield
        finally:
            file.write_bytes(original)
