using System.Globalization;
using Diffusion.Sdk.Data;
using Diffusion.Sdk.Numerics;
using static TorchSharp.torch;

namespace Diffusion.Sdk.Metrics;

/// <summary>
/// Trains an <see cref="ImageClassifier"/> on the thread that calls it: AdamW, a learning rate that falls to 0, all
/// images in a new order each epoch.
/// </summary>
internal sealed class ClassifierTraining(
    ImageClassifier classifier, TrainingData images, ImageClassifierOptions options)
{
    private const long ReportEvery = 50;
    private const double WeightDecay = 0.01;

    private readonly PhiloxStreams _streams = new(options.Seed);

    public void Run(IProgress<ImageClassifierProgress>? progress, CancellationToken cancellationToken)
    {
        Learn(progress, cancellationToken);
        classifier.SetScale(images, cancellationToken);
    }

    private void Learn(IProgress<ImageClassifierProgress>? progress, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        using IDisposable withGradients = enable_grad();
        using optim.Optimizer optimizer = optim.AdamW(
            classifier.parameters(), options.LearningRate, weight_decay: WeightDecay);
        Tensor stored = images.Store();
        Tensor labels = tensor(images.Labels.ToArray());
        int size = Math.Min(options.BatchSize, images.Count);
        long perEpoch = images.Count / size; // what is left over waits for the next epoch's order
        long total = perEpoch * options.Epochs;
        long[] order = [];
        double sum = 0;
        for (long step = 0; step < total; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (long epoch, long place) = Math.DivRem(step, perEpoch);
            order = place == 0 ? Order(epoch) : order;
            foreach (optim.ILearningRateController group in optimizer.ParamGroups)
            {
                group.LearningRate = options.LearningRate * (1 - (double)step / total);
            }
            sum += Step(optimizer, stored, labels, order.AsSpan((int)place * size, size).ToArray());
            if ((step + 1) % ReportEvery == 0 || step + 1 == total)
            {
                progress?.Report(new ImageClassifierProgress(step + 1, total, sum / (step % ReportEvery + 1)));
                sum = 0;
            }
        }
    }

    private long[] Order(long epoch) => Array.ConvertAll(
        _streams.Permutation(RandomPurpose.Order, images.Count, epoch), place => (long)place);

    private double Step(optim.Optimizer optimizer, Tensor stored, Tensor labels, long[] places)
    {
        using var scope = NewDisposeScope();
        Tensor indices = tensor(places);
        Tensor scores = classifier.forward(images.FromStored(stored.index_select(0, indices)));
        Tensor loss = nn.functional.cross_entropy(scores, labels.index_select(0, indices));
        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
        float value = loss.item<float>();
        return float.IsFinite(value)
            ? value
            : throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"The classifier's loss is {value}; lower its learning rate ({options.LearningRate})."));
    }
}
