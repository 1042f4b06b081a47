using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RemoteStore.Tsdb.Wal;

/// <summary>
/// Reads one generation's segment files, page by page, since no entry crosses a page. Within a page entries follow each other; where one is not
/// whole, the next is found by its magic number. FasterLog's own bytes are stepped over.
/// </summary>
/// <param name="header">The generation.</param>
/// <param name="folder">Its folder.</param>
/// <param name="begin">Entries that begin below this address are passed over, and so is damage among them.</param>
/// <param name="quarantine">Where damaged stretches are copied to.</param>
/// <param name="handler">Receives the entries.</param>
/// <param name="page">Buffer of the generation's page size.</param>
internal sealed class GenerationReader(WalGenerationHeader header, string folder, long begin, WalQuarantine quarantine, IWalReplayHandler handler, byte[] page)
{
    private const int ReadRetrySize = 4096;
    private const long FirstAddress = 64; // FasterLog leaves the first 64 bytes of address space unused.

    private ulong _lastSequence;
    private bool _sequenceKnown;
    private long _end; // end of the last whole entry
    private long _lastNonZero = -1;

    /// <summary>Entries delivered.</summary>
    public long Entries { get; private set; }

    /// <summary>Bytes that were not read because all entries in them are passed over.</summary>
    public long PassedOverBytes { get; private set; }

    /// <summary>Bytes the disk did not give.</summary>
    public long UnreadableBytes { get; private set; }

    /// <summary>Missing entries found.</summary>
    public List<WalBadStretch> BadStretches { get; } = [];

    /// <summary>What follows the last entry, if anything.</summary>
    public WalTornTail? TornTail { get; private set; }

    /// <summary>Reads all segments.</summary>
    /// <param name="onPage">Called with the bytes read after each page.</param>
    /// <param name="cancellationToken">Checked before each page.</param>
    public void Read(Action<long> onPage, CancellationToken cancellationToken)
    {
        List<int> segments = WalLayout.Segments(folder);
        if (segments.Count == 0)
        {
            return;
        }

        // What came before the page that replay begins in, or before the first segment that truncation left, is not missing.
        long first = Math.Max(segments[0] * header.SegmentSizeBytes, begin / header.PageSizeBytes * header.PageSizeBytes);
        _sequenceKnown = first == 0;
        _end = first == 0 ? FirstAddress : first;
        foreach (int segment in segments)
        {
            using SafeFileHandle file = File.OpenHandle(WalLayout.SegmentFile(folder, segment), options: FileOptions.SequentialScan);
            long length = Math.Min(RandomAccess.GetLength(file), header.SegmentSizeBytes);
            for (long offset = 0; offset < length; offset += header.PageSizeBytes)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int size = (int)Math.Min(header.PageSizeBytes, length - offset);
                if ((segment * header.SegmentSizeBytes) + offset < first)
                {
                    PassedOverBytes += size;
                    onPage(size);
                    continue;
                }

                ReadPage(file, offset, page.AsSpan(0, size));
                ScanPage(page.AsSpan(0, size), (segment * header.SegmentSizeBytes) + offset);
                onPage(size);
            }
        }

        if (_lastNonZero >= _end)
        {
            TornTail = new WalTornTail(new WalPosition(header.Generation, _end), _lastNonZero + 1 - _end, CopyAside(_end, _lastNonZero + 1));
        }
    }

    private void ReadPage(SafeFileHandle file, long offset, Span<byte> destination)
    {
        try
        {
            ReadFully(file, offset, destination);
        }
        catch (IOException)
        {
            for (int at = 0; at < destination.Length; at += ReadRetrySize)
            {
                Span<byte> block = destination[at..Math.Min(at + ReadRetrySize, destination.Length)];
                try
                {
                    ReadFully(file, offset + at, block);
                }
                catch (IOException)
                {
                    block.Clear();
                    UnreadableBytes += block.Length;
                }
            }
        }
    }

    private static void ReadFully(SafeFileHandle file, long offset, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            int read = RandomAccess.Read(file, destination, offset);
            if (read == 0)
            {
                destination.Clear(); // The file became shorter; nobody writes it, so only a test does that.
                return;
            }

            destination = destination[read..];
            offset += read;
        }
    }

    private void ScanPage(ReadOnlySpan<byte> bytes, long address)
    {
        // Frames begin at multiples of four and the magic number is searched as a number: vectorised, and never inside a whole entry.
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(bytes);
        uint magic = BitConverter.IsLittleEndian ? WalFrame.Magic : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(WalFrame.Magic);
        int at = 0;
        int entriesEnd = 0;
        while (at < words.Length)
        {
            // The common case: the next frame follows behind FasterLog's header.
            int found = at + 1 < words.Length && words[at + 1] == magic ? 1 : words[at..].IndexOf(magic);
            if (found < 0)
            {
                break;
            }

            at += found;
            int frame = at * WalFrame.Alignment;
            long start = address + frame - WalFrame.LogHeaderSize;

            // A lower number is an old frame in memory that FasterLog used again.
            if (frame >= WalFrame.LogHeaderSize
                && WalFrame.TryRead(bytes[frame..], header.Seed, out WalEntryType type, out ulong sequence, out ReadOnlySpan<byte> payload)
                && sequence > _lastSequence)
            {
                CheckSequence(sequence, start);
                if (start >= begin)
                {
                    handler.OnEntry(type, payload, new WalPosition(header.Generation, start));
                    Entries++;
                }

                entriesEnd = frame - WalFrame.LogHeaderSize + WalFrame.EntrySize(payload.Length);
                _lastSequence = sequence;
                _end = address + entriesEnd;
                at = entriesEnd / WalFrame.Alignment;
            }
            else
            {
                at++;
            }
        }

        if (entriesEnd < bytes.Length)
        {
            int garbage = bytes[entriesEnd..].LastIndexOfAnyExcept((byte)0);
            if (garbage >= 0)
            {
                _lastNonZero = address + entriesEnd + garbage;
            }
        }
    }

    private void CheckSequence(ulong sequence, long start)
    {
        bool first = !_sequenceKnown;
        _sequenceKnown = true;
        if ((first ? start == _end : sequence == _lastSequence + 1) || start <= begin)
        {
            return;
        }

        BadStretches.Add(new WalBadStretch(
            new WalPosition(header.Generation, _end),
            new WalPosition(header.Generation, start),
            SegmentName(_end),
            _end % header.SegmentSizeBytes,
            SegmentName(start),
            start % header.SegmentSizeBytes,
            first ? null : _lastSequence + 1,
            sequence - 1,
            CopyAside(_end, start)));
    }

    private string SegmentName(long address) => Path.GetFileName(WalLayout.SegmentFile(folder, (int)(address / header.SegmentSizeBytes)));

    private List<string> CopyAside(long from, long to)
    {
        var copies = new List<string>();
        for (long at = from; at < to;)
        {
            int segment = (int)(at / header.SegmentSizeBytes);
            long segmentStart = segment * header.SegmentSizeBytes;
            long until = Math.Min(to, segmentStart + header.SegmentSizeBytes);
            if (quarantine.Copy(header.Generation, WalLayout.SegmentFile(folder, segment), at - segmentStart, until - segmentStart) is { } copy)
            {
                copies.Add(copy);
            }

            at = until;
        }

        return copies;
    }
}
