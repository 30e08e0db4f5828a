"""Trains the small networks of `nblabel.assist.network` with JAX (``pip install jax optax``)."""

from __future__ import annotations

import time

import jax
import jax.numpy as jnp
import numpy as np
import optax

from nblabel.assist.network import Network

LEVELS = 3
BATCH = 12
RATE = 3e-3
DECAY = 1e-3
DROPPED = 0.1
"""Share of the cues that are left out of a batch's picture, so that no single one is relied on."""


def start(cues, channels, seed=0):
    """Give random weights: entry, steps down, steps up, exit."""
    keys = iter(jax.random.split(jax.random.PRNGKey(seed), 2 * LEVELS + 3))

    def layer(side, into, out):
        return jax.random.normal(next(keys), (side, side, into, out)) * np.sqrt(1.6 / (side * side * into)), jnp.zeros(out)

    return [layer(1, cues, channels), *(layer(3, channels, channels) for _ in range(2 * LEVELS + 1)), layer(1, channels, 1)]


def judge(weights, planes):
    """Do what `Network` does, for (pictures, height, width, cues)."""
    entry, *steps, end = weights
    planes = jax.nn.relu(_convolve(planes, entry))
    skips = []
    for number, step in enumerate(steps):
        if number > LEVELS:
            planes = skips.pop() + planes.repeat(2, axis=1).repeat(2, axis=2)
        planes = planes + jax.nn.relu(_convolve(planes, step))
        if number < LEVELS:
            skips.append(planes)
            count, height, width, channels = planes.shape
            planes = planes.reshape(count, height // 2, 2, width // 2, 2, channels).mean(axis=(2, 4))
    return _convolve(planes, end)[..., 0]


def _convolve(planes, layer):
    kernel, bias = layer
    return jax.lax.conv_general_dilated(planes, kernel, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")) + bias


def _loss(weights, planes, truth, counts):
    """Cross entropy and soft IoU over the pixels that count."""
    logit = judge(weights, planes)
    entropy = (optax.sigmoid_binary_cross_entropy(logit, truth) * counts).sum(axis=(1, 2)) / (counts.sum(axis=(1, 2)) + 1)
    found, real = jax.nn.sigmoid(logit) * counts, truth * counts
    shared = (found * real).sum(axis=(1, 2))
    whole = found.sum(axis=(1, 2)) + real.sum(axis=(1, 2)) - shared
    return entropy.mean() + 0.5 * (1 - (shared + 1) / (whole + 1)).mean()


def train(planes, truth, counts, *, channels, epochs, begin=None, seed=0):
    """Learn from pictures; their planes are divided by their spread in place.

    Parameters
    ----------
    planes : (pictures, side, side, cues) float16 array
        Cues at half resolution, 0 beyond the view.
    truth, counts : (pictures, side, side) float16 array
        Share of each pixel that is the object's, and how much of it counts.
    begin : Network, optional
        What to go on from.
    """
    if begin is None:
        spread = np.sqrt(np.square(planes[:800].astype(np.float32)).mean(axis=(0, 1, 2))) + 0.05
        learned = start(planes.shape[-1], channels, seed)
    else:
        spread = begin.spread
        learned = [(jnp.asarray(kernel.transpose(2, 3, 1, 0)), jnp.asarray(bias)) for kernel, bias in zip(begin.kernels, begin.biases, strict=True)]
    planes /= spread.astype(np.float16)
    steps = epochs * (len(planes) // BATCH)
    rate = optax.cosine_onecycle_schedule(steps, RATE if begin is None else RATE / 2, 0.2)
    method = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(rate, weight_decay=DECAY))
    state = method.init(learned)

    @jax.jit
    def step(learned, state, planes, truth, counts):
        loss, slope = jax.value_and_grad(_loss)(learned, planes, truth, counts)
        change, state = method.update(slope, state, learned)
        return optax.apply_updates(learned, change), state, loss

    random = np.random.default_rng(seed)
    for epoch in range(epochs):
        began, losses, order = time.monotonic(), [], random.permutation(len(planes))
        for place in range(0, len(planes) - BATCH + 1, BATCH):
            which, turn = np.sort(order[place : place + BATCH]), random.integers(8)
            given = [_turned(array[which], turn).astype(np.float32) for array in (planes, truth, counts)]
            given[0] *= random.random((BATCH, 1, 1, planes.shape[-1])) > DROPPED
            learned, state, loss = step(learned, state, *given)
            losses.append(float(loss))
        print(f"epoch {epoch}: loss {np.mean(losses):.4f}, {time.monotonic() - began:.0f} s", flush=True)
    return Network(
        planes.shape[1],
        np.asarray(spread, np.float32),
        [np.asarray(kernel, np.float32).transpose(3, 2, 0, 1) for kernel, _ in learned],
        [np.asarray(bias, np.float32) for _, bias in learned],
    )


def _turned(pictures, turn):
    """Flip and transpose pictures in one of eight ways."""
    flipped = pictures[:, :: -1 if turn & 1 else 1, :: -1 if turn & 2 else 1]
    return flipped.swapaxes(1, 2) if turn & 4 else flipped
