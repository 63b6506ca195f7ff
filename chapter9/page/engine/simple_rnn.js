// The simple recurrent cell: chapter9/equations/simple_rnn.py.
//
//     h_t = tanh(x_t W_x + h_(t-1) W_h + b)
//
// p = x_t W_x + b and q = h_(t-1) W_h come in as an array for each block of columns.
// `before` and `after` are the states around the timestep; dq is dp.

const simpleRnn = {
  states: ["h"],
  gates: [],
  blocks: 1,

  // h_t = tanh(p + q)
  forward({ p: [p], q: [q], after: { h } }) {
    for (let k = 0; k < h.length; k++) h[k] = Math.tanh(p[k] + q[k]);
  },

  // dz_t = dh_t (1 - h_t^2); dh_(t-1) = dz_t W_h^T is left to recurrence.js.
  backward({ after: { h }, d, dBefore, dp: [dz] }) {
    for (let k = 0; k < h.length; k++) {
      dz[k] = d.h[k] * (1 - h[k] * h[k]);
      dBefore.h[k] = 0;
    }
  },
};
