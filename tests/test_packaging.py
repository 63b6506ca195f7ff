"""What is installed: ranges, version, wheel and source distribution."""

import importlib.metadata
import itertools
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import before_keras
import chapter9
from before_keras.names import BACKENDS
from tests.conftest import ROOT, own_files

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
PACKAGES = ("before_keras", "chapter9", "models", "verification", "commands")
PYTHONS = ["3.11", "3.12", "3.13"]
SITE = Path(sysconfig.get_path("purelib"))


def lines(name):
    """The lines of a requirements file without its comments."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]


def lower_bound(requirement):
    [bound] = [s.version for s in requirement.specifier if s.operator in (">=", "==")]
    return bound


def test_requirements_txt_is_the_package_with_tensorflow():
    assert lines("requirements.txt") == [
        *PROJECT["project"]["dependencies"],
        *EXTRAS["tensorflow"],
    ]


def test_lowest_txt_has_every_lower_bound():
    """But torch's: on Linux its default build brings gigabytes of CUDA."""
    declared = PROJECT["project"]["dependencies"] + [
        text for name in ("tensorflow", "jax", "pictures") for text in EXTRAS[name]
    ]
    wanted = {
        r.name: SpecifierSet(f"=={lower_bound(r)}") for r in map(Requirement, declared)
    }
    pinned = {r.name: r.specifier for r in map(Requirement, lines("tests/lowest.txt"))}
    assert set(pinned) == set(wanted)
    for name, specifier in pinned.items():
        [pin] = [s.version for s in specifier]
        assert wanted[name].contains(pin), name


def test_the_lock_is_within_the_ranges():
    pins = map(Requirement, lines("requirements.lock"))
    pinned = {canonicalize_name(pin.name): pin.specifier for pin in pins}
    extras = (EXTRAS[name] for name in EXTRAS if name != "mutants")  # not in CI
    declared = itertools.chain(PROJECT["project"]["dependencies"], *extras)
    for requirement in map(Requirement, declared):
        if requirement.name not in ("chapter9", "setuptools"):  # `pip freeze`: neither
            [pin] = [s.version for s in pinned[requirement.name]]
            assert requirement.specifier.contains(pin), requirement.name


def test_no_backend_is_forced_on_who_uses_another_one():
    assert set(BACKENDS) <= set(EXTRAS)
    needed = {Requirement(text).name for text in PROJECT["project"]["dependencies"]}
    assert not needed & {*BACKENDS, "tensorboard"}


def test_the_version_is_one():
    assert chapter9.__version__ == before_keras.__version__
    try:
        installed = importlib.metadata.version("chapter9")
    except importlib.metadata.PackageNotFoundError:
        return  # a clone that is not installed has its version all the same
    assert chapter9.__version__ == installed


def test_the_supported_pythons_are_the_same_everywhere():
    supported = SpecifierSet(PROJECT["project"]["requires-python"])
    named = [
        text.rpartition(" ")[2]
        for text in PROJECT["project"]["classifiers"]
        if "Python :: 3." in text
    ]
    assert named == PYTHONS
    minors = [f"3.{minor}" for minor in range(20) if supported.contains(f"3.{minor}.5")]
    assert minors == PYTHONS


