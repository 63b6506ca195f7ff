"""The equations of the recurrent cells: arrays in, arrays out, forward and backward.

A cell is a module with the same four functions and two tuples of names:

    STATES, GATES      "h" and, for LSTM, "c"; the gates in the order of their columns
    forward            one timestep: the states before it -> the states after it
    slopes             what the backward step multiplies by, all timesteps at once
    backward           one timestep: the loss's gradient in the states, after -> before
    weight_gradients   the same in the recurrent weights, all timesteps at once

`recurrence.py` runs a cell over the timesteps, forward and back.
"""
