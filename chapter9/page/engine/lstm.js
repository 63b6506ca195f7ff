// The long short-term memory cell: chapter9/equations/lstm.py.
//
//     i_t, f_t, o_t = s(z_i), s(z_f), s(z_o)   input, forget and output gate, s = sigmoid
//     g_t           = tanh(z_g)                the candidate
//     c_t           = f_t c_(t-1) + i_t g_t    the cell state
//     h_t           = o_t tanh(c_t)            the hidden state
//
// where z = x_t W_x + h_(t-1) W_h + b has a block of columns for each of i, f, g, o.

const lstm = {
  states: ["h", "c"],
  gates: ["i", "f", "g", "o"],
  blocks: 4,

  // h_t and c_t from h_(t-1) and c_(t-1)
  forward({ p, q, before, after, gates }) {
    const [p_i, p_f, p_g, p_o] = p;
    const [q_i, q_f, q_g, q_o] = q;
    const { i, f, g, o } = gates;
    const { h, c } = after;
    for (let k = 0; k < h.length; k++) {
      i[k] = sigmoid(p_i[k] + q_i[k]);
      f[k] = sigmoid(p_f[k] + q_f[k]);
      g[k] = Math.tanh(p_g[k] + q_g[k]);
      o[k] = sigmoid(p_o[k] + q_o[k]);
      c[k] = f[k] * before.c[k] + i[k] * g[k];
      h[k] = o[k] * Math.tanh(c[k]);
    }
  },

  // dh_t reaches c_t through o_t (1 - tanh(c_t)^2), and c_(t-1) is reached through f_t.
  backward({ before, after, gates, d, dBefore, dp }) {
    const [dz_i, dz_f, dz_g, dz_o] = dp;
    const { i, f, g, o } = gates;
    for (let k = 0; k < i.length; k++) {
      const shown = Math.tanh(after.c[k]);
      const dc = d.c[k] + d.h[k] * o[k] * (1 - shown * shown);
      dz_i[k] = dc * g[k] * i[k] * (1 - i[k]);
      dz_f[k] = dc * before.c[k] * f[k] * (1 - f[k]);
      dz_g[k] = dc * i[k] * (1 - g[k] * g[k]);
      dz_o[k] = d.h[k] * shown * o[k] * (1 - o[k]);
      dBefore.h[k] = 0;
      dBefore.c[k] = dc * f[k];
    }
  },
};
