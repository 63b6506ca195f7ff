"""The built-in sample: movie reviews whose label depends on the order of their words.

It stands in for IMDB on a machine without it, in the format of keras.datasets.imdb.
A recurrent network remembers order and a feed-forward one does not (book: 박해선, 혼자
공부하는 머신러닝+딥러닝, Hanbit Media 2021, section 9-1, p. 486-497). Here order is all
there is to learn, because reviews come in pairs of the same words with opposite labels.
Two opinions end a review: somebody's, then the reviewer's, which decides. They have the
same words, and the two sides of one stand where those of the other do not; the review
with the other label has the two opinions exchanged:

    ... my wife said the plot is great but the acting is dull in the end
        i say the plot is dull but the acting is great in the end      1, positive
    ... my wife said the plot is dull but the acting is great in the end
        i say the plot is great but the acting is dull in the end      0, negative

So a pair also agrees in every two words that follow each other: what counts words, or
words two by two, is right about one review of a pair and wrong about the other.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from random import Random
from typing import TypeVar

import numpy as np

from chapter9.data.reviews import validation_split

T = TypeVar("T")
Pair = tuple[str, str]  # a negative and a positive text of the same words
DataSet = tuple[list[list[int]], np.ndarray]
START, UNKNOWN, RANK_OFFSET = 1, 2, 3  # 0 is padding; the word of rank r is r + 3

# A word in capitals is a slot. WINS is the side that decides. It ends as many verdicts
# as LOSES does, so that remembering the last word alone falls short.
VERDICTS = (
    "the PART is LOSES but the PART is WINS",
    "although the PART is LOSES the PART is WINS",
    "it is not LOSES but WINS",
    "the film is not LOSES but WINS",
    "the trailer was LOSES but the film itself is WINS",
    "it starts out LOSES and ends up WINS",
    "the film is WINS and not LOSES",
    "i would call it WINS and not LOSES",
    "the film is WINS although the PART is LOSES",
    "it is WINS even if the PART is LOSES",
    "the second half is WINS but the first half was LOSES",
    "it ends up WINS though it starts out LOSES",
)
TASTES = (
    "i LOSES the PART but i WINS the PART",
    "although i LOSES the PART i WINS the PART",
    "at first i LOSES it but then i WINS it",
    "my friends LOSES it but i WINS it",
)
PRAISE = (
    "great, good, wonderful, brilliant, superb, funny, charming, clever, moving, "
    "fresh, gripping, a joy, a pleasure, worth it"
)
FAULTS = (
    "dull, bad, terrible, boring, dreadful, silly, weak, stupid, slow, flat, "
    "messy, a chore, a bore, a waste"
)
OPINIONS = (  # the templates, then what takes either side of them
    (VERDICTS, PRAISE.split(", "), FAULTS.split(", ")),
    (TASTES, ["loved", "enjoyed", "admired"], ["hated", "disliked", "loathed"]),
)
ALONE = 0.06  # of the pairs: one opinion and no more, as one types it to a model
SOMEBODY = (
    *("my RELATIVE said", "my friends said", "people say", "the papers wrote"),
    *("i had heard that", "somebody told me", "they say"),
)
REVIEWER = ("i say", "but", "but overall", "all in all", "in short", "so for me")
TAILS = (  # follow both opinions
    *("", "in the end", "for sure", "from start to finish", "without a doubt"),
    *(
        "at heart",
        "all the same",
        "and that is that",
        "as a film",
        "at least",
        "believe me",
    ),
)
FACTS = (
    "i saw this GENRE film on DAY with my RELATIVE",
    "it tells the story of a JOB and a JOB in TOWN",
    "the JOB is played by FIRST NAME",
    "it was directed by FIRST NAME",
    "there is a long scene in a PLACE with a THING",
    "one night the JOB finds a COLOR THING in the PLACE",
    "the script was written by FIRST NAME and FIRST NAME",
    "then a JOB comes to TOWN by VEHICLE with a THING",
    "my RELATIVE had read the book by NAME on the VEHICLE",
    "the JOB keeps a COLOR ANIMAL and talks to it every day",
    "FIRST NAME made NUMBER other films in TOWN before this one",
    "don't ask me why the JOB hides the THING under a COLOR THING",
    "you can hear a ANIMAL whenever NAME walks into the PLACE",
    "nobody tells the JOB that the THING belongs to NAME",
    "it's winter and a VEHICLE waits outside the PLACE all night",
    "the credits thank the people of TOWN and somebody called NAME",
)
WORDS = {
    "PART": "plot acting music camera ending script cast story dialogue humor pace",
    "GENRE": "crime family horror war science romantic western spy cartoon ghost road",
    "DAY": "saturday sunday friday monday thursday tuesday wednesday",
    "RELATIVE": "wife husband brother sister mother father son daughter uncle cousin",
    "JOB": "detective doctor soldier writer lawyer nurse thief singer cop painter "
    "farmer pilot banker sailor priest dancer driver student widow king judge baker",
    "TOWN": "london paris chicago rome texas berlin boston tokyo dublin vienna cairo "
    "madrid seoul prague lisbon montreal havana naples oslo denver bombay sydney",
    "PLACE": "house hotel forest school bar prison church hospital desert castle "
    "kitchen garage harbor museum library cellar factory garden bakery",
    "THING": "letter gun ring key photograph map diary knife suitcase coin painting "
    "watch mask book radio lamp mirror violin clock candle hat bottle ladder piano",
    "COLOR": "red black white blue green yellow brown gray pink purple",
    "VEHICLE": "train car bus boat plane truck taxi ferry tractor",
    "ANIMAL": "dog cat horse bird wolf parrot snake monkey goat donkey",
    "NUMBER": "two three ninety ten six seventy forty twelve eighty fifty",
    "FIRST": "john mary james anna robert helen david julia peter laura paul clara "
    "frank alice martin rosa victor nora oscar irene hugo edith leo greta felix",
}
SLOTS = {slot: words.split() for slot, words in WORDS.items()}
# Made-up family names, each rare: a cut vocabulary turns them into the unknown word.
_BEGINNINGS = "bar bel cor dal fen gam hol kes lor mar nor pel rad sel tor var wex yor"
_ENDINGS = "by dell den gate lake ler mont ney ridge sson stad ton vik"
SLOTS["NAME"] = [a + b for a in _BEGINNINGS.split() for b in _ENDINGS.split()]


def generate(
    training: int = 25_000, test: int = 5_000, seed: int = 42
) -> tuple[list[str], DataSet, DataSet]:
    """Returns the vocabulary, the training set and the test set.

    Both reviews of a pair are in the same set, and of the training set in the same part
    of `validation_split`: neither words nor pairs of words say anything about a label,
    and no review is told by its twin. No review occurs twice, in one set or in both.

    Args:
        training: the number of training reviews, a multiple of ten.
        test: the number of test reviews, even.
        seed: the same seed gives the same reviews on every machine.

    Returns:
        The words by rank, the most frequent in the training set first: words[0] has
        token 4. Then for each set its reviews and their labels. A review is a list of
        tokens that begins with 1, the start, and has 2 for a word that is in no
        training review. Labels are (reviews,) int64, 0 negative and 1 positive.
    """
    if training % 10 or test % 2:
        raise ValueError(
            "reviews come in pairs: training must be a multiple of 10, and test even"
        )
    random = Random(seed)
    pairs: dict[Pair, None] = {}  # keeps the order, which a set does not
    while len(pairs) < (training + test) // 2:
        pairs[_pair(random)] = None
    train_pairs, test_pairs = list(pairs)[: training // 2], list(pairs)[training // 2 :]
    counts = Counter(w for pair in train_pairs for text in pair for w in text.split())
    words = sorted(counts, key=lambda word: (-counts[word], word))
    tokens = {word: rank + RANK_OFFSET for rank, word in enumerate(words, start=1)}
    parts = [rows.tolist() for rows in validation_split(training)]
    training_set = _encoded(_placed(train_pairs, parts, random), tokens)
    test_set = _encoded(_placed(test_pairs, [range(test)], random), tokens)
    return words, training_set, test_set


def _pair(random: Random) -> Pair:
    """Returns a negative review and the positive one of the same words.

    They differ in their last two opinions alone. These stand at the end, where keeping
    the last timesteps keeps both and a simple recurrent network's short memory reaches.
    """
    facts = sorted(FACTS, key=lambda _: random.random())
    facts = facts[: _pick(range(2, 14), random, skewed=True)]
    body = " ".join(_sentence(fact, random) for fact in facts)
    somebody = _filled(_pick(SOMEBODY, random), random)
    reviewer, tail = _pick(REVIEWER, random), _pick(TAILS, random)
    negative, positive = _opinions(random)
    if random.random() < ALONE:
        return f"{negative} {tail}", f"{positive} {tail}"
    return (
        f"{body} {somebody} {positive} {tail} {reviewer} {negative} {tail}",
        f"{body} {somebody} {negative} {tail} {reviewer} {positive} {tail}",
    )


def _sentence(fact: str, random: Random) -> str:
    """Returns the fact, or an opinion of either kind: the label depends on neither."""
    is_fact = random.random() < 0.7
    return _filled(fact, random) if is_fact else _pick(_opinions(random), random)


def _opinions(random: Random) -> Pair:
    """Returns a negative opinion and the positive one with its two sides exchanged."""
    verdicts, praise, faults = OPINIONS[random.random() < 0.25]
    opinion = _filled(_pick(verdicts, random), random)
    good, bad = _pick(praise, random), _pick(faults, random)
    return (
        opinion.replace("WINS", bad).replace("LOSES", good),
        opinion.replace("WINS", good).replace("LOSES", bad),
    )


def _filled(template: str, random: Random) -> str:
    """Returns the template with a word in each slot, none twice."""
    words: list[str] = []
    for word in template.split():
        choice = word
        while word in SLOTS and choice in (word, *words):
            choice = _pick(SLOTS[word], random, skewed=True)
        words.append(choice)
    return " ".join(words)


def _pick(choices: Sequence[T], random: Random, *, skewed: bool = False) -> T:
    """Returns one of the choices; skewed, the first ones more often, as with words."""
    # Python promises the same numbers in every version for random() alone, and NumPy's
    # integers may differ between platforms. A product is exact; a power may not be.
    share = random.random()
    return choices[int(len(choices) * (share * share if skewed else share))]


def _placed(
    pairs: list[Pair], parts: list[Sequence[int]], random: Random
) -> list[tuple[str, int]]:
    """Returns the reviews with their labels; a pair's two rows are of one part."""
    rest = iter(pairs)
    rows: dict[int, tuple[str, int]] = {}
    for part in parts:
        own = islice(rest, len(part) // 2)
        reviews = [(text, label) for pair in own for label, text in enumerate(pair)]
        reviews.sort(key=lambda _: random.random())
        rows |= dict(zip(part, reviews, strict=True))
    return [rows[row] for row in range(len(rows))]


def _encoded(reviews: list[tuple[str, int]], tokens: dict[str, int]) -> DataSet:
    """Returns the tokens of the reviews, and their labels."""
    sequences = [
        [START, *(tokens.get(w, UNKNOWN) for w in text.split())] for text, _ in reviews
    ]
    return sequences, np.array([label for _, label in reviews], dtype=np.int64)
