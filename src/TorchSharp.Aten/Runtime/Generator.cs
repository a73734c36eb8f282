using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Seeds the default generators of all devices.</summary>
    public static Generator manual_seed(long seed)
    {
        Bridge.ab_manual_seed(unchecked((ulong)seed));
        return Generator.Default;
    }

    /// <summary>A source of libtorch's random numbers.</summary>
    public class Generator : IDisposable
    {
        private nint _handle;

        public unsafe Generator(ulong seed = 0, Device? device = null)
        {
            this.device = device ?? CPU;
            Bridge.Check(Bridge.ab_generator_new(Bridge.Pack(this.device), seed, out _handle, out byte* error), error);
        }

        private unsafe Generator(Device device)
        {
            this.device = device;
            Bridge.Check(Bridge.ab_generator_default(Bridge.Pack(device), out _handle, out byte* error), error);
        }

        ~Generator() => Dispose(false);

        public static Generator Default => new(CPU);

        public IntPtr Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(Generator));

        public Device device { get; }

        public unsafe Generator manual_seed(long seed)
        {
            Bridge.Check(Bridge.ab_generator_seed(Handle, unchecked((ulong)seed), out byte* error), error);
            return this;
        }

        public long initial_seed() => unchecked((long)Bridge.ab_generator_initial_seed(Handle));

        /// <summary>The state as bytes [L], uint8; a copy.</summary>
        public unsafe Tensor get_state()
        {
            Bridge.Check(Bridge.ab_generator_state(Handle, out nint state, out byte* error), error);
            return new Tensor(state);
        }

        public unsafe void set_state(Tensor value) =>
            Bridge.Check(Bridge.ab_generator_set_state(Handle, value.Handle, out byte* error), error);

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            if (Interlocked.Exchange(ref _handle, 0) is not 0 and var handle)
            {
                Bridge.ab_generator_free(handle);
            }
        }
    }
}
