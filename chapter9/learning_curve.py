"""The learning curve of a run as a picture."""

from pathlib import Path

from chapter9.files import atomic
from chapter9.run import best_epoch


def draw(history: dict[str, list[float]], title: str, path: Path) -> None:
    """Writes loss and accuracy over the epochs, as section 9-2 plots the loss.

    Args:
        history: loss, val_loss, accuracy and val_accuracy, a number an epoch.
        title: stands above the picture.
        path: a .png or .svg file.

    Raises:
        ImportError: without matplotlib, the extra "pictures".
    """
    from matplotlib.figure import Figure

    epochs = range(1, len(history["loss"]) + 1)
    figure = Figure(figsize=(9, 3.5), layout="constrained")
    figure.suptitle(title)
    for axes, name in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
        axes.plot(epochs, history[name], "o-", ms=3, label="training")
        axes.plot(epochs, history[f"val_{name}"], "s--", ms=3, label="validation")
        axes.axvline(best_epoch(history) + 1, color="gray", lw=1, ls=":")
        axes.set(xlabel="epoch", ylabel=name)
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.grid(alpha=0.3)
        axes.legend()
    with atomic(path) as temporary:
        figure.savefig(temporary, dpi=150)
