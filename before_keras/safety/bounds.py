"""How much of what a stranger wrote is read, held and shown: every bound, once.

A bound is well above what Keras and this project write. Code says `bounds.MAX_...`, so
that a test can change one here.
"""

# Memory in bytes, and seconds.
MAX_MEMORY = 300 * 2**20  # that reading a file may take; IMDB itself needs half of it
MAX_HELD = 64 * 2**20  # of padded reviews; IMDB's 25,000 of 500 timesteps have 50
MAX_HDF5_SECONDS = 5  # of a processor; a good file takes less than one
MAX_HDF5_WALL_SECONDS = 60  # the same on a busy machine
MAX_CONNECT_SECONDS = 10  # to a server
MAX_SILENT_SECONDS = 30  # between two pieces of a download

# Files, in bytes.
MAX_TEXT_FILE = 4 * 2**20  # JSON or CSV; IMDB's word index, the largest, has 2 million
MAX_ARRAYS = 280 * 2**20  # unpacked; IMDB's largest has 14 million, EfficientNetB7 269
MAX_MODEL_FILE = MAX_ARRAYS + 2 * MAX_TEXT_FILE  # the weights, and the texts with them
MAX_IMDB_FILE = 2**30  # four arrays; Keras's has 17 million
MAX_ZIP_READ = 2 * MAX_TEXT_FILE  # at once: a text, or the list of members
MAX_DOWNLOAD = 64 * 2**20  # Keras's imdb.npz has 17 million
MAX_OWN_FILE = 2**32  # a user's reviews; on disk their tokens take 4 bytes each
MAX_REVIEWS_FILE = 16 * 2**20  # one review a line; of IMDB's it holds 12,000

# Texts, in characters.
MAX_NAME = 80  # shown of a name: a line
MAX_REASON = 300  # shown of what a library says
MAX_ERROR = 1_000  # shown of an error: a path, a reason and a remedy
MAX_PATH = 1_000  # of a layer or a weight in a model; EfficientNetB7's longest has 53
MAX_SEARCHED = 300_000_000  # for names of layers; in EfficientNetB7's paths 70 million
MAX_REVIEW = 100_000  # IMDB's longest has 14,000
MAX_LINE = 1_000_000  # of a file of reviews, with all its columns
MAX_REVIEWS_TEXT = 1_000_000  # split into words at once; 256 of IMDB's have a third

# Numbers, and counts of them.
MAX_REVIEWS = 100_000  # of a part; IMDB has 25,000
MAX_TOKENS = 2**24  # of a part; IMDB's two have 6 million each
MAX_OWN_REVIEWS = 10_000_000  # of a user's file; they take 9 bytes each of MAX_MEMORY
MAX_OWN_TOKENS = 2**32  # of a part of them: 17 GB on disk
MAX_LABELS = 100  # that they may have
MAX_OWN_WORDS = 100_000  # of their vocabulary, as --words takes
MAX_VOCABULARY = 3_000_000  # bytes of them, so that they can be read again
MAX_TOKEN = 10**6  # IMDB's largest is 88,586
MAX_NUMBERS = 10_000_000  # of a matrix or a batch, 40 MB; the book's largest has 8,000
MAX_WEIGHT = 1_000_000  # so that no sum of products overflows to NaN
MAX_SEEDS = 1_000  # of one training
MAX_LAYERS = 2_000  # of a model; EfficientNetB7 has 816
MAX_OBJECTS = 10_000  # groups and weights of a model; EfficientNetB7 has 2,295
MAX_DEPTH = 40  # of groups in one another
MAX_AXES = 8  # of a shape; ConvLSTM3D takes 6
MAX_SIZE = 10**18  # of an axis, which layer after layer could multiply
