using TorchSharp.Modules;
using M = TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A parameter made of a tensor, whose handle it takes over.</summary>
        public static Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);

        /// <summary>An affine map of the last dimension, weights drawn from U(-1/sqrt(in), 1/sqrt(in)).</summary>
        public static M.Linear Linear(
            long inputSize, long outputSize, bool hasBias = true, Device? device = null, ScalarType? dtype = null) =>
            new(inputSize, outputSize, hasBias, device, dtype);

        /// <summary>An affine map of the last dimension with given parameters, which it owns from now on.</summary>
        public static M.Linear Linear(Parameter weight, Parameter? bias = null) => new(weight, bias);

        /// <summary>A table of vectors drawn from the normal law.</summary>
        /// <param name="num_embeddings">Number of vectors.</param>
        /// <param name="embedding_dims">Length of a vector.</param>
        /// <param name="padding_idx">A row that is zero and stays so.</param>
        /// <param name="max_norm">Rows that are used are first scaled down to this norm.</param>
        /// <param name="norm_type">Order of that norm.</param>
        /// <param name="scale_grad_by_freq">
        /// Whether gradients are divided by how often a row occurs in the batch.
        /// </param>
        /// <param name="sparse">Whether the gradient of the table is a sparse tensor.</param>
        /// <param name="device">Device.</param>
        /// <param name="dtype">Element type.</param>
        public static M.Embedding Embedding(
            long num_embeddings, long embedding_dims, long? padding_idx = null, double? max_norm = null,
            double norm_type = 2, bool scale_grad_by_freq = false, bool sparse = false, Device? device = null,
            ScalarType? dtype = null)
        {
            var options = new EmbeddingOptions(padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse);
            return new(num_embeddings, embedding_dims, options, device, dtype);
        }

        /// <summary>Normalizes each group of channels of each item.</summary>
        public static M.GroupNorm GroupNorm(
            long num_groups, long num_channels, double eps = 1E-05, bool affine = true, Device? device = null,
            ScalarType? dtype = null) => new(num_groups, num_channels, eps, affine, device, dtype);

        /// <summary>Normalizes the last dimensions.</summary>
        public static M.LayerNorm LayerNorm(
            long[] normalized_shape, double eps = 1E-05, bool elementwise_affine = true, bool bias = true,
            Device? device = null, ScalarType? dtype = null) =>
            new(normalized_shape, eps, elementwise_affine, bias, device, dtype);

        /// <summary>Normalizes the last dimension.</summary>
        public static M.LayerNorm LayerNorm(
            long normalized_shape, double eps = 1E-05, bool elementwise_affine = true, bool bias = true,
            Device? device = null, ScalarType? dtype = null) =>
            new([normalized_shape], eps, elementwise_affine, bias, device, dtype);

        /// <summary>Normalizes each channel of images over the batch.</summary>
        public static M.BatchNorm2d BatchNorm2d(
            long num_features, double eps = 1E-05, double momentum = 0.1, bool affine = true,
            bool track_running_stats = true, Device? device = null, ScalarType? dtype = null) =>
            new(num_features, eps, momentum, affine, track_running_stats, device, dtype);

        /// <summary>Zeroes elements at random in training.</summary>
        public static M.Dropout Dropout(double p = 0.5, bool inplace = false) => new(p, inplace);

        /// <summary>Gives back its input.</summary>
        public static M.Identity Identity() => new();

        /// <summary>Joins a range of dimensions into one.</summary>
        public static M.Flatten Flatten(long start_dim = 1, long end_dim = -1) => new(start_dim, end_dim);
    }
}
