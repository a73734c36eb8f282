// A web server: a page that shows pictures come out of noise, and the same pictures as PNG.
// Usage: HostApp [--urls http://0.0.0.0:5080] [--Diffusion:MaxConcurrentRuns N] [--MaxWaiting N]
using Diffusion.Sdk.Numerics;
using HostApp;
using Microsoft.Extensions.Options;

// The host's decisions for its process: runs share the processors, so none takes them all or spins while it waits.
ProcessTuning.WaitPassively();
ProcessTuning.KeepFreedMemory();
ProcessTuning.SetBlasThreads(1);
try
{
    App.Create(args).Run();
    return 0;
}
catch (OptionsValidationException)
{
    return 1; // the host has logged what is wrong
}
