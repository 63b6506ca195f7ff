"""What the server of `processes.py` has imported: what a command imports, and no more.

Keras comes as to a command, without jax, whose callbacks at a garbage collection print
a traceback when Ctrl-C meets them.
"""

from before_keras import backends
from commands import keras_import

with keras_import.without_unused(backends.default()):
    import keras  # noqa: F401

import chapter9.inference.tables
import chapter9.training.train  # noqa: F401
