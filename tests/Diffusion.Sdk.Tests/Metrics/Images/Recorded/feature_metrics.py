"""Records feature metrics computed with numpy and scipy for FeatureMetricsTests.

    python3 feature_metrics.py > feature_metrics.json

Recorded with Debian 12's python3-numpy 1.24.2 and python3-scipy 1.10.1. Features are made by a rule that the tests
know too (Hashed.cs), so only results are kept. The Frechet distance is computed as the common tools do it, with a
matrix square root of the product of the covariances; where these are singular, by the eigenvalues of the product.
"""
import json

import numpy as np
import scipy.linalg

MASK = np.uint64(0xFFFFFFFF)


def hashed(count, salt):
    """Uniform numbers in [-1, 1): a hash of place and salt (murmur3's finalizer)."""
    h = (np.arange(count, dtype=np.uint64) + np.uint64(salt) * np.uint64(0x9E3779B9)) & MASK
    h = ((h ^ (h >> np.uint64(16))) * np.uint64(0x85EBCA6B)) & MASK
    h = ((h ^ (h >> np.uint64(13))) * np.uint64(0xC2B2AE35)) & MASK
    h ^= h >> np.uint64(16)
    return h.astype(np.float64) / 2.0**31 - 1


def features(count, size, salt, shift, stretch):
    """[count, size] float32: hashed numbers, feature j times 1 + stretch * j / size, mixed with its neighbour."""
    x = hashed(count * size, salt).reshape(count, size)
    x = x * (1 + stretch * np.arange(size) / size) + 0.5 * np.roll(x, 1, axis=1) + shift
    return x.astype(np.float32).astype(np.float64)


def frechet(x, y):
    difference = x.mean(0) - y.mean(0)
    a, b = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    if min(len(x), len(y)) > x.shape[1]:
        root = np.trace(scipy.linalg.sqrtm(a @ b)).real
    else:
        root = np.sqrt(np.maximum(np.linalg.eigvals(a @ b).real, 0)).sum()
    return difference @ difference + np.trace(a) + np.trace(b) - 2 * root


def kernel(x, y):
    k = lambda a, b: (a @ b.T / a.shape[1] + 1) ** 3
    n, m = len(x), len(y)
    xx, yy = k(x, x), k(y, y)
    return ((xx.sum() - np.trace(xx)) / (n * (n - 1)) + (yy.sum() - np.trace(yy)) / (m * (m - 1))
            - 2 * k(x, y).mean())


def among(samples, others, neighbours):
    distances = lambda a, b: np.sqrt(((a[:, None] - b[None]) ** 2).sum(2))
    radii = np.sort(distances(others, others), 1)[:, neighbours]
    return float((distances(samples, others) <= radii).any(1).mean())


CASES = [
    # generated, real, features, shift, stretch, neighbours
    (40, 60, 6, 0.3, 1.0, 3),
    (12, 15, 20, 0.2, 0.5, 2),
    (30, 200, 24, 0.0, 0.0, 3),
    (300, 500, 64, 0.05, 0.2, 5),
]

def main():
    rows = []
    for case, (n, m, size, shift, stretch, neighbours) in enumerate(CASES):
        x, y = features(n, size, 2 * case + 1, shift, stretch), features(m, size, 2 * case + 2, 0.0, 0.0)
        rows.append({
            "generated": n, "real": m, "features": size, "shift": shift, "stretch": stretch, "neighbours": neighbours,
            "frechet": frechet(x, y), "kernel": kernel(x, y),
            "precision": among(x, y, neighbours), "recall": among(y, x, neighbours),
        })
    print("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]")


if __name__ == "__main__":
    main()
