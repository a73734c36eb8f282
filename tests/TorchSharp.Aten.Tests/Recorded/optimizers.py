"""Records the paths of PyTorch's optimizers for RecordedOptimizerTests.

    python3 optimizers.py > optimizers.json

Recorded with Debian 12's python3-torch 1.13.1, on the CPU, in float64. Two parameters start at [1, -2, 3] and [0.5]; the
gradient of parameter p at step k is sin(0, 1, ... + 0.7 k) + 0.1 p. At step 3 the second parameter has no gradient.
"""
import json

import torch

CASES = {
    "Adam": lambda p: torch.optim.Adam(p, lr=0.1),
    "Adam all options": lambda p: torch.optim.Adam(
        p, lr=0.05, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.2, amsgrad=True, maximize=True),
    "Adam groups": lambda p: torch.optim.Adam([{"params": [p[0]]}, {"params": [p[1]], "lr": 0.3, "weight_decay": 0.1}], lr=0.1),
    "AdamW": lambda p: torch.optim.AdamW(p, lr=0.1, weight_decay=0),
    "AdamW all options": lambda p: torch.optim.AdamW(
        p, lr=0.05, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.2, amsgrad=True, maximize=True),
    "SGD": lambda p: torch.optim.SGD(p, lr=0.1),
    "SGD momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, dampening=0.3, weight_decay=0.2),
    "SGD nesterov": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, maximize=True),
}
STEPS = 6


def path(make):
    parameters = [
        torch.nn.Parameter(torch.tensor(values, dtype=torch.float64)) for values in ([1.0, -2.0, 3.0], [0.5])]
    optimizer = make(parameters)
    places = []
    for k in range(STEPS):
        for index, parameter in enumerate(parameters):
            count = torch.arange(parameter.numel(), dtype=torch.float64)
            gradient = (count + 0.7 * k).sin() + 0.1 * parameter.detach()
            parameter.grad = None if k == 3 and index == 1 else gradient
        optimizer.step()
        places.append([v for parameter in parameters for v in parameter.detach().tolist()])
    return places


print(json.dumps({name: path(make) for name, make in CASES.items()}, indent=1))
