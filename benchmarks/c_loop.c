/* The limit: training steps of the embedding model on one core, without a framework.
 *
 * Embedding(words, F) -> SimpleRNN(U) -> Dense(1, sigmoid), binary cross-entropy,
 * RMSprop as Keras has it. Sizes are compile-time constants (c_loop.py passes them).
 * Batch comes last in every array, so that the innermost loops run over it.
 */
#include <math.h>
#include <string.h>

#define VECTOR _Pragma("GCC ivdep") for (int n = 0; n < B; n++)

/* The weights lie end to end, in Keras's order. */
enum {
    E = 0, WX = E + WORDS * F, WH = WX + F * U, BIAS = WH + U * U,
    WO = BIAS + U, BO = WO + U, SIZE = BO + 1
};

static float gradient[SIZE], x[T][F][B], h[T + 1][U][B], dh[2][U][B], dz[U][B];

static float fast_tanh(float z) /* a rational fit, within 1e-6 */
{
    z = z > 7.9f ? 7.9f : z < -7.9f ? -7.9f : z;
    float s = z * z;
    float p = ((((((-2.76076847742355e-16f * s + 2.00018790482477e-13f) * s
        - 8.60467152213735e-11f) * s + 5.12229709037114e-08f) * s
        + 1.48572235717979e-05f) * s + 6.37261928875436e-04f) * s
        + 4.89352455891786e-03f) * z;
    float q = ((1.19825839466702e-06f * s + 1.18534705686654e-04f) * s
        + 2.26843463243900e-03f) * s + 4.89352518554385e-03f;
    return p / q;
}

static float batch_gradient(const float *w, const int *ids, const float *y)
{
    float loss = 0, d_logit[B];

    memset(gradient, 0, sizeof gradient);
    for (int t = 0; t < T; t++) {
        for (int n = 0; n < B; n++)
            for (int f = 0; f < F; f++)
                x[t][f][n] = w[E + ids[n * T + t] * F + f];
        for (int u = 0; u < U; u++) {
            float z[B];
            VECTOR z[n] = w[BIAS + u];
            for (int f = 0; f < F; f++) VECTOR z[n] += x[t][f][n] * w[WX + f * U + u];
            for (int v = 0; v < U; v++) VECTOR z[n] += h[t][v][n] * w[WH + v * U + u];
            VECTOR h[t + 1][u][n] = fast_tanh(z[n]);
        }
    }

    for (int n = 0; n < B; n++) {
        float z = w[BO];
        for (int u = 0; u < U; u++) z += h[T][u][n] * w[WO + u];
        loss += fmaxf(z, 0) - z * y[n] + log1pf(expf(-fabsf(z)));
        d_logit[n] = (1 / (1 + expf(-z)) - y[n]) / B;
        gradient[BO] += d_logit[n];
    }
    for (int u = 0; u < U; u++) VECTOR {
        gradient[WO + u] += d_logit[n] * h[T][u][n];
        dh[T % 2][u][n] = d_logit[n] * w[WO + u];
    }

    for (int t = T - 1; t >= 0; t--) {
        float dx[F][B];
        for (int u = 0; u < U; u++) VECTOR
            dz[u][n] = dh[(t + 1) % 2][u][n] * (1 - h[t + 1][u][n] * h[t + 1][u][n]);
        for (int v = 0; v < U; v++) {
            float sum[B];
            VECTOR sum[n] = 0;
            for (int u = 0; u < U; u++) VECTOR sum[n] += dz[u][n] * w[WH + v * U + u];
            VECTOR dh[t % 2][v][n] = sum[n];
        }
        for (int u = 0; u < U; u++) {
            float bias = 0;
            VECTOR bias += dz[u][n];
            gradient[BIAS + u] += bias;
            for (int v = 0; v < U; v++) {
                float sum = 0;
                VECTOR sum += h[t][v][n] * dz[u][n];
                gradient[WH + v * U + u] += sum;
            }
            for (int f = 0; f < F; f++) {
                float sum = 0;
                VECTOR sum += x[t][f][n] * dz[u][n];
                gradient[WX + f * U + u] += sum;
            }
        }
        for (int f = 0; f < F; f++) {
            VECTOR dx[f][n] = 0;
            for (int u = 0; u < U; u++) VECTOR dx[f][n] += dz[u][n] * w[WX + f * U + u];
        }
        for (int n = 0; n < B; n++)
            for (int f = 0; f < F; f++)
                gradient[E + ids[n * T + t] * F + f] += dx[f][n];
    }
    return loss / B;
}

/* Runs steps; w and velocity are (SIZE,), ids (steps, B, T), y (steps, B). */
float run(int steps, float *w, float *velocity, const int *ids, const float *y)
{
    float losses = 0;
    for (int step = 0; step < steps; step++) {
        losses += batch_gradient(w, ids + step * B * T, y + step * B);
        for (int i = 0; i < SIZE; i++) {
            velocity[i] = 0.9f * velocity[i] + 0.1f * gradient[i] * gradient[i];
            w[i] -= LEARNING_RATE * gradient[i] / sqrtf(velocity[i] + 1e-7f);
        }
    }
    return losses / steps;
}
