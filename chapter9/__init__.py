from chapter9.simple_rnn import SimpleRNN
