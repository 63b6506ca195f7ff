// A bag of words in the form of a cell, to compare with: nothing of it knows an order.
//
//     s_t = s_(t-1) + (x_t W_x + b) / T    the mean of the words, read so far
//     h_t = tanh(s_t)
//
// The last h_T = tanh(mean of x_t W_x, + b) is the same in whatever order the words come.

const bagOfWords = {
  states: ["h", "s"],
  gates: [],
  blocks: 1,

  forward({ p: [p], before, after: { h, s }, timesteps }) {
    for (let k = 0; k < h.length; k++) {
      s[k] = before.s[k] + p[k] / timesteps;
      h[k] = Math.tanh(s[k]);
    }
  },

  backward({ after: { h }, d, dBefore, dp: [dp], timesteps }) {
    for (let k = 0; k < h.length; k++) {
      dBefore.s[k] = d.s[k] + d.h[k] * (1 - h[k] * h[k]);
      dp[k] = dBefore.s[k] / timesteps;
      dBefore.h[k] = 0;
    }
  },
};