def test_ci_has_three_systems_three_pythons_and_the_lowest_versions():
    text = (ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8")
    jobs = yaml.safe_load(text)["jobs"]
    matrix = jobs["quick"]["strategy"]["matrix"]
    systems = ["ubuntu-latest", "windows-latest", "macos-latest"]
    assert matrix == {"os": systems, "python": PYTHONS}

    def commands(job):
        return [step["run"] for step in jobs[job]["steps"] if "run" in step]

    assert any("pytest" in command for command in commands("quick"))
    assert ".ci/run" in commands("full")
    assert any("-c tests/lowest.txt" in command for command in commands("lowest"))
    assert any("pytest" in command for command in commands("lowest"))


def build(hook, source, folder):
    """Builds a distribution by the build backend's own hook; returns its path."""
    program = (
        "import sys; from setuptools import build_meta; "
        f"print(build_meta.{hook}(sys.argv[1]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder)],
        cwd=source,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder / done.stdout.splitlines()[-1]


@pytest.fixture(scope="module")
def sdist(tmp_path_factory):
    """The source distribution, unpacked."""
    folder = tmp_path_factory.mktemp("sdist")
    for name in own_files():
        (folder / "clone" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / "clone" / name)
    file = build("build_sdist", folder / "clone", folder)
    with tarfile.open(file) as archive:
        archive.extractall(folder, filter="data")
    return folder / file.name.removesuffix(".tar.gz")


@pytest.fixture(scope="module")
def wheel(sdist, tmp_path_factory):
    """The wheel, built from the source distribution as pip does."""
    return build("build_wheel", sdist, tmp_path_factory.mktemp("wheel"))


@pytest.mark.long
def test_the_sdist_has_every_file_of_the_project(sdist):
    missing = {name for name in own_files() if not (sdist / name).is_file()}
    assert missing <= {".gitignore"}


@pytest.mark.long
def test_the_tests_of_the_sdist_run(sdist):
    files = ["architecture", "text", "backends", "packaging", "run_lock"]
    files = [f"tests/test_{name}.py" for name in files]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files],
        cwd=sdist,
        env={**os.environ, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.long
def test_the_wheel_has_the_files_of_the_packages(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    own = {name for name in own_files() if name.partition("/")[0] in PACKAGES}
    assert len(own) > 100
    assert own <= names
    tops = {name.partition("/")[0] for name in names}
    assert tops == {*PACKAGES, f"chapter9-{chapter9.__version__}.dist-info"}


def environment(folder, *left_out):
    """A new environment with this one's packages, but the project and those left out.

    Returns:
        The folder of its programs.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    [site] = folder.glob("[Ll]ib/**/site-packages")
    for path in SITE.iterdir():
        mine = "chapter9" in path.name or path.suffix == ".pth"
        if not mine and not path.name.startswith(left_out or "\0"):
            (site / path.name).symlink_to(path)
    return folder / ("Scripts" if os.name == "nt" else "bin")


def install(wheel, programs):
    command = [sys.executable, "-m", "pip", "--python", str(programs / "python")]
    options = ["install", "--no-deps", "--no-index", "--quiet", str(wheel)]
    subprocess.run([*command, *options], check=True)


def run(programs, folder, *arguments, **variables):
    """Runs the installed command in a folder that has nothing of the project."""
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "KERAS"))
    }
    done = subprocess.run(
        [programs / "chapter9", *map(str, arguments)],
        cwd=folder,
        env={**kept, "LANGUAGE": "en", **variables},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


TRAIN = ("train", "--data", "sample", "--epochs", 1, "--model", "embedding")


@pytest.mark.long
def test_installed_alone_it_trains_and_predicts_anywhere(wheel, tmp_path):
    programs, folder = environment(tmp_path / "venv"), tmp_path / "empty"
    install(wheel, programs)
    folder.mkdir()
    assert run(programs, folder, "--version").strip() == chapter9.__version__
    output = run(programs, folder, *TRAIN, "--out", "run")
    assert "chapter9 evaluate run" in output
    output = run(programs, folder, "predict", "run", "not dull but moving")
    assert "not dull but moving" in output
    assert [path.name for path in folder.iterdir()] == ["run"]


@pytest.mark.long
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_without_tensorflow_it_trains_on_what_there_is(wheel, tmp_path, backend):
    pytest.importorskip(backend)
    others = [f"{name}" for name in ("tensorflow", "tensorboard", "jax", "torch")]
    programs = environment(
        tmp_path / "venv", *(name for name in others if name != backend)
    )
    install(wheel, programs)
    output = run(programs, tmp_path, *TRAIN, "--out", "run")
    assert f"{backend}: an epoch" in output
    assert output.count("no logs/: TensorBoard's log needs tensorflow") == 1
    assert not (tmp_path / "run" / "logs").exists()
    assert "moving" in run(programs, tmp_path, "predict", "run", "not dull but moving")


@pytest.mark.long
def test_without_any_backend_one_line_says_so(wheel, tmp_path):
    programs = environment(tmp_path / "venv", "tensor", "jax", "torch")
    install(wheel, programs)
    done = subprocess.run(
        [programs / "chapter9", *map(str, TRAIN)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": "", "KERAS_BACKEND": "", "LANGUAGE": "en"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr == (
        "error: Keras needs tensorflow, jax or torch, and none is installed: "
        "pip install tensorflow\n"
    )
