"""The data as the book uses it: every data fact, on the real file."""

import io
import pickle
import sys
import zipfile

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import train_test_split

from before_keras import book
from before_keras.safety import bounds
from before_keras.safety.errors import UserError
from chapter9 import data
from chapter9.data import imdb, imdb_file
from chapter9.data.reviews import Reviews, validation_split
from tests.conftest import needs_linux, needs_posix


def test_there_are_25000_training_and_25000_test_reviews(imdb_corpus):
    assert len(imdb_corpus.training) == len(imdb_corpus.test) == book.REVIEWS


def test_the_first_reviews_have_218_and_189_tokens(imdb_corpus):
    assert tuple(imdb_corpus.training.lengths[:2]) == book.FIRST_LENGTHS


def test_the_first_targets_are_the_books(imdb_corpus):
    assert tuple(imdb_corpus.training.labels[:20]) == book.FIRST_LABELS


def test_mean_length_is_239_00925_and_median_178(imdb_corpus):
    rows, _ = validation_split(book.REVIEWS)
    lengths = imdb_corpus.training.lengths[rows]
    assert lengths.mean() == pytest.approx(book.MEAN_LENGTH, abs=1e-9)
    assert np.median(lengths) == book.MEDIAN_LENGTH


def test_split_is_20000_and_5000_and_one_hot_bytes_are_the_second_editions(imdb_corpus):
    training, validation = data.split(imdb_corpus, 100, 200)
    assert (len(training.x), len(validation.x)) == book.SPLIT
    assert training.x.nbytes == book.TOKEN_BYTES
    # The book's one-hot array is float64, as keras.utils.to_categorical makes it.
    assert training.x.size * 200 * np.dtype("float64").itemsize == book.ONE_HOT_BYTES


def test_everything_equals_keras_load_data_and_pad_sequences(imdb_path, monkeypatch):
    module = __import__("inspect").getmodule(keras.datasets.imdb.load_data)
    monkeypatch.setattr(module, "get_file", lambda *a, **k: str(imdb_path))
    (x, y), (x_test, y_test) = keras.datasets.imdb.load_data(num_words=300)
    corpus = data.load(str(imdb_path))
    for ours, lists, labels in ((corpus.training, x, y), (corpus.test, x_test, y_test)):
        padded = keras.utils.pad_sequences(lists, maxlen=100)
        np.testing.assert_array_equal(ours.crop_and_pad(100, 300), padded)
        np.testing.assert_array_equal(ours.labels, labels)
    x_train, x_val, y_train, y_val = train_test_split(
        keras.utils.pad_sequences(x, maxlen=100), y, test_size=0.2, random_state=42
    )
    training, validation = data.split(corpus, 100, 300)
    np.testing.assert_array_equal(training.x, x_train)
    np.testing.assert_array_equal(validation.x, x_val)
    np.testing.assert_array_equal(training.y[:, 0], y_train)
    np.testing.assert_array_equal(validation.y[:, 0], y_val)


@given(
    st.lists(st.lists(st.integers(1, 12), min_size=1, max_size=9), min_size=1),
    st.integers(1, 12),
    st.integers(3, 12),
)
def test_crop_and_pad_is_keras_pad_sequences(lists, timesteps, num_words):
    ours = Reviews.from_lists(lists, np.zeros(len(lists)))
    cut = [[t if t < num_words else 2 for t in review] for review in lists]
    padded = keras.utils.pad_sequences(cut, maxlen=timesteps)
    np.testing.assert_array_equal(ours.crop_and_pad(timesteps, num_words), padded)


@given(st.integers(2, 300))
def test_validation_split_is_scikit_learns(reviews):
    ours = validation_split(reviews)
    theirs = train_test_split(np.arange(reviews), test_size=0.2, random_state=42)
    for our, their in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(our, their)


