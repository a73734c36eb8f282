"""The tutorial model in plain PyTorch eager, as its users write it: the peer of `make bench`.

Reads commands from stdin and answers each with one line:
  threads LIBTORCH BLAS  how many threads each uses; 0
  train STEPS            seconds of so many training steps, with Adam and a moving average of the weights
  sample COUNT STEPS     seconds
  memory                 the peak of the resident memory in MiB
"""
import ctypes
import math
import resource
import sys
import time

import torch
from torch import nn

T = 500


class Denoiser(nn.Module):
    """64-wide sinusoidal embedding through a 64-64 SiLU MLP; three hidden layers of 128, SiLU."""

    def __init__(self):
        super().__init__()
        self.time = nn.Sequential(nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, 64))
        self.net = nn.Sequential(
            nn.Linear(2 + 64, 128), nn.SiLU(),
            nn.Linear(128, 128), nn.SiLU(),
            nn.Linear(128, 128), nn.SiLU(),
            nn.Linear(128, 2))
        self.register_buffer("frequencies", torch.exp(-math.log(10000) * torch.arange(32) / 32))

    def forward(self, x, t):
        angles = t[:, None].float() * self.frequencies
        embedding = torch.cat([angles.cos(), angles.sin()], dim=1)
        return self.net(torch.cat([x, self.time(embedding)], dim=1))


class Tutorial:
    def __init__(self):
        torch.manual_seed(0)
        betas = torch.linspace(1e-4, 0.02, T)
        self.alpha_bars = torch.cumprod(1 - betas, 0)
        self.table = list(zip(betas.tolist(), self.alpha_bars.tolist()))
        self.data = torch.randn(300, 2) * 3
        self.model = Denoiser()
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3)
        self.average = [parameter.detach().clone() for parameter in self.model.parameters()]

    def train(self, steps):
        for _ in range(steps):
            x0 = self.data[torch.randint(0, len(self.data), (256,))]
            t = torch.randint(0, T, (256,))
            noise = torch.randn_like(x0)
            alpha_bar = self.alpha_bars[t][:, None]
            xt = alpha_bar.sqrt() * x0 + (1 - alpha_bar).sqrt() * noise
            loss = ((self.model(xt, t) - noise) ** 2).mean()
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            with torch.no_grad():
                for average, parameter in zip(self.average, self.model.parameters()):
                    average.lerp_(parameter, 1 - 0.9999)
            loss.item()

    @torch.no_grad()
    def sample(self, count, steps):
        x = torch.randn(count, 2)
        stride = T // steps
        for t in range((steps - 1) * stride, -1, -stride):
            beta, alpha_bar = self.table[t]
            noise = self.model(x, torch.full((count,), t))
            x = (x - beta / math.sqrt(1 - alpha_bar) * noise) / math.sqrt(1 - beta)
            if t > 0:
                x = x + math.sqrt(beta) * torch.randn_like(x)
        return x


def main():
    tutorial = Tutorial()
    for line in sys.stdin:
        command, *numbers = line.split()
        begin = time.perf_counter()
        if command == "train":
            tutorial.train(int(numbers[0]))
        elif command == "sample":
            tutorial.sample(int(numbers[0]), int(numbers[1]))
        elif command == "threads":
            torch.set_num_threads(int(numbers[0]))
            ctypes.CDLL("libopenblas.so.0").openblas_set_num_threads(int(numbers[1]))
        elif command == "memory":
            print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, flush=True)
            continue
        print(time.perf_counter() - begin, flush=True)


if __name__ == "__main__":
    main()
