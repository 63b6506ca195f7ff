"""Who is measured: a function with its arguments, in a process of its own."""

from dataclasses import asdict, dataclass, field
from importlib import import_module

from benchmarks.work import Work

ONE_THREAD, GPU = "one_thread", "gpu"


@dataclass(frozen=True)
class Contender:
    """A function of one of this folder's modules, in a process of its own.

    Attributes:
        name: as the table has it.
        process: the Keras backend, "plain" for what needs none; ONE_THREAD after a
            hyphen gives it one thread, GPU there has it refuse to run on anything else;
            any other word only keeps two processes of one backend apart.
        function: module.name.
        work: for training steps.
        options: other arguments of the function.
    """

    name: str
    process: str
    function: str
    work: Work | None = None
    options: dict = field(default_factory=dict, hash=False)

    @classmethod
    def from_dict(cls, values: dict) -> "Contender":
        """Reads what `dataclasses.asdict` wrote."""
        work = values["work"] and Work(**values["work"])
        return cls(**values | {"work": work})

    def prepare(self):
        """Returns what runs it, called in its own process.

        Raises:
            RuntimeError: if it belongs on a GPU and its backend sees none.
        """
        backend, *rest = self.process.split("-")
        if GPU in rest:
            import_module("benchmarks.gpu").check(backend)
        module, name = self.function.split(".")
        function = getattr(import_module(f"benchmarks.{module}"), name)
        return function(*[self.work] if self.work else [], **self.options)

    @property
    def key(self) -> str:
        """A name for messages and results, unlike every other contender's."""
        return repr(asdict(self))
