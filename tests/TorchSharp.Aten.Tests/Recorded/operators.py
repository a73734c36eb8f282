"""Records values and gradients of PyTorch's operators for OperatorTableTests.

    python3 operators.py > operators.json

Recorded with Debian 12's python3-torch 1.13.1, on the CPU, in float64. A case is a name, its inputs and the
expression that the row of the same name evaluates in C#. Gradients are those of sum(out * cos(0, 1, 2, ...)) over all
floating-point outputs.
"""
import json
import math

import torch
import torch.nn.functional as F

GENERATOR = torch.Generator().manual_seed(20240607)
NAN, INF = math.nan, math.inf


def N(*shape):
    """Normal."""
    return torch.randn(*shape, generator=GENERATOR, dtype=torch.float64).requires_grad_()


def P(*shape):
    """Positive, in [0.2, 2)."""
    return (torch.rand(*shape, generator=GENERATOR, dtype=torch.float64) * 1.8 + 0.2).requires_grad_()


def U(*shape):
    """Uniform in [-0.9, 0.9)."""
    return (torch.rand(*shape, generator=GENERATOR, dtype=torch.float64) * 1.8 - 0.9).requires_grad_()


def V(values):
    """Given numbers."""
    return torch.tensor(values, dtype=torch.float64)


def I(high, *shape):
    """Integers in [0, high)."""
    return torch.randint(high, shape, generator=GENERATOR)


def K(values):
    """Given integers."""
    return torch.tensor(values, dtype=torch.int64)


def B(*shape):
    """Truth values."""
    return torch.rand(*shape, generator=GENERATOR) < 0.5


def BV(values):
    """Given truth values."""
    return torch.tensor(values) == 1


def put(tensor, change):
    """The tensor after a change in place."""
    change(tensor)
    return tensor


