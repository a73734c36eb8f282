"""diffusers' U-Net in plain PyTorch eager, as its users would write it: the peer of `make bench` for images.

Reads commands from stdin and answers each with one line:
  load FOLDER         weights and inputs from weights.safetensors and inputs.safetensors there; the number of parameters
  threads LIBTORCH BLAS  how many threads each uses; 0
  forward             seconds of one forward pass without gradients
  output PATH         writes what forward gives as raw float32; 0
  step                seconds of one training step with AdamW
  memory              the peak of the resident memory in MiB
"""
import ctypes
import json
import math
import resource
import struct
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

T = 1000
GROUPS, HEAD = 32, 8


class ResnetBlock(nn.Module):
    def __init__(self, inputs, outputs, time_channels):
        super().__init__()
        self.norm1 = nn.GroupNorm(GROUPS, inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.time_emb_proj = nn.Linear(time_channels, outputs)
        self.norm2 = nn.GroupNorm(GROUPS, outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.conv_shortcut = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, x, time):
        hidden = self.conv1(F.silu(self.norm1(x)))
        hidden = hidden + self.time_emb_proj(F.silu(time))[:, :, None, None]
        return self.conv_shortcut(x) + self.conv2(F.silu(self.norm2(hidden)))


class Attention(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.heads = channels // HEAD
        self.group_norm = nn.GroupNorm(GROUPS, channels)
        self.to_q = nn.Linear(channels, channels)
        self.to_k = nn.Linear(channels, channels)
        self.to_v = nn.Linear(channels, channels)
        self.to_out = nn.ModuleList([nn.Linear(channels, channels)])

    def split(self, x):
        n, pixels, _ = x.shape
        return x.view(n, pixels, self.heads, HEAD).transpose(1, 2).reshape(n * self.heads, pixels, HEAD)

    def forward(self, x):
        n, channels, height, width = x.shape
        hidden = self.group_norm(x).view(n, channels, height * width).transpose(1, 2)
        q, k, v = self.split(self.to_q(hidden)), self.split(self.to_k(hidden)), self.split(self.to_v(hidden))
        empty = torch.empty(q.shape[0], q.shape[1], k.shape[1])
        scores = torch.baddbmm(empty, q, k.transpose(1, 2), beta=0, alpha=1 / math.sqrt(HEAD))
        mixed = torch.bmm(scores.softmax(dim=-1), v)
        mixed = mixed.view(n, self.heads, height * width, HEAD).transpose(1, 2).reshape(n, height * width, channels)
        return x + self.to_out[0](mixed).transpose(1, 2).reshape(n, channels, height, width)


class Downsample(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, stride=2, padding=1)

    def forward(self, x):
        return self.conv(x)


class Upsample(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))


class Block(nn.Module):
    """ResNet blocks, each followed by attention or not."""

    def __init__(self, channels, outputs, time_channels, attention):
        super().__init__()
        self.resnets = nn.ModuleList([ResnetBlock(inputs, outputs, time_channels) for inputs in channels])
        self.attentions = nn.ModuleList([Attention(outputs) for _ in channels]) if attention else None

    def layer(self, k, x, time):
        x = self.resnets[k](x, time)
        return self.attentions[k](x) if self.attentions is not None else x


class DownBlock(Block):
    def __init__(self, inputs, outputs, time_channels, attention, last, layers):
        super().__init__([inputs] + [outputs] * (layers - 1), outputs, time_channels, attention)
        self.downsamplers = None if last else nn.ModuleList([Downsample(outputs)])

    def forward(self, x, time):
        residuals = []
        for k in range(len(self.resnets)):
            x = self.layer(k, x, time)
            residuals.append(x)
        if self.downsamplers is not None:
            x = self.downsamplers[0](x)
            residuals.append(x)
        return x, residuals


class UpBlock(Block):
    def __init__(self, below, above, outputs, time_channels, attention, last, layers):
        hidden = [below] + [outputs] * layers
        residual = [outputs] * layers + [above]
        super().__init__([a + b for a, b in zip(hidden, residual)], outputs, time_channels, attention)
        self.upsamplers = None if last else nn.ModuleList([Upsample(outputs)])

    def forward(self, x, residuals, time):
        for k in range(len(self.resnets)):
            x = self.layer(k, torch.cat([x, residuals.pop()], dim=1), time)
        return self.upsamplers[0](x) if self.upsamplers is not None else x


class MidBlock(nn.Module):
    def __init__(self, channels, time_channels):
        super().__init__()
        self.attentions = nn.ModuleList([Attention(channels)])
        self.resnets = nn.ModuleList([ResnetBlock(channels, channels, time_channels) for _ in range(2)])

    def forward(self, x, time):
        return self.resnets[1](self.attentions[0](self.resnets[0](x, time)), time)


class TimeEmbedding(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.linear_1 = nn.Linear(inputs, outputs)
        self.linear_2 = nn.Linear(outputs, outputs)

    def forward(self, timesteps):
        half = self.linear_1.in_features // 2
        frequencies = torch.exp(-math.log(10000) * torch.arange(half) / half)
        angles = timesteps[:, None].float() * frequencies[None]
        return self.linear_2(F.silu(self.linear_1(torch.cat([angles.cos(), angles.sin()], dim=1))))


class UNet(nn.Module):
    def __init__(self, channels=(32, 64, 64), attention=(False, True, True), layers=2):
        super().__init__()
        last, time_channels = len(channels) - 1, 4 * channels[0]
        self.conv_in = nn.Conv2d(1, channels[0], 3, padding=1)
        self.time_embedding = TimeEmbedding(channels[0], time_channels)
        self.down_blocks = nn.ModuleList([
            DownBlock(channels[max(k - 1, 0)], channels[k], time_channels, attention[k], k == last, layers)
            for k in range(last + 1)])
        self.mid_block = MidBlock(channels[-1], time_channels)
        self.up_blocks = nn.ModuleList([
            UpBlock(channels[min(k + 1, last)], channels[max(k - 1, 0)], channels[k], time_channels, attention[k],
                    k == 0, layers)
            for k in reversed(range(last + 1))])
        self.conv_norm_out = nn.GroupNorm(GROUPS, channels[0])
        self.conv_out = nn.Conv2d(channels[0], 1, 3, padding=1)

    def forward(self, x, timesteps):
        time = self.time_embedding(timesteps)
        x = self.conv_in(x)
        residuals = [x]
        for block in self.down_blocks:
            x, made = block(x, time)
            residuals += made
        x = self.mid_block(x, time)
        for block in self.up_blocks:
            x = block(x, residuals, time)
        return self.conv_out(F.silu(self.conv_norm_out(x)))


def load_file(path):
    """A safetensors file: 8 bytes length, that many bytes of JSON, then the data."""
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = bytearray(file.read())
    types = {"F32": torch.float32, "I64": torch.int64}
    return {
        name: torch.frombuffer(data[slice(*entry["data_offsets"])], dtype=types[entry["dtype"]]).reshape(entry["shape"])
        for name, entry in header.items() if name != "__metadata__"}


class Work:
    def load(self, folder):
        self.model = UNet()
        self.model.load_state_dict(load_file(f"{folder}/weights.safetensors"))
        inputs = load_file(f"{folder}/inputs.safetensors")
        self.sample, self.timesteps = inputs["sample"], inputs["timesteps"]
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=2e-4)
        self.average = [parameter.detach().clone() for parameter in self.model.parameters()]
        self.alpha_bars = torch.cumprod(1 - torch.linspace(1e-4, 0.02, T), 0)
        self.data = torch.rand(512, *self.sample.shape[1:]) * 2 - 1
        return sum(parameter.numel() for parameter in self.model.parameters())

    @torch.no_grad()
    def forward(self):
        return self.model(self.sample, self.timesteps)

    def step(self):
        count = len(self.sample)
        x0 = self.data[torch.randint(0, len(self.data), (count,))]
        timesteps = torch.randint(0, T, (count,))
        noise = torch.randn_like(x0)
        alpha_bar = self.alpha_bars[timesteps][:, None, None, None]
        noisy = alpha_bar.sqrt() * x0 + (1 - alpha_bar).sqrt() * noise
        loss = F.mse_loss(self.model(noisy, timesteps), noise)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        with torch.no_grad():
            for average, parameter in zip(self.average, self.model.parameters()):
                average.lerp_(parameter, 1 - 0.9999)
        return loss.item()


def main():
    torch.manual_seed(0)
    work = Work()
    for line in sys.stdin:
        command, *arguments = line.split()
        begin = time.perf_counter()
        if command == "load":
            answer = work.load(arguments[0])
        elif command == "threads":
            torch.set_num_threads(int(arguments[0]))
            ctypes.CDLL("libopenblas.so.0").openblas_set_num_threads(int(arguments[1]))
            answer = 0
        elif command == "output":
            with open(arguments[0], "wb") as file:
                file.write(work.forward().numpy().tobytes())
            answer = 0
        elif command == "memory":
            answer = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        else:
            getattr(work, command)()
            answer = time.perf_counter() - begin
        print(answer, flush=True)


if __name__ == "__main__":
    main()
