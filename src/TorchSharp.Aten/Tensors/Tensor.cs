using TorchSharp.Aten;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// A tensor of libtorch. It owns one reference to native memory and gives it back on <see cref="Dispose()"/>, at
    /// the latest with the dispose scope it was made in. The finalizer is only the net below for a forgotten one.
    /// </summary>
    public partial class Tensor : IDisposable
    {
        private static long s_live;
        private static long s_peak;
        private nint _handle;

        internal Tensor(nint handle, bool attach = true)
        {
            _handle = handle;
            long live = Interlocked.Increment(ref s_live);
            if (live > s_peak)
            {
                s_peak = live; // Only a statistic: a lost race may miss a peak by a few.
            }
            if (attach)
            {
                DisposeScope.Current?.Attach(this);
            }
        }

        ~Tensor() => Dispose(false);

        /// <summary>How many tensors hold native memory now, over all threads.</summary>
        public static long TotalCount => Interlocked.Read(ref s_live);

        /// <summary>The most that <see cref="TotalCount"/> has been.</summary>
        public static long PeakCount => Interlocked.Read(ref s_peak);

        /// <summary>The native handle.</summary>
        /// <exception cref="ObjectDisposedException">The tensor was disposed.</exception>
        public IntPtr Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(
            nameof(Tensor), "The tensor was disposed, by itself or with its dispose scope.");

        public bool IsInvalid => _handle == 0;

        internal DisposeScope? Scope { get; set; }

        internal int ScopeIndex { get; set; }

        /// <summary>Gives the native memory back; more than once is harmless.</summary>
        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        /// <summary>Moves the tensor to the scope around its own, so that it outlives its own.</summary>
        public Tensor MoveToOuterDisposeScope()
        {
            Scope?.MoveToOuter(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(DisposeScope other)
        {
            other.Attach(this);
            return this;
        }

        public Tensor MoveToOtherDisposeScope(Tensor other)
        {
            if (other.Scope is DisposeScope scope)
            {
                scope.Attach(this);
            }
            else
            {
                DetachFromDisposeScope();
            }
            return this;
        }

        /// <summary>Takes the tensor out of its scope: from now on its holder disposes it.</summary>
        public Tensor DetachFromDisposeScope()
        {
            Scope?.Remove(this);
            return this;
        }

        /// <summary>
        /// Gives the native handle away: its taker frees it, and this object is as if it were disposed.
        /// </summary>
        public IntPtr DecoupleFromNativeHandle()
        {
            nint handle = Handle;
            Scope?.Remove(this);
            _handle = 0;
            Interlocked.Decrement(ref s_live);
            return handle;
        }

        protected virtual void Dispose(bool disposing)
        {
            nint handle = Interlocked.Exchange(ref _handle, 0);
            if (handle == 0)
            {
                return;
            }
            if (disposing)
            {
                Scope?.Remove(this);
            }
            OperatorProfile.CountCall();
            Bridge.ab_tensor_free(handle);
            Interlocked.Decrement(ref s_live);
        }
    }
}