def npz(path, **members):
    """Writes an .npz whose members are arrays or ready-made bytes."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, value in members.items():
            if not isinstance(value, bytes):
                file = io.BytesIO()
                np.save(file, value, allow_pickle=True)
                value = file.getvalue()
            archive.writestr(f"{name}.npy", value)
    return path


def lists(*reviews):
    array = np.empty(len(reviews), object)
    array[:] = [list(review) for review in reviews]
    return array


GOOD = {
    "x_train": lists([1, 2], [3]),
    "y_train": np.array([0, 1]),
    "x_test": lists([4]),
    "y_test": np.array([1]),
}


def test_small_npz_of_the_same_kind_is_read(tmp_path):
    training, test = imdb_file.read(npz(tmp_path / "a.npz", **GOOD))
    assert training.tokens.tolist() == [1, 2, 3]
    assert training.offsets.tolist() == [0, 2, 3]
    assert test.labels.tolist() == [1]


class Evil:
    def __reduce__(self):
        return (exec, ("import pathlib; pathlib.Path('ran').touch()",))


def header(shape, dtype="'|O'"):
    text = f"{{'descr': {dtype}, 'fortran_order': False, 'shape': {shape}}}"
    text = text.ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        # case 8: a malicious pickle
        ({"x_train": header("(2,)") + pickle.dumps(Evil())}, "builtins.exec"),
        # case 9: a huge declared shape
        ({"y_train": header("(10**12,)", "'<i8'")}, "damaged|not Keras"),
        ({"y_train": header("(1000000000000,)", "'<i8'")}, "in 0 bytes"),
        ({"x_train": header("(1000000000000,)") + pickle.dumps([1])}, "no array of"),
        # case 10: missing or renamed arrays
        ({"x_test": None}, "expected x_train.npy, y_train.npy"),
        # case 11: labels and lengths
        ({"y_train": np.array([0, 7])}, r"y_train\[1\] is 7; expected 0 or 1"),
        ({"y_train": np.array([0])}, "2 reviews, y_train 1 labels"),
        # case 12: empty, negative and out-of-range tokens
        ({"x_train": lists([1], [])}, r"x_train\[1\] is empty"),
        ({"x_train": lists([1]), "y_train": np.array([1])}, "expected 2 or more"),
        ({"x_train": lists([1], [2, -5])}, r"x_train\[1\] holds the token -5"),
        ({"x_train": lists([1], [10**7])}, r"x_train\[1\] holds the token 10000000"),
        ({"x_train": lists([1], ["a"])}, r"x_train\[1\] holds something else"),
        ({"x_train": lists([1], [True])}, r"x_train\[1\] holds something else"),
        ({"x_train": header("(2,)") + b"\x80\x04"}, "damaged|x_train"),
        ({"x_train": np.zeros((2, 2))}, "one axis"),
        ({"x_train": lists([1], [10**6000])}, r"\[1\] .* token of 20 digits or more"),
    ],
)
def test_wrong_file_is_refused_in_words(tmp_path, monkeypatch, change, words):
    monkeypatch.chdir(tmp_path)
    members = {k: v for k, v in {**GOOD, **change}.items() if v is not None}
    with pytest.raises(UserError, match=words) as error:
        imdb_file.read(npz(tmp_path / "bad.npz", **members))
    assert "bad.npz" in str(error.value)
    assert not (tmp_path / "ran").exists()


def test_case_9_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "bomb.npz"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("x_train.npy", "w", force_zip64=True) as member,
    ):
        for _ in range(300):
            member.write(bytes(2**20))
    with pytest.raises(UserError, match="unpacks to 314,572,800 bytes"):
        imdb_file.read(path)


def test_long_names_in_a_damaged_file_are_not_repeated(tmp_path):
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x_train.npy", b"")
        place = archive.infolist()[0].header_offset
        for i in range(8):
            archive.writestr(f"{i}" + "\x1b" * 60_000, b"")
    content = bytearray(path.read_bytes())
    for name in ("not Keras's", "damaged"):
        with pytest.raises(UserError, match=name) as error:
            imdb_file.read(path)
        assert len(str(error.value)) < 1_000
        assert str(error.value).isprintable()
        content[place + 26 : place + 28] = b"\xff\xff"  # a name of 65,535 bytes
        path.write_bytes(content)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no zip at all" * 99])
def test_file_that_is_no_npz_is_called_damaged(tmp_path, content):
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(UserError, match=r"no \.npz file or is damaged"):
        imdb_file.read(tmp_path / "a.npz")


@needs_linux
def test_case_9_a_pickle_of_endless_lists_is_refused_in_bounded_memory(tmp_path):
    """The zip has 200 kB, what is unpacked 200 MB, and the lists would have 11 GB."""
    path = tmp_path / "bomb.npz"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("x_train.npy", "w") as member,
    ):
        member.write(header("(1,)"))
        for _ in range(200):
            member.write(b"]" * 2**20)
    with pytest.raises(UserError, match="more than 314,572,800 bytes of memory"):
        imdb_file.read(path)


@needs_posix
def test_case_9_a_file_too_large_to_look_through_is_refused_at_once(tmp_path):
    with open(tmp_path / "a.npz", "wb") as file:
        file.truncate(2**40)
    with pytest.raises(UserError, match=r"has more than 1,073,741,824 bytes"):
        data.load(str(tmp_path / "a.npz"))


def test_case_9_reviews_beyond_number_are_refused(tmp_path):
    """One list, named a million times: kilobytes of file, gigabytes of reviews."""
    many = b"]q\x00K\x01a" + b"h\x00" * (10**6 - 1)
    many = b"\x80\x02cnumpy\nndarray\n)\x81(](" + many + b"etb."
    members = {"x_train": header("(1000000,)") + many, "y_train": np.ones(10**6, "i1")}
    path = npz(tmp_path / "a.npz", **GOOD | members)
    with pytest.raises(UserError, match="more than 100,000 reviews"):
        imdb_file.read(path)


def test_case_9_tokens_beyond_number_are_refused_before_they_are_unpickled(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(bounds, "MAX_TOKENS", 100)
    monkeypatch.setattr(bounds, "MAX_REVIEWS", 10)
    path = npz(tmp_path / "a.npz", **GOOD | {"x_train": lists([1] * 300, [3])})
    with pytest.raises(UserError, match="holds more than 100 tokens in 10 reviews"):
        imdb_file.read(path)
    with pytest.raises(UserError, match="x_train has 301 tokens, over 100"):
        imdb_file.read(path, is_keras_own=True)


def test_case_65_one_long_review_named_often_is_refused_at_once(tmp_path):
    """Kilobytes of file; looked at as often as it is named it would take hours."""
    many = 60_000
    long = b"](" + b"K\x01" * 2**18 + b"e"
    pickled = b"\x80\x02cnumpy\nndarray\n)\x81(](" + long + b"q\x00"
    pickled += b"h\x00" * (many - 1) + b"etb."
    members = {
        "x_train": header(f"({many},)") + pickled,
        "y_train": np.ones(many, "i1"),
    }
    path = npz(tmp_path / "a.npz", **GOOD | members)
    with pytest.raises(UserError, match="x_train has 15,728,640,000 tokens, over"):
        imdb_file.read(path)


@pytest.mark.parametrize("text", ['{"\\ud800": 1}', "[5]", "{}", '{"a": "x"}', "5"])
def test_case_31_words_that_no_file_can_hold_are_refused(tmp_path, text):
    path = npz(tmp_path / "a.npz", **GOOD)
    path.with_name("imdb_word_index.json").write_text(text)
    with pytest.raises(UserError, match="is no word index of IMDB"):
        imdb.load_words(path)


def test_case_10_without_a_path_the_data_is_asked_for():
    with pytest.raises(UserError, match=r"is empty: --data .* takes the path"):
        data.load("")


def test_case_8_a_pickle_whose_keys_collide_is_refused_at_once(tmp_path):
    """A dict of integers that all have the hash 0 takes time with its square."""
    keys = (pickle.encode_long(i * sys.hash_info.modulus) for i in range(100_000))
    items = (pickle.LONG1 + bytes([len(key)]) + key + pickle.NONE for key in keys)
    pickled = b"\x80\x02}(" + b"".join(items) + b"u."
    path = npz(tmp_path / "a.npz", **GOOD | {"x_train": header("(2,)") + pickled})
    with pytest.raises(UserError, match="it holds something else than lists"):
        imdb_file.read(path)


@pytest.mark.parametrize("name", ["missing.npz", "."])
def test_case_40_missing_file_or_folder_is_refused(tmp_path, name):
    with pytest.raises(UserError, match=r"takes the path of an imdb\.npz"):
        data.load(str(tmp_path / name))


def test_environment_variable_names_the_file(tmp_path, monkeypatch):
    monkeypatch.setenv("CHAPTER9_DATA", str(npz(tmp_path / "a.npz", **GOOD)))
    assert data.load("auto").name == data.load("imdb").name == "imdb"
    monkeypatch.setenv("CHAPTER9_DATA", str(tmp_path / "gone.npz"))
    with pytest.raises(UserError, match=r"gone.npz does not exist"):
        data.load("auto")


def test_case_1_without_data_auto_says_so_and_imdb_says_where_to_put_it(monkeypatch):
    monkeypatch.setattr(imdb, "ORIGIN", "http://127.0.0.1:9/")  # nothing listens there
    with pytest.raises(UserError, match="yourself, or name an") as error:
        data.load("imdb")
    assert imdb.HASHES["imdb.npz"] in str(error.value)
    corpus = data.load("auto")
    assert corpus.name == "sample"
    assert "this is the sample" in corpus.note
