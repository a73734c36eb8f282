namespace TorchSharp.Modules;

/// <summary>How an embedding treats its table.</summary>
/// <param name="PaddingIndex">A row that stays as it is in training.</param>
/// <param name="MaxNorm">Rows that are used are first scaled down to this norm.</param>
/// <param name="NormType">Order of that norm.</param>
/// <param name="ScaleGradByFrequency">Whether gradients are divided by how often a row occurs in the batch.</param>
/// <param name="Sparse">Whether the gradient of the table is a sparse tensor.</param>
internal sealed record EmbeddingOptions(
    long? PaddingIndex, double? MaxNorm, double NormType, bool ScaleGradByFrequency, bool Sparse);