CASES = [
    # Pointwise
    ("abs", [N(2, 3)], lambda a: torch.abs(a)),
    ("neg", [N(2, 3)], lambda a: torch.neg(a)),
    ("sin", [N(2, 3)], lambda a: torch.sin(a)),
    ("cos", [N(2, 3)], lambda a: torch.cos(a)),
    ("exp", [N(2, 3)], lambda a: torch.exp(a)),
    ("tanh", [N(2, 3)], lambda a: torch.tanh(a)),
    ("sigmoid", [N(2, 3)], lambda a: torch.sigmoid(a)),
    ("erf", [N(2, 3)], lambda a: torch.erf(a)),
    ("square", [N(2, 3)], lambda a: torch.square(a)),
    ("atan", [N(2, 3)], lambda a: torch.atan(a)),
    ("sinh", [N(2, 3)], lambda a: torch.sinh(a)),
    ("cosh", [N(2, 3)], lambda a: torch.cosh(a)),
    ("expm1", [N(2, 3)], lambda a: torch.expm1(a)),
    ("sgn", [N(2, 3)], lambda a: torch.sgn(a)),
    ("sign", [N(2, 3)], lambda a: torch.sign(a)),
    ("ceil", [N(2, 3)], lambda a: torch.ceil(a)),
    ("floor", [N(2, 3)], lambda a: torch.floor(a)),
    ("trunc", [N(2, 3)], lambda a: torch.trunc(a)),
    ("frac", [N(2, 3)], lambda a: torch.frac(a)),
    ("deg2rad", [N(2, 3)], lambda a: torch.deg2rad(a)),
    ("sqrt", [P(2, 3)], lambda a: torch.sqrt(a)),
    ("rsqrt", [P(2, 3)], lambda a: torch.rsqrt(a)),
    ("reciprocal", [P(2, 3)], lambda a: torch.reciprocal(a)),
    ("log", [P(2, 3)], lambda a: torch.log(a)),
    ("log2", [P(2, 3)], lambda a: torch.log2(a)),
    ("log10", [P(2, 3)], lambda a: torch.log10(a)),
    ("log1p", [P(2, 3)], lambda a: torch.log1p(a)),
    ("lgamma", [P(2, 3)], lambda a: torch.lgamma(a)),
    ("digamma", [P(2, 3)], lambda a: torch.digamma(a)),
    ("erfinv", [U(2, 3)], lambda a: torch.erfinv(a)),
    ("tan", [U(2, 3)], lambda a: torch.tan(a)),
    ("abs_", [N(2, 3)], lambda a: torch.abs_(a.clone())),
    ("neg_", [N(2, 3)], lambda a: torch.neg_(a.clone())),
    ("sin_", [N(2, 3)], lambda a: torch.sin_(a.clone())),
    ("cos_", [N(2, 3)], lambda a: torch.cos_(a.clone())),
    ("exp_", [N(2, 3)], lambda a: torch.exp_(a.clone())),
    ("tanh_", [N(2, 3)], lambda a: torch.tanh_(a.clone())),
    ("sigmoid_", [N(2, 3)], lambda a: torch.sigmoid_(a.clone())),
    ("erf_", [N(2, 3)], lambda a: torch.erf_(a.clone())),
    ("ceil_", [N(2, 3)], lambda a: torch.ceil_(a.clone())),
    ("floor_", [N(2, 3)], lambda a: torch.floor_(a.clone())),
    ("sqrt_", [P(2, 3)], lambda a: torch.sqrt_(a.clone())),
    ("rsqrt_", [P(2, 3)], lambda a: torch.rsqrt_(a.clone())),
    ("reciprocal_", [P(2, 3)], lambda a: torch.reciprocal_(a.clone())),
    ("log_", [P(2, 3)], lambda a: torch.log_(a.clone())),
    ("round", [N(2, 3)], lambda a: torch.round(a)),
    ("round decimals", [N(2, 3)], lambda a: torch.round(a, decimals=2)),
    ("round_", [N(2, 3)], lambda a: torch.round_(a.clone())),
    ("nan_to_num", [V([1.5, NAN, INF, -INF])], lambda a: torch.nan_to_num(a, 0.5, 9.0, -9.0)),
    ("add", [N(2, 3), N(3)], lambda a, b: torch.add(a, b)),
    ("add alpha", [N(2, 3), N(2, 1)], lambda a, b: torch.add(a, b, alpha=2.5)),
    ("add scalar", [N(2, 3)], lambda a: torch.add(a, 1.5)),
    ("add scalar alpha", [N(2, 3)], lambda a: torch.add(a, 1.5, alpha=2.0)),
    ("add_", [N(2, 3), N(3)], lambda a, b: a.clone().add_(b)),
    ("add_ alpha", [N(2, 3), N(3)], lambda a, b: a.clone().add_(b, alpha=0.5)),
    ("add_ scalar", [N(2, 3)], lambda a: a.clone().add_(1.5)),
    ("add_ scalar alpha", [N(2, 3)], lambda a: a.clone().add_(1.5, alpha=2.0)),
    ("sub", [N(2, 3), N(3)], lambda a, b: torch.sub(a, b)),
    ("sub scalar", [N(2, 3)], lambda a: torch.sub(a, 1.5)),
    ("sub_", [N(2, 3), N(3)], lambda a, b: a.clone().sub_(b)),
    ("sub_ scalar", [N(2, 3)], lambda a: a.clone().sub_(1.5)),
    ("mul", [N(2, 3), N(3)], lambda a, b: torch.mul(a, b)),
    ("mul scalar", [N(2, 3)], lambda a: torch.mul(a, 1.5)),
    ("mul_", [N(2, 3), N(3)], lambda a, b: a.clone().mul_(b)),
    ("mul_ scalar", [N(2, 3)], lambda a: a.clone().mul_(1.5)),
    ("div", [N(2, 3), P(3)], lambda a, b: torch.div(a, b)),
    ("div floor", [N(2, 3), P(3)], lambda a, b: torch.div(a, b, rounding_mode="floor")),
    ("div scalar trunc", [N(2, 3)], lambda a: torch.div(a, 0.3, rounding_mode="trunc")),
    ("div_", [N(2, 3), P(3)], lambda a, b: a.clone().div_(b)),
    ("div_ scalar", [N(2, 3)], lambda a: a.clone().div_(0.7)),
    ("true_divide", [N(2, 3), P(3)], lambda a, b: torch.true_divide(a, b)),
    ("true_divide scalar", [N(2, 3)], lambda a: a.true_divide(0.7)),
    ("pow", [P(2, 3), N(3)], lambda a, b: torch.pow(a, b)),
    ("pow scalar", [P(2, 3)], lambda a: torch.pow(a, 2.5)),
    ("pow_", [P(2, 3), N(3)], lambda a, b: a.clone().pow_(b)),
    ("pow_ scalar", [P(2, 3)], lambda a: a.clone().pow_(3)),
    ("remainder", [N(2, 3), P(3)], lambda a, b: torch.remainder(a, b)),
    ("remainder scalar", [N(2, 3)], lambda a: torch.remainder(a, 0.4)),
    ("fmod", [N(2, 3), P(3)], lambda a, b: torch.fmod(a, b)),
    ("fmod scalar", [N(2, 3)], lambda a: torch.fmod(a, 0.4)),
    ("atan2", [N(2, 3), N(2, 3)], lambda a, b: torch.atan2(a, b)),
    ("hypot", [N(2, 3), N(2, 3)], lambda a, b: torch.hypot(a, b)),
    ("xlogy", [N(2, 3), P(2, 3)], lambda a, b: torch.xlogy(a, b)),
    ("logaddexp", [N(2, 3), N(2, 3)], lambda a, b: torch.logaddexp(a, b)),
    ("maximum", [N(2, 3), N(2, 3)], lambda a, b: torch.maximum(a, b)),
    ("minimum", [N(2, 3), N(2, 3)], lambda a, b: torch.minimum(a, b)),
    ("lerp", [N(2, 3), N(2, 3), U(2, 3)], lambda a, b, c: torch.lerp(a, b, c)),
    ("lerp_", [N(2, 3), N(2, 3), U(2, 3)], lambda a, b, c: a.clone().lerp_(b, c)),
    ("addcmul", [N(2, 3), N(2, 3), N(3)], lambda a, b, c: torch.addcmul(a, b, c, value=0.5)),
    ("addcmul_", [N(2, 3), N(2, 3), N(3)], lambda a, b, c: a.clone().addcmul_(b, c, value=0.5)),
    ("addcdiv", [N(2, 3), N(2, 3), P(3)], lambda a, b, c: torch.addcdiv(a, b, c, value=0.5)),
    ("addcdiv one", [N(2, 3), N(2, 3), P(3)], lambda a, b, c: a.addcdiv(b, c)),
    ("addcdiv_", [N(2, 3), N(2, 3), P(3)], lambda a, b, c: a.clone().addcdiv_(b, c, value=0.5)),
    ("addcdiv_ one", [N(2, 3), N(2, 3), P(3)], lambda a, b, c: a.clone().addcdiv_(b, c)),
    ("clamp", [N(2, 3)], lambda a: torch.clamp(a, -0.5, 0.7)),
    ("clamp min", [N(2, 3)], lambda a: torch.clamp(a, min=-0.2)),
    ("clamp tensors", [N(2, 3), V([-1.0, -0.5, 0.0]), V([0.1, 0.2, 0.3])], lambda a, b, c: torch.clamp(a, b, c)),
    ("clamp_", [N(2, 3)], lambda a: a.clone().clamp_(-0.5, 0.7)),
    ("clamp_min", [N(2, 3)], lambda a: torch.clamp_min(a, 0.1)),
    ("clamp_max", [N(2, 3)], lambda a: torch.clamp_max(a, 0.1)),
    ("clip", [N(2, 3)], lambda a: torch.clip(a, -0.5, 0.7)),
    ("where", [B(2, 3), N(2, 3), N(3)], lambda a, b, c: torch.where(a, b, c)),
    ("where method", [N(2, 3), B(2, 3), N(3)], lambda a, b, c: a.where(b, c)),
    ("masked_fill", [N(2, 3), B(2, 3)], lambda a, b: a.masked_fill(b, -7.0)),
    ("masked_fill_", [N(2, 3), B(2, 3)], lambda a, b: a.clone().masked_fill_(b, -7.0)),
    ("bitwise_and", [I(16, 2, 3), I(16, 2, 3)], lambda a, b: torch.bitwise_and(a, b)),
    ("bitwise_or", [I(16, 2, 3), I(16, 2, 3)], lambda a, b: torch.bitwise_or(a, b)),
    ("bitwise_not", [I(16, 2, 3)], lambda a: torch.bitwise_not(a)),
    # Operator symbol
    ("op +", [N(2, 3), N(3)], lambda a, b: a + b),
    ("op + scalars", [N(2, 3)], lambda a: (a + 1.5) + 2 + 2 + 1.5 + (3.5 + a) + (4 + a) + (1 + a) + (2.5 + a) + (1 + a) + (a + 1) - 10),
    ("op -", [N(2, 3), N(3)], lambda a, b: a - b),
    ("op - scalars", [N(2, 3)], lambda a: a - 1.5 - 2 - 2 - 1.5 - 1 - (3.5 - a) - (4 - a) - (1 - a) - (2.5 - a) - (1 - a)),
    ("op *", [N(2, 3), N(3)], lambda a, b: a * b),
    ("op * scalars", [N(2, 3)], lambda a: a * 1.5 * 2 * 2 * 1.5 * 2 + (3.5 * a) * (2 * a) * (3 * a) * (0.5 * a) * (2 * a)),
    ("op /", [N(2, 3), P(3)], lambda a, b: a / b),
    ("op / scalars", [P(2, 3)], lambda a: a / 1.5 / 2 / 2 / 1.5 / 2 + 3.5 / a + 2 / a + 3 / a + 0.5 / a + 2 / a),
    ("op %", [N(2, 3), P(3)], lambda a, b: a % b),
    ("op % scalar", [N(2, 3)], lambda a: a % 0.4),
    ("op unary -", [N(2, 3)], lambda a: -a),
    ("op comparisons", [N(2, 3), N(2, 3)], lambda a, b: torch.stack([a < b, a <= b, a > b, a >= b, a == b, a != b])),
    ("op comparisons scalar", [V([-1.0, 0.5, 2.0])], lambda a: torch.stack([a < 0.5, a <= 0.5, a > 0.5, a >= 0.5, a == 0.5, a != 0.5])),
    ("op logic", [B(2, 3), B(2, 3)], lambda a, b: torch.stack([a & b, a | b, ~a])),
    # Comparison
    ("eq", [I(3, 2, 3), I(3, 2, 3)], lambda a, b: torch.eq(a, b)),
    ("ne", [I(3, 2, 3), I(3, 2, 3)], lambda a, b: torch.ne(a, b)),
    ("lt", [N(2, 3), N(2, 3)], lambda a, b: torch.lt(a, b)),
    ("le", [I(3, 2, 3), I(3, 2, 3)], lambda a, b: torch.le(a, b)),
    ("gt", [N(2, 3), N(2, 3)], lambda a, b: torch.gt(a, b)),
    ("ge", [I(3, 2, 3), I(3, 2, 3)], lambda a, b: torch.ge(a, b)),
    ("comparisons scalar", [V([-1.0, 0.5, 2.0])], lambda a: torch.stack([a.eq(0.5), a.ne(0.5), a.lt(0.5), a.le(0.5), a.gt(0.5), a.ge(0.5)])),
    ("isclose", [V([1.0, 2.0, NAN]), V([1.0005, 2.5, NAN])], lambda a, b: torch.isclose(a, b, 1e-3, 1e-8, True)),
    ("isnan isinf isfinite", [V([1.5, NAN, INF, -INF])], lambda a: torch.stack([torch.isnan(a), torch.isinf(a), torch.isfinite(a)])),
    ("logical_and", [B(2, 3), B(2, 3)], lambda a, b: torch.logical_and(a, b)),
    ("logical_or", [B(2, 3), B(2, 3)], lambda a, b: torch.logical_or(a, b)),
    ("logical_xor", [B(2, 3), B(2, 3)], lambda a, b: torch.logical_xor(a, b)),
    ("logical_not", [B(2, 3)], lambda a: torch.logical_not(a)),
    # Reduction
    ("sum", [N(2, 3, 4)], lambda a: torch.sum(a)),
    ("sum dim", [N(2, 3, 4)], lambda a: torch.sum(a, 1, keepdim=True)),
    ("sum dims", [N(2, 3, 4)], lambda a: a.sum([0, 2])),
    ("sum of bool", [B(2, 3)], lambda a: torch.sum(a, 1)),
    ("sum type", [N(2, 3)], lambda a: torch.sum(a, dtype=torch.float32)),
    ("mean", [N(2, 3, 4)], lambda a: torch.mean(a)),
    ("mean dims", [N(2, 3, 4)], lambda a: torch.mean(a, [1, 2], keepdim=True)),
    ("prod", [N(2, 3)], lambda a: torch.prod(a)),
    ("prod dim", [N(2, 3)], lambda a: torch.prod(a, 1)),
    ("var", [N(2, 3, 4)], lambda a: torch.var(a)),
    ("var biased", [N(2, 3, 4)], lambda a: torch.var(a, unbiased=False)),
    ("var dim", [N(2, 3, 4)], lambda a: torch.var(a, 1)),
    ("var dims", [N(2, 3, 4)], lambda a: torch.var(a, [0, 2], unbiased=False, keepdim=True)),
    ("std", [N(2, 3, 4)], lambda a: torch.std(a)),
    ("std dim", [N(2, 3, 4)], lambda a: torch.std(a, 2, unbiased=False)),
    ("std dims", [N(2, 3, 4)], lambda a: torch.std(a, [0, 2])),
    ("norm", [N(2, 3)], lambda a: torch.norm(a)),
    ("norm 1", [N(2, 3)], lambda a: torch.norm(a, p=1)),
    ("norm dim", [N(2, 3, 4)], lambda a: torch.norm(a, dim=1, keepdim=True, p=2)),
    ("max", [N(2, 3)], lambda a: torch.max(a)),
    ("max dim", [N(2, 3)], lambda a: torch.max(a, 1)),
    ("min", [N(2, 3)], lambda a: torch.min(a)),
    ("min dim", [N(2, 3)], lambda a: torch.min(a, 0, keepdim=True)),
    ("amax", [N(2, 3, 4)], lambda a: torch.amax(a, [0, 2])),
    ("amin", [N(2, 3, 4)], lambda a: torch.amin(a, [1], keepdim=True)),
    ("argmax", [N(2, 3)], lambda a: torch.argmax(a)),
    ("argmax dim", [N(2, 3)], lambda a: torch.argmax(a, 1, keepdim=True)),
    ("argmin", [N(2, 3)], lambda a: torch.argmin(a)),
    ("argmin dim", [N(2, 3)], lambda a: torch.argmin(a, 0)),
    ("median", [N(7)], lambda a: torch.median(a)),
    ("quantile", [N(3, 5), V([0.1, 0.5, 0.9])], lambda a, b: torch.quantile(a, b, dim=1)),
    ("quantile keepdim", [N(3, 5), V([0.25])], lambda a, b: torch.quantile(a, b, dim=0, keepdim=True)),
    ("logsumexp", [N(2, 3)], lambda a: torch.logsumexp(a, 1, keepdim=True)),
    ("cumsum", [N(2, 3)], lambda a: torch.cumsum(a, 1)),
    ("cumprod", [P(2, 3)], lambda a: torch.cumprod(a, 0)),
    ("all", [B(2, 3)], lambda a: torch.all(a)),
    ("all dim", [B(2, 3)], lambda a: torch.all(a, 1)),
    ("any", [B(2, 3)], lambda a: torch.any(a)),
    ("any dim", [B(2, 3)], lambda a: torch.any(a, 1, keepdim=True)),
    ("count_nonzero", [I(2, 3, 4)], lambda a: torch.count_nonzero(a)),
    ("count_nonzero dims", [I(2, 3, 4)], lambda a: torch.count_nonzero(a, [1])),
    ("bincount", [I(5, 12)], lambda a: torch.bincount(a, minlength=7)),
    ("bincount weights", [I(5, 12), P(12)], lambda a, b: torch.bincount(a, b.detach())),
    ("histc", [N(20)], lambda a: torch.histc(a.detach(), 5, -2, 2)),
    ("trace", [N(3, 3)], lambda a: torch.trace(a)),
    # Selection
    ("gather", [N(3, 4), I(3, 2, 4)], lambda a, b: torch.gather(a, 0, b)),
    ("take", [N(3, 4), I(12, 5)], lambda a, b: torch.take(a, b)),
    ("index_select", [N(3, 4), I(4, 5)], lambda a, b: torch.index_select(a, 1, b)),
    ("index_add", [N(3, 4), K([0, 2, 0]), N(3, 4)], lambda a, b, c: torch.index_add(a, 0, b, c, alpha=0.5)),
    ("index_add_", [N(3, 4), K([0, 2, 0]), N(3, 4)], lambda a, b, c: a.clone().index_add_(0, b, c, alpha=0.5)),
    ("index_copy_", [N(3, 4), K([2, 0]), N(2, 4)], lambda a, b, c: a.clone().index_copy_(0, b, c)),
    ("index_fill_", [N(3, 4), K([2, 0])], lambda a, b: a.clone().index_fill_(1, b, 9.0)),
    ("index tensors", [N(3, 4), K([2, 0, 2]), K([1, 1, 3])], lambda a, b, c: a[b, c]),
    ("index", [N(3, 4, 5)], lambda a: a[1, ..., None, 1:4:2]),
    ("indexer", [N(3, 4, 5)], lambda a: a[-1, 1:, :2]),
    ("indexer from end", [N(3, 4)], lambda a: a[:, -2]),
    ("indexer mask", [N(3, 4), B(3, 4)], lambda a, b: a[b]),
    ("indexer set", [N(3, 4), N(4)], lambda a, b: put(a.clone(), lambda t: t.__setitem__(1, b))),
    ("index_put_ tensors", [N(3, 4), K([2, 0]), N(2, 4)], lambda a, b, c: a.clone().index_put_((b,), c)),
    ("index_put_ slices", [N(3, 4), N(3)], lambda a, b: put(a.clone(), lambda t: t.__setitem__((slice(None), 1), b))),
    ("index_put_ scalar", [N(3, 4)], lambda a: put(a.clone(), lambda t: t.__setitem__(slice(0, 2), 5.0))),
    ("masked_select", [N(3, 4), B(3, 4)], lambda a, b: torch.masked_select(a, b)),
    ("nonzero", [I(2, 3, 4)], lambda a: torch.nonzero(a)),
    ("scatter", [N(3, 4), I(3, 2, 4), N(2, 4)], lambda a, b, c: torch.scatter(a, 0, torch.argsort(b, 0), c)),
    ("scatter_", [N(3, 4), K([[0, 1, 2, 0]]), N(1, 4)], lambda a, b, c: a.clone().scatter_(0, b, c)),
    ("scatter_add", [N(3, 4), I(3, 2, 4), N(2, 4)], lambda a, b, c: torch.scatter_add(a, 0, b, c)),
    ("scatter_add_", [N(3, 4), I(3, 2, 4), N(2, 4)], lambda a, b, c: a.clone().scatter_add_(0, b, c)),
    ("select", [N(3, 4)], lambda a: torch.select(a, 1, 2)),
    ("narrow", [N(3, 4)], lambda a: torch.narrow(a, 1, 1, 2)),
    ("slice", [N(3, 8)], lambda a: a[:, 1:7:2]),
    ("sort", [N(3, 4)], lambda a: torch.sort(a, dim=1, descending=True)),
    ("argsort", [N(3, 4)], lambda a: torch.argsort(a, 0, True)),
    ("topk", [N(3, 5)], lambda a: torch.topk(a, 2, 1, True, True)),
    ("searchsorted", [K([1, 3, 5, 7]), K([0, 3, 6, 9])], lambda a, b: torch.searchsorted(a, b, right=True)),
    ("tril", [N(3, 4)], lambda a: torch.tril(a, 1)),
    ("triu", [N(3, 4)], lambda a: torch.triu(a, -1)),
    ("diag", [N(3)], lambda a: torch.diag(a, 1)),
    ("diagonal", [N(3, 4, 5)], lambda a: torch.diagonal(a, 1, 0, 2)),
    # Shape
    ("reshape", [N(2, 3, 4)], lambda a: torch.reshape(a, [4, -1])),
    ("view", [N(2, 3, 4)], lambda a: a.view([6, 4])),
    ("view_as", [N(2, 6), N(3, 4)], lambda a, b: a.view_as(b.detach())),
    ("flatten", [N(2, 3, 4)], lambda a: torch.flatten(a, 1)),
    ("unflatten", [N(2, 6)], lambda a: a.unflatten(1, [2, 3])),
    ("ravel", [N(2, 3)], lambda a: torch.ravel(a)),
    ("squeeze", [N(2, 1, 3, 1)], lambda a: a.squeeze()),
    ("squeeze dim", [N(2, 1, 3, 1)], lambda a: a.squeeze(1)),
    ("unsqueeze", [N(2, 3)], lambda a: torch.unsqueeze(a, 1)),
    ("unsqueeze_", [N(2, 3)], lambda a: a.clone().unsqueeze_(0)),
    ("transpose", [N(2, 3, 4)], lambda a: torch.transpose(a, 0, 2)),
    ("swapaxes", [N(2, 3, 4)], lambda a: torch.swapaxes(a, 0, 1)),
    ("t", [N(2, 3)], lambda a: torch.t(a)),
    ("permute", [N(2, 3, 4)], lambda a: torch.permute(a, [2, 0, 1])),
    ("permute enumerable", [N(2, 3)], lambda a: a.permute([1, 0])),
    ("movedim", [N(2, 3, 4)], lambda a: torch.movedim(a, [0], [2])),
    ("expand", [N(3, 1)], lambda a: a.expand([2, 3, 4])),
    ("expand implicit", [N(3, 1)], lambda a: a.expand(3, 4)),
    ("expand_as", [N(3, 1), N(3, 4)], lambda a, b: a.expand_as(b.detach())),
    ("broadcast_to", [N(3, 1)], lambda a: torch.broadcast_to(a, [2, 3, 4])),
    ("repeat", [N(2, 3)], lambda a: a.repeat([2, 1, 2])),
    ("repeat_interleave", [N(2, 3)], lambda a: torch.repeat_interleave(a, 2, dim=1)),
    ("tile", [N(2, 3)], lambda a: torch.tile(a, [2, 2])),
    ("flip", [N(2, 3)], lambda a: torch.flip(a, [0, 1])),
    ("roll", [N(2, 3)], lambda a: torch.roll(a, 1, 1)),
    ("roll dims", [N(2, 3)], lambda a: torch.roll(a, [1, 1], [0, 1])),
    ("unfold", [N(3, 8)], lambda a: a.unfold(1, 3, 2)),
    ("as_strided", [N(3, 4)], lambda a: a.as_strided([2, 3], [1, 4], 1)),
    ("contiguous", [N(2, 3)], lambda a: a.t().contiguous()),
    ("alias", [N(2, 3)], lambda a: torch.ops.aten.alias(a)),
    ("cat", [N(2, 3), N(1, 3)], lambda a, b: torch.cat([a, b], 0)),
    ("concat", [N(2, 3), N(2, 1)], lambda a, b: torch.concat([a, b], 1)),
    ("stack", [N(2, 3), N(2, 3)], lambda a, b: torch.stack([a, b], 1)),
    ("chunk", [N(5, 3)], lambda a: torch.chunk(a, 2, 0)),
    ("split sizes", [N(5, 3)], lambda a: torch.split(a, [2, 3], 0)),
    ("split size", [N(5, 3)], lambda a: a.split(2, 0)),
    ("unbind", [N(3, 2)], lambda a: torch.unbind(a, 1)),
    ("meshgrid", [N(2), N(3)], lambda a, b: torch.meshgrid([a, b], indexing="ij")),
    # Linear algebra
    ("matmul", [N(2, 3, 4), N(4, 2)], lambda a, b: torch.matmul(a, b)),
    ("mm", [N(3, 4), N(4, 2)], lambda a, b: torch.mm(a, b)),
    ("bmm", [N(2, 3, 4), N(2, 4, 2)], lambda a, b: torch.bmm(a, b)),
    ("mv", [N(3, 4), N(4)], lambda a, b: torch.mv(a, b)),
    ("dot", [N(4), N(4)], lambda a, b: torch.dot(a, b)),
    ("outer", [N(3), N(4)], lambda a, b: torch.outer(a, b)),
    ("inner", [N(2, 4), N(3, 4)], lambda a, b: torch.inner(a, b)),
    ("kron", [N(2, 2), N(2, 3)], lambda a, b: torch.kron(a, b)),
    ("addmm", [N(3), N(3, 4), N(4, 3)], lambda a, b, c: torch.addmm(a, b, c, beta=0.5, alpha=2)),
    ("addmm_", [N(3, 3), N(3, 4), N(4, 3)], lambda a, b, c: a.clone().addmm_(b, c, beta=0.5, alpha=2)),
    ("baddbmm", [N(2, 3, 3), N(2, 3, 4), N(2, 4, 3)], lambda a, b, c: torch.baddbmm(a, b, c, beta=0.5, alpha=2)),
    ("einsum", [N(2, 3, 4), N(2, 4, 5)], lambda a, b: torch.einsum("bij,bjk->bik", a, b)),
    ("cdist", [N(3, 2), N(4, 2)], lambda a, b: torch.cdist(a, b)),
    ("det", [N(3, 3)], lambda a: torch.det(a)),
    ("logdet", [N(3, 3)], lambda a: torch.logdet(a @ a.t() + torch.eye(3, dtype=torch.float64))),
    ("inverse", [N(3, 3)], lambda a: torch.inverse(a)),
    ("pinverse", [N(4, 2)], lambda a: torch.pinverse(a)),
    ("cholesky", [N(3, 3)], lambda a: torch.linalg.cholesky(a @ a.t() + torch.eye(3, dtype=torch.float64))),
    # Activation
    ("relu", [N(2, 3)], lambda a: torch.relu(a)),
    ("relu_", [N(2, 3)], lambda a: a.clone().relu_()),
    ("silu", [N(2, 3)], lambda a: F.silu(a)),
    ("silu_", [N(2, 3)], lambda a: F.silu(a.clone(), inplace=True)),
    ("selu", [N(2, 3)], lambda a: F.selu(a)),
    ("gelu", [N(2, 3)], lambda a: F.gelu(a)),
    ("celu", [N(2, 3)], lambda a: F.celu(a)),
    ("elu", [N(2, 3)], lambda a: F.elu(a, 0.7)),
    ("leaky_relu", [N(2, 3)], lambda a: F.leaky_relu(a, 0.2)),
    ("hardtanh", [N(2, 3)], lambda a: F.hardtanh(a, -0.5, 0.8)),
    ("softplus", [N(2, 3)], lambda a: F.softplus(a, 2.0, 1.0)),
    ("softmax", [N(2, 3)], lambda a: torch.softmax(a, 1)),
    ("log_softmax", [N(2, 3)], lambda a: torch.log_softmax(a, 0)),
    # Copy
    ("clone", [N(2, 3)], lambda a: torch.clone(a)),
    ("detach", [N(2, 3)], lambda a: a.detach() * a),
    ("detach_", [N(2, 3)], lambda a: (a * 2).detach_() * a),
    ("copy_", [N(2, 3), N(3)], lambda a, b: a.clone().copy_(b)),
    ("fill_", [N(2, 3)], lambda a: a.clone().fill_(2.5)),
    ("zero_", [N(2, 3)], lambda a: a.clone().zero_()),
    ("set_", [N(2, 3), N(4)], lambda a, b: torch.zeros(2).double().set_(b.detach()) * b),
    ("zeros_like", [N(2, 3)], lambda a: torch.zeros_like(a)),
    ("ones_like", [N(2, 3)], lambda a: torch.ones_like(a)),
    ("full_like", [N(2, 3)], lambda a: torch.full_like(a, 1.5)),
    ("empty_like", [N(2, 3)], lambda a: torch.empty_like(a).fill_(2)),
    ("new_zeros", [N(2, 3)], lambda a: a.new_zeros([2, 2])),
    ("new_full", [N(2, 3)], lambda a: a.new_full([2, 2], 1.5)),
    ("new_empty", [N(2, 3)], lambda a: a.new_empty([2, 2]).fill_(1)),
    ("method likes", [N(2, 3)], lambda a: torch.zeros_like(a) + torch.ones_like(a) + torch.full_like(a, 1.5) + torch.empty_like(a).fill_(2)),
    ("to type", [N(2, 3)], lambda a: a.to(torch.float32)),
    ("to type device", [N(2, 3)], lambda a: a.to("cpu", torch.float32)),
    ("to device", [N(2, 3)], lambda a: a.to("cpu")),
    ("to device name", [N(2, 3)], lambda a: a.to("cpu")),
    ("to device type", [N(2, 3)], lambda a: a.to("cpu")),
    ("to other", [N(2, 3), I(3, 2)], lambda a, b: a.to(b)),
    ("to_type", [N(2, 3)], lambda a: a.to(torch.int32)),
    ("type", [N(2, 3)], lambda a: a.to(torch.int16)),
    ("type_as", [N(2, 3), I(3, 2)], lambda a, b: a.type_as(b)),
    ("cpu", [N(2, 3)], lambda a: a.cpu()),
    ("conversions", [V([0.0, 1.5, 100.25])], lambda a: torch.stack([t.double() for t in (a.float(), a.double(), a.half(), a.bfloat16(), a.long(), a.int(), a.byte(), a.bool())])),
    ("requires_grad_", [N(2, 3)], lambda a: a.detach().requires_grad_() * a),
    ("with_requires_grad", [N(2, 3)], lambda a: a.detach().requires_grad_() * a),
    # Functional
    ("F.silu", [N(2, 3)], lambda a: F.silu(a)),
    ("F.silu in place", [N(2, 3)], lambda a: F.silu(a.clone(), inplace=True)),
    ("F.gelu", [N(2, 3)], lambda a: F.gelu(a)),
    ("F.gelu in place", [N(2, 3)], lambda a: F.gelu(a.clone())),
    ("F.relu", [N(2, 3)], lambda a: F.relu(a)),
    ("F.mish", [N(2, 3)], lambda a: F.mish(a)),
    ("F.mish in place", [N(2, 3)], lambda a: F.mish(a.clone(), inplace=True)),
    ("F.sigmoid", [N(2, 3)], lambda a: F.sigmoid(a)),
    ("F.tanh", [N(2, 3)], lambda a: F.tanh(a)),
    ("F.tanh in place", [N(2, 3)], lambda a: F.tanh(a.clone())),
    ("F.leaky_relu", [N(2, 3)], lambda a: F.leaky_relu(a, 0.2)),
    ("F.elu", [N(2, 3)], lambda a: F.elu(a, 0.7)),
    ("F.softplus", [N(2, 3)], lambda a: F.softplus(a, 2.0, 1.0)),
    ("F.softmax", [N(2, 3)], lambda a: F.softmax(a, 1)),
    ("F.softmax type", [N(2, 3)], lambda a: F.softmax(a, 1, dtype=torch.float32)),
    ("F.log_softmax", [N(2, 3)], lambda a: F.log_softmax(a, 1)),
    ("F.linear", [N(2, 3), N(4, 3), N(4)], lambda a, b, c: F.linear(a, b, c)),
    ("F.linear no bias", [N(2, 5, 3), N(4, 3)], lambda a, b: F.linear(a, b)),
    ("F.conv2d", [N(2, 4, 5, 6), N(6, 2, 3, 3), N(6)], lambda a, b, c: F.conv2d(a, b, c, [2, 1], [1, 0], [1, 2], 2)),
    ("F.conv2d plain", [N(1, 2, 4, 4), N(3, 2, 3, 3)], lambda a, b: F.conv2d(a, b)),
    ("F.conv2d same", [N(1, 2, 4, 5), N(3, 2, 3, 2)], lambda a, b: F.conv2d(a, b, padding="same")),
    ("F.conv2d valid", [N(1, 2, 4, 5), N(3, 2, 3, 3), N(3)], lambda a, b, c: F.conv2d(a, b, c, padding="valid")),
    ("F.dropout off", [N(2, 3)], lambda a: F.dropout(a, 0.5, training=False)),
    ("F.one_hot", [I(4, 5)], lambda a: F.one_hot(a, 6)),
    ("F.one_hot open", [K([0, 2, 1])], lambda a: F.one_hot(a)),
    ("F.normalize", [N(2, 3)], lambda a: F.normalize(a)),
    ("F.normalize zeros", [V([[0.0, 0.0], [3.0, 4.0]])], lambda a: F.normalize(a.detach(), 1.0, 1)),
    ("F.group_norm", [N(2, 6, 3, 2), N(6), N(6)], lambda a, b, c: F.group_norm(a, 3, b, c)),
    ("F.group_norm plain", [N(2, 4, 3)], lambda a: F.group_norm(a, 2, eps=0.1)),
    ("F.layer_norm", [N(2, 3, 4), N(3, 4), N(3, 4)], lambda a, b, c: F.layer_norm(a, [3, 4], b, c)),
    ("F.batch_norm training", [N(3, 2, 2, 2), N(2), P(2)], lambda a, b, c: F.batch_norm(a, b.detach(), c.detach(), training=True, momentum=0.3)),
    ("F.batch_norm running", [N(3, 2, 2, 2), N(2), P(2)], lambda a, b, c: F.batch_norm(a, b.detach(), c.detach())),
    ("F.mse_loss", [N(2, 3), N(2, 3)], lambda a, b: F.mse_loss(a, b)),
    ("F.mse_loss none", [N(2, 3), N(2, 3)], lambda a, b: F.mse_loss(a, b, reduction="none")),
    ("F.l1_loss", [N(2, 3), N(2, 3)], lambda a, b: F.l1_loss(a, b, reduction="sum")),
    ("F.smooth_l1_loss", [N(2, 3), N(2, 3)], lambda a, b: F.smooth_l1_loss(a, b, beta=0.5)),
    ("F.huber_loss", [N(2, 3), N(2, 3)], lambda a, b: F.huber_loss(a, b, delta=0.5)),
    ("F.cross_entropy", [N(3, 4), K([1, 0, 3]), P(4)], lambda a, b, c: F.cross_entropy(a, b, c.detach(), ignore_index=0, label_smoothing=0.1)),
    ("F.cross_entropy probabilities", [N(3, 4), U(3, 4)], lambda a, b: F.cross_entropy(a, b.softmax(1))),
    ("F.cross_entropy images", [N(2, 3, 2, 2), I(3, 2, 2, 2)], lambda a, b: F.cross_entropy(a, b, reduction="sum")),
    ("F.bce logits", [N(2, 3), P(2, 3), P(2, 3), P(3)], lambda a, b, c, d: F.binary_cross_entropy_with_logits(a, b, c.detach(), pos_weight=d.detach())),
    ("F.avg_pool2d", [N(1, 2, 5, 6)], lambda a: F.avg_pool2d(a, [3, 2], [2, 1], [1, 0], True, False)),
    ("F.avg_pool2d one", [N(1, 2, 5, 6)], lambda a: F.avg_pool2d(a, 2)),
    ("F.avg_pool2d pair", [N(1, 2, 5, 6)], lambda a: F.avg_pool2d(a, (2, 3), (1, 2), divisor_override=5)),
    ("F.max_pool2d", [N(1, 2, 6, 7)], lambda a: F.max_pool2d(a, [3, 2], [2, 1], [1, 0], [1, 2], True)),
    ("F.max_pool2d one", [N(1, 2, 6, 7)], lambda a: F.max_pool2d(a, 3, 2, 1)),
    ("F.max_pool2d pair", [N(1, 2, 6, 7)], lambda a: F.max_pool2d(a, (2, 3))),
    ("F.adaptive_avg_pool2d", [N(1, 2, 5, 7)], lambda a: F.adaptive_avg_pool2d(a, [2, 3])),
    ("F.adaptive_avg_pool2d one", [N(1, 2, 5, 7)], lambda a: F.adaptive_avg_pool2d(a, 3)),
    ("F.adaptive_avg_pool2d pair", [N(1, 2, 5, 7)], lambda a: F.adaptive_avg_pool2d(a, (4, 1))),
    ("F.interpolate nearest", [N(1, 2, 3, 4)], lambda a: F.interpolate(a, scale_factor=2.0)),
    ("F.interpolate nearest size", [N(1, 2, 3)], lambda a: F.interpolate(a, [7])),
    ("F.interpolate nearest volume", [N(1, 1, 2, 2, 2)], lambda a: F.interpolate(a, [3, 4, 5])),
    ("F.interpolate linear", [N(1, 2, 3)], lambda a: F.interpolate(a, [7], mode="linear", align_corners=True)),
    ("F.interpolate bilinear", [N(1, 2, 3, 4)], lambda a: F.interpolate(a, scale_factor=[1.7, 2.0], mode="bilinear")),
    ("F.interpolate bilinear recomputed", [N(1, 2, 3, 4)], lambda a: F.interpolate(a, scale_factor=1.7, mode="bilinear", recompute_scale_factor=True)),
    ("F.interpolate bicubic", [N(1, 1, 4, 4)], lambda a: F.interpolate(a, [6, 7], mode="bicubic", align_corners=False)),
    ("F.interpolate trilinear", [N(1, 1, 2, 3, 2)], lambda a: F.interpolate(a, [3, 4, 5], mode="trilinear")),
    ("F.interpolate area", [N(1, 2, 5, 6)], lambda a: F.interpolate(a, scale_factor=0.5, mode="area")),
    ("F.interpolate area line", [N(1, 2, 5)], lambda a: F.interpolate(a, [2], mode="area")),
    ("F.pad", [N(2, 3, 4)], lambda a: F.pad(a, [1, 2, 0, 1], value=1.5)),
    ("F.pad pair", [N(2, 3)], lambda a: F.pad(a, (1, 2))),
    ("F.pad four", [N(2, 3)], lambda a: F.pad(a, (1, 2, 0, 1))),
    ("F.pad reflect", [N(1, 2, 4, 4)], lambda a: F.pad(a, (1, 2, 0, 1), mode="reflect")),
    ("F.pad replicate", [N(1, 2, 3)], lambda a: F.pad(a, (1, 2), mode="replicate")),
    ("F.pad circular", [N(1, 2, 4)], lambda a: F.pad(a, (1, 2), mode="circular")),
    ("F.attention", [N(2, 3, 4), N(2, 5, 4), N(2, 5, 2)], lambda a, b, c: torch.softmax(a @ b.transpose(-2, -1) / 2, -1) @ c),
    ("F.attention causal", [N(2, 3, 4), N(2, 3, 4), N(2, 3, 2)], lambda a, b, c: torch.softmax((a @ b.transpose(-2, -1) / 2).masked_fill(torch.ones(3, 3).triu(1) == 1, -math.inf), -1) @ c),
    ("F.attention mask", [N(2, 3, 4), N(2, 3, 4), N(2, 3, 2), N(3, 3)], lambda a, b, c, d: torch.softmax(a @ b.transpose(-2, -1) / 2 + d, -1) @ c),
    ("F.attention bool mask", [N(2, 2, 4), N(2, 3, 4), N(2, 3, 2), BV([[1, 1, 0], [0, 1, 1]])], lambda a, b, c, d: torch.softmax((a @ b.transpose(-2, -1) / 2).masked_fill(~d, -math.inf), -1) @ c),
    ("linalg.qr", [N(4, 3)], lambda a: torch.linalg.qr(a)),
    ("linalg.qr complete", [N(4, 3)], lambda a: torch.linalg.qr(a.detach(), mode="complete")),
    ("linalg.qr r", [N(4, 3)], lambda a: torch.linalg.qr(a.detach(), mode="r")[1]),
    ("linalg.svdvals", [N(4, 3)], lambda a: torch.linalg.svdvals(a)),
]


