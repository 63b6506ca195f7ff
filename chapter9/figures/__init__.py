"""The chapter's pictures, drawn from real models: one file per picture.

    unfolded          the cell and the network unfolded over time, with W_x, W_h and b
    connections       every link into a recurrent layer's neurons
    shapes            the shapes through the stack: 3-D in, 3-D between, 2-D out
    learning_curve    several runs, the author's behind them
    replayed          the author's trainings and the same ones here
    seeds             how far many seeds lie apart
    hidden_states     the hidden states over a review's words, and the probability
    memory            how far the output's gradient reaches back
    confusion         how many reviews of each label were predicted as which
    lengths           how long the reviews are

Each has a function that computes what is shown and one that draws it. `anatomy` takes a
model apart for them, `picture` has the colours and the file, `fonts` finds Hangul.
Matplotlib, the extra "pictures", is imported when something is drawn.
"""
