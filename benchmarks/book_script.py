"""The embedding model as a plain Keras script, as in the book, section 9-2.

python benchmarks/book_script.py imdb.npz EPOCHS OUT. The file is an argument because
the copy of the data at hand may have other bytes than Keras's official one.
"""

import sys
from pathlib import Path
from unittest import mock

import keras
from keras.datasets import imdb
from keras.utils import pad_sequences
from sklearn.model_selection import train_test_split

path, epochs, out = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
out.mkdir()

with mock.patch.object(
    sys.modules[imdb.load_data.__module__], "get_file", lambda *_, **__: path
):
    (train_input, train_target), _ = imdb.load_data(num_words=500)
train_input, val_input, train_target, val_target = train_test_split(
    train_input, train_target, test_size=0.2, random_state=42
)
train_seq = pad_sequences(train_input, maxlen=100)
val_seq = pad_sequences(val_input, maxlen=100)

model = keras.Sequential()
model.add(keras.layers.Input(shape=(100,)))
model.add(keras.layers.Embedding(500, 16))
model.add(keras.layers.SimpleRNN(8))
model.add(keras.layers.Dense(1, activation="sigmoid"))
model.summary()

rmsprop = keras.optimizers.RMSprop(learning_rate=1e-4)
model.compile(optimizer=rmsprop, loss="binary_crossentropy", metrics=["accuracy"])
checkpoint_cb = keras.callbacks.ModelCheckpoint(
    out / "best-embedding-model.keras", save_best_only=True
)
early_stopping_cb = keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)
history = model.fit(
    train_seq,
    train_target,
    epochs=epochs,
    batch_size=64,
    validation_data=(val_seq, val_target),
    callbacks=[checkpoint_cb, early_stopping_cb],
)
