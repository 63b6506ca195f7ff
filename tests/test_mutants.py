"""The mutation tester: its tests are there, and it sees what they notice."""

import re
from dataclasses import replace

import pytest

from tests.conftest import ROOT, needs_posix
from tests.mutants import rooms

PAGE = ROOT / "docs" / "mutants.md"


def test_every_file_that_is_changed_has_tests_that_are_there():
    files = rooms.files()
    assert len(files) > 50
    for file in files:
        stages = list(rooms.stages(file))
        assert len(set(stages)) == len(stages) > 0
        assert not stages[0].long, "the quick ones come first"
        for stage in stages:
            assert (ROOT / stage.file).is_file(), stage


def test_what_has_code_for_a_backend_is_tried_on_all_of_them():
    stages = rooms.stages("chapter9/equations/gradients.py")
    assert {stage.backend for stage in stages} == {"tensorflow", "jax", "torch"}


def test_the_page_adds_up_and_shows_what_is_asked_of_the_tests():
    text = PAGE.read_text(encoding="utf-8")
    *parts, (_, tried, noticed) = [
        (name, int(tried), int(noticed))
        for name, tried, noticed in re.findall(
            r"^\| ([\w/]+) \| (\d+) \| (\d+) \(\d+%\) \|$", text, re.MULTILINE
        )
    ]
    assert {name for name, _, _ in parts} >= {"chapter9/equations", "chapter9/layers"}
    assert sum(part[1] for part in parts) == tried
    assert sum(part[2] for part in parts) == noticed
    assert noticed >= 0.85 * tried
    survivors = re.findall(r"^\| [\w/]+\.py:\d+ \| .+ \| .+ \|$", text, re.MULTILINE)
    assert len(survivors) == tried - noticed


def test_leaving_out_does_what_its_examples_say():
    pytest.importorskip("cosmic_ray", reason="pip install -e '.[mutants]'")
    from cosmic_ray.mutating import mutate_code

    from tests.mutants.places import LeaveOut

    for example in LeaveOut.examples():
        done = mutate_code(example.pre_mutation_code, LeaveOut(), example.occurrence)
        assert done == example.post_mutation_code


def test_a_seed_is_a_sample():
    pytest.importorskip("cosmic_ray", reason="pip install -e '.[mutants]'")
    from tests.mutants.places import sample

    files = ["before_keras/safety/files.py", "chapter9/run_folder/history.py"]
    first, again, other = (list(sample(files, seed)) for seed in (0, 0, 1))
    assert first == again != other
    assert len(first) > 30
    for mutant in first:
        compile(mutant.text, mutant.file, "exec")
        assert mutant.text != (ROOT / mutant.file).read_text(encoding="utf-8")


@needs_posix
@pytest.mark.long
def test_a_change_is_noticed_and_no_change_is_not(tmp_path):
    pytest.importorskip("cosmic_ray", reason="pip install -e '.[mutants]'")
    from tests.mutants.places import sample
    from tests.mutants.trial import Copy

    file = "before_keras/safety/printable.py"
    source = (ROOT / file).read_text(encoding="utf-8")
    mutant = replace(next(sample([file])), text=source.replace('"?"', '"!"', 1))
    copy = Copy(tmp_path)
    assert "test_printable.py" in copy.noticed_by(mutant, {})
    assert copy.noticed_by(replace(mutant, text=source + "# more\n"), {}) == ""
    assert (copy.folder / file).read_text(encoding="utf-8") == source
    copy.close()
