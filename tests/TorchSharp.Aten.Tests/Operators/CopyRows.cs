using static TorchSharp.torch;

namespace TorchSharp.Aten.Tests.Operators;

internal sealed class CopyRows : OperatorRows
{
    public static readonly CopyRows All = new()
    {
        { "clone", a => clone(a) },
        { "detach", a => a.detach() * a },
        { "detach_", a => (a * 2).detach_() * a },
        { "copy_", (a, b) => a.clone().copy_(b) },
        { "fill_", a => a.clone().fill_(2.5) },
        { "zero_", a => a.clone().zero_() },
        { "set_", (a, b) => zeros(2, dtype: ScalarType.Float64).set_(b.detach()) * b },
        { "zeros_like", a => zeros_like(a) },
        { "ones_like", a => ones_like(a) },
        { "full_like", a => full_like(a, 1.5) },
        { "empty_like", a => empty_like(a).fill_(2) },
        { "new_zeros", a => a.new_zeros([2, 2]) },
        { "new_full", a => a.new_full([2, 2], 1.5) },
        { "new_empty", a => a.new_empty([2, 2]).fill_(1) },
        { "method likes", a => a.zeros_like() + a.ones_like() + a.full_like(1.5) + a.empty_like().fill_(2) },
        { "to type", a => a.to(ScalarType.Float32) },
        { "to type device", a => a.to(ScalarType.Float32, CPU) },
        { "to device", a => a.to(CPU) },
        { "to device name", a => a.to("cpu") },
        { "to device type", a => a.to(DeviceType.CPU) },
        { "to other", (a, b) => a.to(b) },
        { "to_type", a => a.to_type(ScalarType.Int32) },
        { "type", a => a.type(ScalarType.Int16) },
        { "type_as", (a, b) => a.type_as(b) },
        { "cpu", a => a.cpu() },
        {
            "conversions",
            a => stack(
                new[]
                {
                    a.@float(), a.@double(), a.half(), a.bfloat16(), a.@long(), a.@int(), a.@byte(), a.@bool(),
                }.Select(t => t.@double()))
        },
        { "requires_grad_", a => a.detach().requires_grad_() * a },
        { "with_requires_grad", a => a.detach().with_requires_grad() * a },
    };
}