def dump(tensor):
    """dtype, shape and values; numbers that JSON lacks as text."""
    values = (torch.zeros(tensor.shape, dtype=torch.float64) + tensor.detach()).reshape(-1).tolist()
    text = {math.inf: "Infinity", -math.inf: "-Infinity"}
    return {
        "type": str(tensor.dtype).removeprefix("torch."),
        "shape": list(tensor.shape),
        "values": ["NaN" if math.isnan(v) else text.get(v, v) for v in values],
    }


def record(inputs, function):
    result = function(*inputs)
    outputs = list(result) if isinstance(result, (tuple, list)) else [result]
    row = {
        "inputs": [{**dump(x), "grad": x.requires_grad} for x in inputs],
        "outputs": [dump(y) for y in outputs],
        "gradients": [None] * len(inputs),
    }
    paths = [y for y in outputs if y.requires_grad and y.is_floating_point()]
    leaves = [x for x in inputs if x.requires_grad]
    if paths and leaves:
        loss = sum(
            (y.double() * torch.arange(y.numel(), dtype=torch.float64).cos().reshape(y.shape)).sum() for y in paths)
        gradients = iter(torch.autograd.grad(loss, leaves, allow_unused=True))
        for place, x in enumerate(inputs):
            gradient = next(gradients) if x.requires_grad else None
            row["gradients"][place] = None if gradient is None else dump(gradient)
    return row


print("{")
for place, (name, inputs, function) in enumerate(CASES):
    comma = "," if place < len(CASES) - 1 else ""
    print(f"{json.dumps(name)}: {json.dumps(record(inputs, function), separators=(',', ':'))}{comma}")
print("}")
