// The gated recurrent unit, resetting after the product with W_h as Keras's does:
// chapter9/equations/gru.py.
//
//     z_t, r_t = s(p_z + q_z), s(p_r + q_r)    update and reset gate, s = sigmoid
//     g_t      = tanh(p_g + r_t q_g)           the candidate
//     h_t      = z_t h_(t-1) + (1 - z_t) g_t   the hidden state
//
// where p = x_t W_x + b and q = h_(t-1) W_h + b_h have a block of columns for each of
// z, r, g.

const gru = {
  states: ["h"],
  gates: ["z", "r", "g"],
  blocks: 3,
  ownStateGradient: true, // dq is not dp, because r_t stands between q_g and g_t

  forward({ p, q, before, after: { h }, gates: { z, r, g } }) {
    const [p_z, p_r, p_g] = p;
    const [q_z, q_r, q_g] = q;
    for (let k = 0; k < h.length; k++) {
      z[k] = sigmoid(p_z[k] + q_z[k]);
      r[k] = sigmoid(p_r[k] + q_r[k]);
      g[k] = Math.tanh(p_g[k] + r[k] * q_g[k]);
      h[k] = z[k] * before.h[k] + (1 - z[k]) * g[k];
    }
  },

  // dh_(t-1) = dh_t z_t + dq_t W_h^T, of which recurrence.js adds the second.
  backward({ q, before, gates: { z, r, g }, d, dBefore, dp, dq }) {
    const [dp_z, dp_r, dp_g] = dp;
    const [dq_z, dq_r, dq_g] = dq;
    const q_g = q[2];
    for (let k = 0; k < z.length; k++) {
      dq_z[k] = dp_z[k] = d.h[k] * (before.h[k] - g[k]) * z[k] * (1 - z[k]);
      dp_g[k] = d.h[k] * (1 - z[k]) * (1 - g[k] * g[k]);
      dq_r[k] = dp_r[k] = dp_g[k] * q_g[k] * r[k] * (1 - r[k]);
      dq_g[k] = dp_g[k] * r[k];
      dBefore.h[k] = d.h[k] * z[k];
    }
  },
};
