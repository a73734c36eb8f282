namespace Diffusion.Sdk.Files;

/// <summary>
/// A new file that is written through a buffer, from front to back; every write passes <see cref="FileFaults"/>.
/// The stream it hands out can be closed without harm: the file is closed with this object.
/// </summary>
internal sealed class PendingFile : IDisposable
{
    private const int BufferBytes = 1 << 18;

    private readonly string _path;
    private readonly FileStream _file;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _buffered;

    public PendingFile(string path)
    {
        FileFaults.Reached(FileOperation.CreateFile, path);
        _path = path;
        _file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        Content = new ContentStream(this);
    }

    /// <summary>Takes the content.</summary>
    public Stream Content { get; }

    /// <summary>Returns when all bytes are on the disk.</summary>
    public void FlushToDisk()
    {
        WriteBuffer();
        FileFaults.Reached(FileOperation.Flush, _path);
        _file.Flush(flushToDisk: true);
    }

    /// <summary>Closes the file; what is still in the buffer is dropped.</summary>
    public void Dispose()
    {
        Content.Dispose();
        _file.Dispose();
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _buffer.Length - _buffered)
        {
            WriteBuffer();
        }
        if (bytes.Length >= _buffer.Length)
        {
            WriteThrough(bytes);
            return;
        }
        bytes.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += bytes.Length;
    }

    private void WriteBuffer()
    {
        if (_buffered > 0)
        {
            WriteThrough(_buffer.AsSpan(0, _buffered));
            _buffered = 0;
        }
    }

    private void WriteThrough(ReadOnlySpan<byte> bytes)
    {
        FileFaults.Reached(FileOperation.Write, _path);
        try
        {
            _file.Write(bytes);
        }
        catch (ArgumentOutOfRangeException limit)
        {
            // What .NET makes of EFBIG: the process or the file system allows no larger files.
            throw new IOException(
                $"{_path}: {_file.Position + bytes.Length} bytes are more than a file may have here.", limit);
        }
    }

    private sealed class ContentStream(PendingFile owner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => owner._file.Length + owner._buffered;

        public override long Position
        {
            get => Length;
            set => throw OnlyForward();
        }

        public override void Write(byte[] buffer, int offset, int count) => owner.Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer) => owner.Write(buffer);

        public override void WriteByte(byte value) => owner.Write([value]);

        public override void Flush()
        {
            // The bytes reach the disk together, at the end.
        }

        public override int Read(byte[] buffer, int offset, int count) => throw OnlyForward();

        public override long Seek(long offset, SeekOrigin origin) => throw OnlyForward();

        public override void SetLength(long value) => throw OnlyForward();

        private static NotSupportedException OnlyForward() =>
            new("The file is written from front to back and not read.");
    }
}
