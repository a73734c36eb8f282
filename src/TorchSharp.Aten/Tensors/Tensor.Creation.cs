using TorchSharp.Interop;

namespace TorchSharp;

// Copies, fills and random values.
public static partial class torch
{
    public static Tensor clone(Tensor input) => input.clone();
    public static Tensor bernoulli(Tensor input, Generator? generator = null) => input.bernoulli(generator);
    public static Tensor multinomial(
        Tensor input, long num_samples, bool replacement = false, Generator? generator = null) =>
        input.multinomial(num_samples, replacement, generator);

    public partial class Tensor
    {
        private static readonly Operator s_clone = Operator.Find("aten::clone");
        private static readonly Operator s_copy_ = Operator.Find("aten::copy_");
        private static readonly Operator s_detach = Operator.Find("aten::detach");
        private static readonly Operator s_detach_ = Operator.Find("aten::detach_");
        private static readonly Operator s_fill__Scalar = Operator.Find("aten::fill_", "Scalar");
        private static readonly Operator s_zero_ = Operator.Find("aten::zero_");
        private static readonly Operator s_set__source_Tensor = Operator.Find("aten::set_", "source_Tensor");
        private static readonly Operator s_bernoulli = Operator.Find("aten::bernoulli");
        private static readonly Operator s_multinomial = Operator.Find("aten::multinomial");
        private static readonly Operator s_normal_ = Operator.Find("aten::normal_");
        private static readonly Operator s_uniform_ = Operator.Find("aten::uniform_");

        public Tensor clone() => s_clone.Call(this);
        public Tensor copy_(Tensor source, bool nonBlocking = false) =>
            s_copy_.CallInPlace(this, this, source, nonBlocking);
        public Tensor detach() => s_detach.Call(this);
        public Tensor detach_() => s_detach_.CallInPlace(this, this);
        public Tensor fill_(Scalar value) => s_fill__Scalar.CallInPlace(this, this, value);
        public Tensor zero_() => s_zero_.CallInPlace(this, this);
        public Tensor set_(Tensor source) => s_set__source_Tensor.CallInPlace(this, this, source);
        public Tensor bernoulli(Generator? generator = null) => s_bernoulli.Call(this, generator);
        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null) =>
            s_multinomial.Call(this, num_samples, replacement, generator);
        public Tensor normal_(double mean = 0, double std = 1, Generator? generator = null) =>
            s_normal_.CallInPlace(this, this, mean, std, generator);
        public Tensor uniform_(double from, double to, Generator? generator = null) =>
            s_uniform_.CallInPlace(this, this, from, to, generator);
    }
}
