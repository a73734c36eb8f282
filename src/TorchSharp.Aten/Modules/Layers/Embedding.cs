using TorchSharp.Interop;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>A table of vectors, looked up by index.</summary>
public sealed class Embedding : nn.Module<Tensor, Tensor>
{
    private static readonly Operator s_embedding = Operator.Find("aten::embedding");
    private static readonly Operator s_renorm = Operator.Find("aten::embedding_renorm_");

    private readonly EmbeddingOptions _options;

    [ComponentName(Name = nameof(weight))]
    private Parameter? _weight;

    internal Embedding(long num_embeddings, long embedding_dims, EmbeddingOptions options, Device? device,
        ScalarType? dtype)
        : this(new Parameter(empty([num_embeddings, embedding_dims], dtype, device)), options)
    {
        nn.init.normal_(weight);
        if (options.PaddingIndex is long index)
        {
            using IDisposable guard = no_grad();
            using Tensor row = weight.narrow(0, index < 0 ? index + num_embeddings : index, 1);
            row.zero_();
        }
    }

    internal Embedding(Parameter weight, EmbeddingOptions options)
        : base(nameof(Embedding))
    {
        _options = options;
        this.weight = weight;
    }

    /// <summary>The table [num_embeddings, embedding_dims].</summary>
    public Parameter weight
    {
        get => _weight!;
        set => ReplaceParameter(nameof(weight), ref _weight, value);
    }

    /// <summary>Maps indices [...], each in [0, num_embeddings), to vectors [..., embedding_dims].</summary>
    public override Tensor forward(Tensor input)
    {
        if (_options.MaxNorm is double norm)
        {
            using IDisposable guard = no_grad();
            s_renorm.CallInPlace(weight, weight, input, norm, _options.NormType);
        }
        return s_embedding.Call(
            weight, input, _options.PaddingIndex ?? -1, _options.ScaleGradByFrequency, _options.Sparse);
    }
}
