namespace TorchSharp.Aten;

/// <summary>How often an operator was called, and how long that took.</summary>
/// <param name="Calls">The number of calls.</param>
/// <param name="Total">Their time together.</param>
public readonly record struct OperatorTime(long Calls, TimeSpan Total);
