using Microsoft.Win32.SafeHandles;

namespace Diffusion.Sdk.Imaging.Cairo;

/// <summary>Owns one reference to a cairo_surface_t.</summary>
internal sealed class CairoSurfaceHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        CairoNative.cairo_surface_destroy(handle);
        return true;
    }
}

/// <summary>Owns one reference to a cairo_t.</summary>
internal sealed class CairoContextHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        CairoNative.cairo_destroy(handle);
        return true;
    }
}
