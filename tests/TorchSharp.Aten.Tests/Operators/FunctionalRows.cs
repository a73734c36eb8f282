using F = TorchSharp.torch.nn.functional;
using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Operators;

internal sealed class FunctionalRows : OperatorRows
{
    public static readonly FunctionalRows All = new()
    {
        { "F.silu", a => F.silu(a) },
        { "F.silu in place", a => F.silu(a.clone(), inplace: true) },
        { "F.gelu", a => F.gelu(a) },
        { "F.gelu in place", a => F.gelu(a.clone(), true) },
        { "F.relu", a => F.relu(a) },
        { "F.mish", a => F.mish(a) },
        { "F.mish in place", a => F.mish(a.clone(), inplace: true) },
        { "F.sigmoid", a => F.sigmoid(a) },
        { "F.tanh", a => F.tanh(a) },
        { "F.tanh in place", a => F.tanh(a.clone(), true) },
        { "F.leaky_relu", a => F.leaky_relu(a, 0.2) },
        { "F.elu", a => F.elu(a, 0.7) },
        { "F.softplus", a => F.softplus(a, 2.0, 1.0) },
        { "F.softmax", a => F.softmax(a, 1) },
        { "F.softmax type", a => F.softmax(a, 1, ScalarType.Float32) },
        { "F.log_softmax", a => F.log_softmax(a, 1) },
        { "F.linear", (a, b, c) => F.linear(a, b, c) },
        { "F.linear no bias", (a, b) => F.linear(a, b) },
        { "F.conv2d", (a, b, c) => F.conv2d(a, b, c, [2, 1], [1, 0], [1, 2], 2) },
        { "F.conv2d plain", (a, b) => F.conv2d(a, b) },
        { "F.conv2d same", (a, b) => F.conv2d_padding(a, b, padding: Padding.Same) },
        { "F.conv2d valid", (a, b, c) => F.conv2d_padding(a, b, c, null, Padding.Valid) },
        { "F.dropout off", a => F.dropout(a, 0.5, training: false) },
        { "F.one_hot", a => F.one_hot(a, 6) },
        { "F.one_hot open", a => F.one_hot(a) },
        { "F.normalize", a => F.normalize(a) },
        { "F.normalize zeros", a => F.normalize(a.detach(), 1.0, 1) },
        { "F.group_norm", (a, b, c) => F.group_norm(a, 3, b, c) },
        { "F.group_norm plain", a => F.group_norm(a, 2, eps: 0.1) },
        { "F.layer_norm", (a, b, c) => F.layer_norm(a, [3, 4], b, c) },
        {
            "F.batch_norm training",
            (a, b, c) => F.batch_norm(a, b.detach(), c.detach(), training: true, momentum: 0.3)
        },
        { "F.batch_norm running", (a, b, c) => F.batch_norm(a, b.detach(), c.detach()) },
        { "F.mse_loss", (a, b) => F.mse_loss(a, b) },
        { "F.mse_loss none", (a, b) => F.mse_loss(a, b, nn.Reduction.None) },
        { "F.l1_loss", (a, b) => F.l1_loss(a, b, nn.Reduction.Sum) },
        { "F.smooth_l1_loss", (a, b) => F.smooth_l1_loss(a, b, beta: 0.5) },
        { "F.huber_loss", (a, b) => F.huber_loss(a, b, delta: 0.5) },
        { "F.cross_entropy", (a, b, c) => F.cross_entropy(a, b, c.detach(), ignore_index: 0, label_smoothing: 0.1) },
        { "F.cross_entropy probabilities", (a, b) => F.cross_entropy(a, b.softmax(1)) },
        { "F.cross_entropy images", (a, b) => F.cross_entropy(a, b, reduction: nn.Reduction.Sum) },
        {
            "F.bce logits",
            (a, b, c, d) => F.binary_cross_entropy_with_logits(a, b, c.detach(), pos_weights: d.detach())
        },
        { "F.avg_pool2d", a => F.avg_pool2d(a, [3, 2], [2, 1], [1, 0], true, false) },
        { "F.avg_pool2d one", a => F.avg_pool2d(a, 2) },
        { "F.avg_pool2d pair", a => F.avg_pool2d(a, (2, 3), (1, 2), divisor_override: 5) },
        { "F.max_pool2d", a => F.max_pool2d(a, [3, 2], [2, 1], [1, 0], [1, 2], true) },
        { "F.max_pool2d one", a => F.max_pool2d(a, 3, 2, 1) },
        { "F.max_pool2d pair", a => F.max_pool2d(a, (2, 3)) },
        { "F.adaptive_avg_pool2d", a => F.adaptive_avg_pool2d(a, [2, 3]) },
        { "F.adaptive_avg_pool2d one", a => F.adaptive_avg_pool2d(a, 3) },
        { "F.adaptive_avg_pool2d pair", a => F.adaptive_avg_pool2d(a, (4, 1)) },
        { "F.interpolate nearest", a => F.interpolate(a, scale_factor: [2.0]) },
        { "F.interpolate nearest size", a => F.interpolate(a, [7]) },
        { "F.interpolate nearest volume", a => F.interpolate(a, [3, 4, 5]) },
        { "F.interpolate linear", a => F.interpolate(a, [7], mode: InterpolationMode.Linear, align_corners: true) },
        { "F.interpolate bilinear", a => F.interpolate(a, scale_factor: [1.7, 2.0], mode: InterpolationMode.Bilinear) },
        {
            "F.interpolate bilinear recomputed",
            a => F.interpolate(a, scale_factor: [1.7], mode: InterpolationMode.Bilinear, recompute_scale_factor: true)
        },
        {
            "F.interpolate bicubic",
            a => F.interpolate(a, [6, 7], mode: InterpolationMode.Bicubic, align_corners: false)
        },
        { "F.interpolate trilinear", a => F.interpolate(a, [3, 4, 5], mode: InterpolationMode.Trilinear) },
        { "F.interpolate area", a => F.interpolate(a, scale_factor: [0.5], mode: InterpolationMode.Area) },
        { "F.interpolate area line", a => F.interpolate(a, [2], mode: InterpolationMode.Area) },
        { "F.pad", a => F.pad(a, [1, 2, 0, 1], value: 1.5) },
        { "F.pad pair", a => F.pad(a, (1, 2)) },
        { "F.pad four", a => F.pad(a, (1, 2, 0, 1), PaddingModes.Zeros) },
        { "F.pad reflect", a => F.pad(a, (1, 2, 0, 1), PaddingModes.Reflect) },
        { "F.pad replicate", a => F.pad(a, (1, 2), PaddingModes.Replicate) },
        { "F.pad circular", a => F.pad(a, (1, 2), PaddingModes.Circular) },
        { "F.attention", (a, b, c) => F.scaled_dot_product_attention(a, b, c) },
        { "F.attention causal", (a, b, c) => F.scaled_dot_product_attention(a, b, c, is_casual: true) },
        { "F.attention mask", (a, b, c, d) => F.scaled_dot_product_attention(a, b, c, d) },
        { "F.attention bool mask", (a, b, c, d) => F.scaled_dot_product_attention(a, b, c, d) },
    };
}
