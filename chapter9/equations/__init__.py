"""The equations of the recurrent cells: arrays in, arrays out, forward and backward."""
