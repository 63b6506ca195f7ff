"""Who is compared with whom on a GPU: this project has no kernels of its own there."""

from dataclasses import replace

from benchmarks.contender import GPU, Contender
from benchmarks.rows import EMBEDDING, GRU, LSTM, ONE_HOT, Row
from benchmarks.work import BLOCKS, Work

UNITS = (256, 1024)
STEPS = 100  # in a slice; fewer where Python has more to do in each
TORCH_STEPS, LOOP_STEPS = 40, 10
OURS, FIT = "this project", "built-in, fit"
COMPILED, CUDNN = "built-in, compiled epoch", "torch.nn with cuDNN, plain loop"


def works() -> dict[str, Work]:
    """Returns the chapter's models and layers of many units, by their rows' names."""
    chapter = {"embedding": EMBEDDING, "one-hot": ONE_HOT, "lstm": LSTM, "gru": GRU}
    large = {
        f"{cell.lower()}-{units}": Work("features", cell, units, features=128)
        for units in UNITS
        for cell in BLOCKS
    }
    return {
        name: replace(work, steps=STEPS) for name, work in (chapter | large).items()
    }


def contender(name: str, backend: str, work: Work) -> Contender:
    """Returns who trains: OURS, FIT or COMPILED on a backend, or CUDNN on "plain"."""
    function, options = {
        OURS: ("compiled_epoch", {}),
        FIT: ("fit", {}),
        COMPILED: ("compiled_epoch", {"layer": "builtin"}),
        CUDNN: ("torch_loop", {"device": "cuda"}),
    }[name]
    if backend == "torch":
        loops = name == OURS or work.cell == "SimpleRNN"
        work = replace(work, steps=LOOP_STEPS if loops else TORCH_STEPS)
    if backend != "plain":
        name = f"{name}, {backend}"
    return Contender(name, f"{backend}-{GPU}", f"contenders.{function}", work, options)


def rows() -> dict[str, list[Row]]:
    """Returns the rows of the table, by the names that --only takes."""
    found = {
        name: [
            Row(described(work), contender(OURS, backend, work), peer)
            for backend in ("jax", "torch")
            for peer in (
                contender(FIT, backend, work),
                contender(COMPILED, backend, work),
                contender(CUDNN, "plain", work),
            )
        ]
        for name, work in works().items()
    }
    work, ours = works()["embedding"], found["embedding"][0].ours
    found["embedding"].append(Row(described(work), ours, deterministic(work)))
    return found


def deterministic(work: Work) -> Contender:
    """Returns this project after train.py --deterministic, in a process of its own."""
    name, process = "this project --deterministic, jax", f"jax-{GPU}-deterministic"
    return Contender(name, process, "contenders.deterministic", work)


def profiles() -> list[Contender]:
    """Returns those whose kernels are counted, each with the work in its options."""
    found = []
    for name in ("embedding", "lstm", "lstm-256"):
        work = works()[name]
        for who, backend in ((OURS, "jax"), (OURS, "torch"), (CUDNN, "plain")):
            timed = contender(who, backend, work)
            options = {"function": timed.function.split(".")[1]} | timed.options
            options["profiler"] = "jax" if backend == "jax" else "torch"
            profiled = replace(timed, function="gpu.profiled", options=options)
            found.append(replace(profiled, work=replace(work, steps=4)))
    return found


def described(work: Work) -> str:
    """Returns a work in words."""
    if work.model == "features":
        return f"{work.cell} with {work.features} features, {work.units} units"
    return f"{work.cell}, {work.units} units, {work.model} model"
