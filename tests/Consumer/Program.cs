// What a service does with the packages: register, resolve, generate, from many threads at once.
using Diffusion.Sdk.Denoisers;
using Diffusion.Sdk.Imaging;
using Diffusion.Sdk.Pipelines;
using Diffusion.Sdk.Schedulers;
using Microsoft.Extensions.DependencyInjection;

const int Threads = 16;
string folder = Path.Combine(Directory.GetCurrentDirectory(), "model");
using (var model = new MlpDenoiser(seed: 1))
using (var pipeline = new DdpmPipeline(model, new DdpmScheduler(new DdpmSchedulerConfig { NumTrainTimesteps = 100, ClipSample = false })))
{
    pipeline.SavePretrained(folder);
}

var services = new ServiceCollection();
services.AddDiffusion(options => options with { MaxConcurrentRuns = Threads }).AddPipeline("points", folder);
using ServiceProvider provider = services.BuildServiceProvider();
DdpmPipeline points = provider.GetRequiredKeyedService<DdpmPipeline>("points");

Samples[] alone = [.. Enumerable.Range(0, Threads).Select(seed => points.Generate(64, seed: seed))];
var together = new Samples[Threads];
Thread[] threads = [.. Enumerable.Range(0, Threads).Select(seed => new Thread(() => together[seed] = points.Generate(64, seed: seed)))];
Array.ForEach(threads, thread => thread.Start());
Array.ForEach(threads, thread => thread.Join());

bool same = alone.Zip(together).All(pair => pair.First.Values.Span.SequenceEqual(pair.Second.Values.Span));
alone[0].SavePng("samples.png");
Console.WriteLine($"{Threads} threads at once give the same bytes as one after the other: {same}");
Console.WriteLine($"samples.png: {new FileInfo("samples.png").Length} bytes");
return same ? 0 : 1;
