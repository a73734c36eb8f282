"""Two recipes of samples/ in plain PyTorch eager: what they give there, seed by seed.

Usage: sample_peers.py ring|bound SEEDS
  ring   samples/RingDiffusion, two minutes a seed
  bound  samples/LearnedVariance1D as it was first written, three minutes a seed
"""
import math
import sys

import torch
from torch import nn


class RingDenoiser(nn.Module):
    """A learned time embedding of 16, two hidden layers of 128 with ReLU."""

    def __init__(self):
        super().__init__()
        self.time = nn.Embedding(200, 16)
        self.net = nn.Sequential(
            nn.Linear(2 + 16, 128), nn.ReLU(),
            nn.Linear(128, 128), nn.ReLU(),
            nn.Linear(128, 2))

    def forward(self, x, t):
        return self.net(torch.cat([x, self.time(t)], dim=1))


def ring(seed):
    """5,000 points of eight Gaussians, T = 200, 1,000 epochs, 10,000 samples a variance."""
    torch.manual_seed(seed)
    angles = torch.arange(8) * math.pi / 4
    centers = 3 * torch.stack([angles.cos(), angles.sin()], 1)
    data = centers[torch.randint(0, 8, (5000,))] + 0.25 * torch.randn(5000, 2)
    betas = torch.linspace(1e-4, 0.02, 200)
    alpha_bars = torch.cumprod(1 - betas, 0)
    model = RingDenoiser()
    adam = torch.optim.Adam(model.parameters(), lr=1e-3)

    losses, order = [], torch.empty(0, dtype=torch.long)
    for _ in range(1000 * 5000 // 256):
        if len(order) < 256:
            order = torch.randperm(5000)
        batch, order = data[order[:256]], order[256:]
        t, noise = torch.randint(0, 200, (256,)), torch.randn(256, 2)
        alpha_bar = alpha_bars[t][:, None]
        loss = (model(alpha_bar.sqrt() * batch + (1 - alpha_bar).sqrt() * noise, t) - noise).square().mean()
        adam.zero_grad()
        loss.backward()
        adam.step()
        losses.append(loss.item())

    @torch.no_grad()
    def within3(posterior):
        x = torch.randn(10_000, 2)
        for t in reversed(range(200)):
            before = alpha_bars[t - 1] if t > 0 else torch.tensor(1.0)
            epsilon = model(x, torch.full((10_000,), t))
            x = (x - betas[t] / (1 - alpha_bars[t]).sqrt() * epsilon) / (1 - betas[t]).sqrt()
            variance = (1 - before) / (1 - alpha_bars[t]) * betas[t] if posterior else betas[t]
            if t > 0:
                x = x + variance.sqrt() * torch.randn_like(x)
        return (torch.cdist(x, centers).min(1).values <= 0.75).float().mean().item()

    print(f"ring, seed {seed}: loss {sum(losses[-1000:]) / 1000:.3f}, within 3 std: "
          f"beta {within3(False):.4f}, posterior {within3(True):.4f}", flush=True)


def bound(seed):
    """The variational bound of two networks with four ReLU units each, 5,000 samples."""
    torch.manual_seed(seed)
    steps, beta, count = 250, 0.02, 1000
    left = torch.rand(count, 1) < 1 / 3
    data = torch.where(left, -4.0, 4.0) + torch.randn(count, 1)
    mean = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))
    deviation = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1), nn.Softplus())
    adam = torch.optim.AdamW([*mean.parameters(), *deviation.parameters()], lr=1e-2, weight_decay=1e-6)
    time = torch.arange(1, steps + 1)[None, :].float()

    losses = []
    for _ in range(1000):
        noise = torch.randn(count, steps)
        path = [data]
        for t in range(steps):
            path.append(math.sqrt(1 - beta) * path[-1] + math.sqrt(beta) * noise[:, t:t + 1])
        path = torch.cat(path, 1)
        at = torch.stack([path[:, 1:], (time / (steps + 1)).expand(count, steps)], -1).reshape(-1, 2)
        mu, sigma = mean(at), deviation(at)
        error = (path[:, :-1].reshape(-1, 1) - mu) / sigma
        terms = (error.square() - noise.reshape(-1, 1).square()) / 2 + sigma.log() - math.log(beta) / 2
        last = (path[:, -1].square().mean() + math.log(2 * math.pi)) / 2
        loss = (terms.mean() * steps + last) / (steps + 1)
        adam.zero_grad()
        loss.backward()
        adam.step()
        losses.append(loss.item())

    with torch.no_grad():
        x = torch.randn(5000, 1)
        for t in range(steps, 0, -1):
            at = torch.cat([x, torch.full_like(x, t / (steps + 1))], 1)
            x = mean(at) + (deviation(at) * torch.randn_like(x) if t > 1 else 0)
    border = -math.log(2) / 8  # where both components are as likely
    low, high = x[x < border], x[x >= border]
    off = abs(len(low) / 5000 - 1 / 3)
    means = max(abs(low.mean() + 4).item(), abs(high.mean() - 4).item())
    print(f"bound, seed {seed}: {sum(losses[-20:]) / 20:.4f}, a fraction off by {off:.3f}, a mean off by {means:.3f}",
          flush=True)


torch.set_num_threads(1)
for seed in range(int(sys.argv[2])):
    {"ring": ring, "bound": bound}[sys.argv[1]](seed)
