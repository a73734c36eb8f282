using System.Globalization;

namespace TorchSharp;

public static partial class torch
{
    public static readonly Device CPU = new(DeviceType.CPU);

    public static readonly Device META = new(DeviceType.META);

    public static Device CUDA { get; } = new(DeviceType.CUDA);

    public static Device device(string description) => new(description);

    public static Device device(DeviceType deviceType, int index = -1) => new(deviceType, index);

    /// <summary>Where a tensor lives. Index -1 means the current device of that kind.</summary>
    public class Device
    {
        public Device(DeviceType deviceType, int index = -1)
        {
            type = deviceType;
            this.index = index;
        }

        /// <param name="description">As PyTorch writes it: <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>.</param>
        /// <exception cref="ArgumentException">The text names no device.</exception>
        public Device(string description)
        {
            ArgumentNullException.ThrowIfNull(description);
            string[] parts = description.Split(':');
            type = parts[0].ToLowerInvariant() switch
            {
                "cpu" => DeviceType.CPU,
                "cuda" => DeviceType.CUDA,
                "meta" => DeviceType.META,
                _ => throw Unknown(description),
            };
            index = parts switch
            {
                [_] => -1,
                [_, var number] when int.TryParse(
                    number, NumberStyles.None, CultureInfo.InvariantCulture, out int given) => given,
                _ => throw Unknown(description),
            };
        }

        public DeviceType type { get; }

        public int index { get; }

        public static implicit operator Device(string description) => new(description);

        public override string ToString() =>
            type.ToString().ToLowerInvariant() + (index < 0 ? "" : $":{index}");

        private static ArgumentException Unknown(string description) =>
            new($"'{description}' is no device; expected cpu, cuda, cuda:N or meta.", nameof(description));
    }
}
