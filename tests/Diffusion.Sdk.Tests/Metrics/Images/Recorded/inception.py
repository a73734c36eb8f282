"""Records pool features of torchvision's inception_v3 for InceptionV3Tests.

    python3 inception.py > inception.json

Recorded with Debian 12's python3-torch 1.13.1 and python3-torchvision 0.14.1, on the CPU. Weights and images are made
by a rule that the tests know too (Hashed.cs), so only every 16th feature is kept.
"""
import json

import numpy as np
import torch
import torchvision

from feature_metrics import hashed


def salt_of(name):
    """32-bit FNV-1a."""
    h = 0x811C9DC5
    for byte in name.encode():
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    return h


def weights(name, shape):
    count = int(np.prod(shape))
    u = hashed(count, salt_of(name))
    if name.endswith("conv.weight"):
        values = u * np.sqrt(6.0 / np.prod(shape[1:]))  # keeps the variance through ReLU
    else:
        values = {"weight": 1 + 0.2 * u, "bias": 0.1 * u, "running_mean": 0.1 * u, "running_var": 1 + 0.5 * u}[
            name.rsplit(".", 1)[1]]
    return torch.from_numpy(values.astype(np.float32)).reshape(shape)


def pictures(salt, *shape):
    """Whole bytes, as values in [-1, 1]."""
    bytes_ = np.floor((hashed(int(np.prod(shape)), salt) + 1) * 128)
    return torch.from_numpy((bytes_ / 127.5 - 1).astype(np.float32)).reshape(shape)


model = torchvision.models.inception_v3(weights=None, init_weights=False, transform_input=False).eval()
own = model.state_dict()
model.load_state_dict({
    name: value if name.startswith(("fc.", "AuxLogits.")) or value.dtype == torch.int64 else weights(name, value.shape)
    for name, value in own.items()
})
seen = []
model.avgpool.register_forward_hook(lambda module, inputs, output: seen.append(output.flatten(1)))


def features(images):
    with torch.no_grad():
        model(images)
    return seen.pop()


full = pictures(1, 1, 3, 299, 299)
grey = torch.nn.functional.interpolate(
    pictures(2, 2, 1, 28, 28).expand(-1, 3, -1, -1), size=(299, 299), mode="bilinear", align_corners=False)
direct = features(full)

# transform_input takes the normalisation of torchvision's weights back to [-1, 1].
mean, std = (torch.tensor(v).reshape(1, 3, 1, 1) for v in ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]))
model.transform_input = True
assert torch.allclose(features(((full + 1) / 2 - mean) / std), direct, rtol=1e-4, atol=1e-4)
model.transform_input = False

print(json.dumps({
    "full": [round(v, 7) for v in direct[0, ::16].tolist()],
    "grey": [[round(v, 7) for v in row[::16].tolist()] for row in features(grey)],
    "keys": sum(1 for name in own if not name.startswith(("fc.", "AuxLogits."))),
}, separators=(",", ":")))
