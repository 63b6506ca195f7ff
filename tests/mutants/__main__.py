"""`make mutants`: changes lines of the product and says which ones no test notices.

Every result is kept in .venv/mutants.jsonl as soon as it is known, so that a run that
was cut short goes on; --again tries those anew that no test noticed.
"""

import argparse
import contextlib
import itertools
import json
import queue
import tempfile
import threading
from pathlib import Path

from tests.conftest import ROOT
from tests.mutants import places, rooms
from tests.mutants.trial import Copy

RESULTS = ROOT / ".venv" / "mutants.jsonl"


def main() -> None:
    """Tries the sample, or what is left of it, and prints the result."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--sample", type=int, default=150, help="changes to try")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--workers", type=int, default=2, help="at the same time")
    parser.add_argument("--results", type=Path, default=RESULTS, help="file of them")
    parser.add_argument("--again", action="store_true", help="the survivors anew")
    options = parser.parse_args()

    everything = places.sample(rooms.files(), options.seed)
    mutants = list(itertools.islice(everything, options.sample))
    results = Results(options.results)
    known = {m for m, test in results.noticed.items() if test or not options.again}
    left = [mutant for mutant in mutants if str(mutant) not in known]
    print(f"{len(mutants)} changes, {len(left)} to try", flush=True)
    jobs: queue.SimpleQueue = queue.SimpleQueue()
    for number, mutant in enumerate(left, 1):
        jobs.put((number, mutant))
    with tempfile.TemporaryDirectory() as folder:
        sound: dict[str, bool] = {}
        workers = [
            threading.Thread(
                target=_work,
                args=(Path(folder) / str(n), jobs, results, sound),
                daemon=True,
            )
            for n in range(options.workers)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    print(report(mutants, results.noticed))


class Results:
    """What is known, in a file with a line of JSON for each result.

    Attributes:
        noticed: change -> the test that noticed it, "" if none did.
    """

    def __init__(self, file: Path):
        self.file, self.lock = file, threading.Lock()
        file.parent.mkdir(parents=True, exist_ok=True)
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        self.noticed: dict[str, str] = dict(map(json.loads, lines))

    def add(self, mutant: places.Mutant, noticed: str) -> None:
        """Keeps a result."""
        with self.lock, open(self.file, "a", encoding="utf-8") as file:
            self.noticed[str(mutant)] = noticed
            print(json.dumps([str(mutant), noticed]), file=file)


def _work(folder, jobs, results, sound) -> None:
    copy = Copy(folder)
    with contextlib.suppress(queue.Empty):
        while True:
            number, mutant = jobs.get_nowait()
            noticed = copy.noticed_by(mutant, sound)
            results.add(mutant, noticed)
            print(f"{number}. {mutant}: {noticed or 'NOT NOTICED'}", flush=True)
    copy.close()


def report(mutants: list[places.Mutant], noticed: dict[str, str]) -> str:
    """Returns the score of each room as a table, and the changes that survived."""
    lines = ["| | changes | noticed |", "|---|---|---|"]
    room = {m: m.file.rpartition("/")[0] for m in mutants}
    for name in [*sorted(set(room.values())), ""]:
        tried = [m for m in mutants if not name or room[m] == name]
        found = sum(bool(noticed.get(str(m))) for m in tried)
        share = found / len(tried)
        lines.append(f"| {name or 'all'} | {len(tried)} | {found} ({share:.0%}) |")
    lines += ["", "Not noticed:", ""]
    lines += [str(m) for m in mutants if not noticed.get(str(m))]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
