"""One change after another in a copy of the project, until a test notices it."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.conftest import ROOT, find_imdb
from tests.mutants.places import Mutant
from tests.mutants.rooms import Stage, stages

PASSED, FAILED = 0, 1  # pytest's exit codes
SLOWER, MORE = 4, 60  # a change may take 4 times as long as no change, and a minute
LONGEST = 1800  # seconds without a change
FOUND = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


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

    def run(self, stage: Stage, without: list[str], seconds: float) -> dict:
        """Runs tests; returns the exit code (None: too slow), time, and who failed.

        Args:
            stage: the tests.
            without: those that are left out.
            seconds: after which it is too slow.
        """
        server = self.servers.get(stage.backend) or self._server(stage.backend)
        options = ["-q", "-p", "no:cacheprovider", "--color=no", "--timeout=0"]
        left_out = [f"--deselect={test}" for test in without]
        job = {
            "arguments": [*stage.arguments(), *options, *left_out],
            "fork": {"log": str(self.log), "seconds": seconds},
        }
        if seconds < LONGEST:
            job["arguments"].append("-x")
        server.stdin.write(json.dumps(job) + "\n")
        server.stdin.flush()
        answer = json.loads(server.stdout.readline())
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return answer | {"failed": FOUND.findall(text)}

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

    def noticed_by(
        self, mutant: Mutant, unchanged: Callable[["Copy", Stage], dict]
    ) -> str:
        """Returns which test notices a change, "" if none.

        Args:
            mutant: the change.
            unchanged: says how a stage goes without one.
        """
        file = self.folder / mutant.file
        for stage in stages(mutant.file):
            before = unchanged(self, stage)
            if before["code"] not in (PASSED, FAILED):
                continue  # no such tests, or no such backend
            original = file.read_bytes()
            try:
                file.write_text(mutant.text, encoding="utf-8", newline="\n")
                seconds = SLOWER * before["seconds"] + MORE
                now = self.run(stage, before["failed"], seconds)
            finally:
                file.write_bytes(original)
            if now["code"] != PASSED:
                who = now["failed"] or [f"test_{stage.test}.py, {_ended(now['code'])}"]
                return f"{who[0]} on {stage.backend}"
        return ""


def _ended(code: int | None) -> str:
    return "too slow" if code is None else f"exit code {code}"
