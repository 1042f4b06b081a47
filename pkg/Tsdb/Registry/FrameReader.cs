using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace RemoteStore.Tsdb.Registry;

/// <summary>Reads frames of a file one after another; when one does not hold, finds the next that does and names the stretch between.</summary>
internal sealed class FrameReader : IDisposable
{
    private const int SearchWindow = 1 << 20;

    private readonly SafeFileHandle _file;
    private readonly byte[] _header = new byte[RegistryFrame.HeaderBytes];
    private byte[] _payload = new byte[RegistryFrame.UsualPayloadBytes * 2];

    /// <summary>Opens a file.</summary>
    public FrameReader(string path)
    {
        Path = path;
        _file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        Length = RandomAccess.GetLength(_file);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Its length in bytes when it was opened.</summary>
    public long Length { get; }

    /// <summary>Where the next frame begins: the end of the frame read last.</summary>
    public long Position { get; private set; }

    /// <summary>The frame read last.</summary>
    public RegistryFrame Frame { get; private set; }

    /// <summary>Its payload, valid until the next read.</summary>
    public ReadOnlySpan<byte> Payload => _payload.AsSpan(0, Frame.PayloadLength);

    /// <summary>What the header at the start of the newest damage claims, if it looks like one; it may lie.</summary>
    public RegistryFrame? DamagedHeader { get; private set; }

    /// <summary>Reads the next frame.</summary>
    /// <param name="damaged">Length of the stretch skipped before the frame, or before the end when false is returned; begins at
    /// <paramref name="damagedFrom"/>.</param>
    /// <param name="damagedFrom">Where the damage begins.</param>
    /// <returns>False at the end.</returns>
    public bool MoveNext(out long damagedFrom, out long damaged)
    {
        damagedFrom = Position;
        damaged = 0;
        if (Position >= Length)
        {
            return false;
        }

        if (TryReadAt(Position))
        {
            return true;
        }

        DamagedHeader = Length - Position >= RegistryFrame.HeaderBytes && RegistryFrame.TryParse(_header, out RegistryFrame header) ? header : null;
        bool found = SkipToNext();
        damaged = (found ? Position - RegistryFrame.HeaderBytes - Frame.PayloadLength : Length) - damagedFrom;
        return found;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private bool TryReadAt(long offset)
    {
        if (Length - offset < RegistryFrame.HeaderBytes
            || !ReadFully(_header, offset)
            || !RegistryFrame.TryParse(_header, out RegistryFrame frame)
            || frame.PayloadLength > Length - offset - RegistryFrame.HeaderBytes)
        {
            return false;
        }

        if (_payload.Length < frame.PayloadLength)
        {
            _payload = new byte[frame.PayloadLength];
        }

        Span<byte> payload = _payload.AsSpan(0, frame.PayloadLength);
        if (!ReadFully(payload, offset + RegistryFrame.HeaderBytes) || !RegistryFrame.Verify(_header, payload))
        {
            return false;
        }

        Frame = frame;
        Position = offset + RegistryFrame.HeaderBytes + frame.PayloadLength;
        return true;
    }

    private bool SkipToNext()
    {
        Span<byte> magic = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(magic, RegistryFrame.LogMagic);
        byte[] window = new byte[SearchWindow];
        long start = Position + 1;
        while (start < Length)
        {
            int length = RandomAccess.Read(_file, window, start);
            int searched = 0;
            for (int hit; (hit = window.AsSpan(searched, length - searched).IndexOf(magic)) >= 0; searched += hit + 1)
            {
                if (TryReadAt(start + searched + hit))
                {
                    return true;
                }
            }

            if (length < magic.Length)
            {
                break;
            }

            start += length - (magic.Length - 1); // a magic may straddle windows
        }

        Position = Length;
        return false;
    }

    private bool ReadFully(Span<byte> destination, long offset)
    {
        int read = 0;
        while (read < destination.Length)
        {
            int n = RandomAccess.Read(_file, destination[read..], offset + read);
            if (n == 0)
            {
                return false;
            }

            read += n;
        }

        return true;
    }
}
