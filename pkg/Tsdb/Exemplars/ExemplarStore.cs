using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Writes;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Tsdb.Exemplars;

/// <summary>
/// The newest exemplars of a tenant, a bounded ring: when it is full the oldest makes room. Exemplars of a series are linked newest to oldest. As in
/// Prometheus an exemplar must not be older than the newest of its series, and its labels have at most 128 characters.
/// </summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class ExemplarStore
{
    /// <summary>Most UTF-8 characters of an exemplar's label names and values together (OpenMetrics 1.0, section "Exemplars").</summary>
    public const int MaxLabelCharacters = 128;

    private const uint SnapshotMagic = 0x58455352;
    private const int EntryBytes = 24;

    private readonly int _capacity;
    private readonly Lock _lock = new(); // guards everything below
    private readonly Dictionary<uint, long> _newest = []; // series ref -> number of its newest exemplar
    private Entry[] _ring = [];
    private long _next;

    public ExemplarStore(int capacity) => _capacity = Math.Max(1, capacity);

    /// <summary>Exemplars kept now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return (int)Math.Min(_next, _capacity);
            }
        }
    }

    /// <summary>Number of the exemplar that comes next.</summary>
    public long NextNumber
    {
        get
        {
            lock (_lock)
            {
                return _next;
            }
        }
    }

    /// <summary>Refs of the series of the exemplars that are kept, from the given number on; the same one can come several times.</summary>
    public List<uint> SeriesSince(long number)
    {
        lock (_lock)
        {
            var refs = new List<uint>();
            for (long n = Math.Max(Math.Max(number, 0), _next - _capacity); n < _next; n++)
            {
                refs.Add(At(n).SeriesRef);
            }

            return refs;
        }
    }

    /// <summary>Adds an exemplar; one equal to a recent one of the series is a success that changes nothing, so that a request can be repeated.</summary>
    /// <param name="series">Series it belongs to.</param>
    /// <param name="labels">Canonical label bytes, copied.</param>
    /// <param name="valueBits">IEEE 754 bits.</param>
    /// <param name="timestampMs">Milliseconds since the Unix epoch.</param>
    /// <param name="added">True when the store changed.</param>
    public AppendStatus Add(SeriesRef series, ReadOnlySpan<byte> labels, long valueBits, long timestampMs, out bool added)
    {
        added = false;
        if (CountCharacters(labels) > MaxLabelCharacters)
        {
            return AppendStatus.InvalidExemplar;
        }

        lock (_lock)
        {
            long previous = -1;
            if (_newest.TryGetValue(series.Value, out long number) && IsAlive(number))
            {
                if (IsKnown(number, labels, valueBits, timestampMs))
                {
                    return AppendStatus.Ok;
                }

                if (timestampMs < At(number).TimestampMs)
                {
                    return AppendStatus.OutOfOrder;
                }

                previous = number;
            }

            Push(new Entry(series.Value, timestampMs, valueBits, labels.ToArray(), previous));
            added = true;
            return AppendStatus.Ok;
        }
    }

    /// <summary>Exemplars of one series within the range, oldest first.</summary>
    public List<Exemplar> Select(SeriesRef series, QueryRange range)
    {
        var found = new List<Exemplar>();
        lock (_lock)
        {
            long number = _newest.GetValueOrDefault(series.Value, -1);
            while (IsAlive(number))
            {
                Entry entry = At(number);
                if (range.Contains(entry.TimestampMs))
                {
                    found.Add(new Exemplar(new LabelSet(entry.Labels), entry.ValueBits, entry.TimestampMs));
                }

                number = entry.Previous;
            }
        }

        found.Reverse();
        return found;
    }

    /// <summary>Writes all exemplars, oldest first: magic, count, per entry ref, label length, time, value, labels; then the XxHash3 of it all.</summary>
    public void WriteSnapshot(IBufferWriter<byte> destination)
    {
        var hash = new XxHash3();
        lock (_lock)
        {
            long first = Math.Max(0, _next - _capacity);
            Span<byte> head = stackalloc byte[8];
            BinaryPrimitives.WriteUInt32LittleEndian(head, SnapshotMagic);
            BinaryPrimitives.WriteInt32LittleEndian(head[4..], (int)(_next - first));
            Write(destination, hash, head);
            Span<byte> fields = stackalloc byte[EntryBytes];
            for (long number = first; number < _next; number++)
            {
                Entry entry = At(number);
                BinaryPrimitives.WriteUInt32LittleEndian(fields, entry.SeriesRef);
                BinaryPrimitives.WriteInt32LittleEndian(fields[4..], entry.Labels.Length);
                BinaryPrimitives.WriteInt64LittleEndian(fields[8..], entry.TimestampMs);
                BinaryPrimitives.WriteInt64LittleEndian(fields[16..], entry.ValueBits);
                Write(destination, hash, fields);
                Write(destination, hash, entry.Labels);
            }
        }

        Span<byte> sum = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(sum, hash.GetCurrentHashAsUInt64());
        destination.Write(sum);
    }

    /// <summary>Loads a snapshot into an empty store.</summary>
    /// <returns>False, and the store stays empty, when the bytes are not a whole snapshot.</returns>
    public bool TryLoadSnapshot(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 16 || XxHash3.HashToUInt64(bytes[..^8]) != BinaryPrimitives.ReadUInt64LittleEndian(bytes[^8..])
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != SnapshotMagic)
        {
            return false;
        }

        int count = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        ReadOnlySpan<byte> rest = bytes[8..^8];
        for (int i = 0; i < count; i++)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(rest[4..]);
            _ = Add(
                new SeriesRef(BinaryPrimitives.ReadUInt32LittleEndian(rest)),
                rest.Slice(EntryBytes, length),
                BinaryPrimitives.ReadInt64LittleEndian(rest[16..]),
                BinaryPrimitives.ReadInt64LittleEndian(rest[8..]),
                out _);
            rest = rest[(EntryBytes + length)..];
        }

        return true;
    }

    private static int CountCharacters(ReadOnlySpan<byte> labels)
    {
        int characters = 0;
        foreach (LabelPair label in new LabelEnumerator(labels))
        {
            characters += Encoding.UTF8.GetCharCount(label.Name) + Encoding.UTF8.GetCharCount(label.Value);
        }

        return characters;
    }

    private static void Write(IBufferWriter<byte> destination, XxHash3 hash, ReadOnlySpan<byte> bytes)
    {
        hash.Append(bytes);
        destination.Write(bytes);
    }

    private bool IsAlive(long number) => number >= 0 && number < _next && number >= _next - _capacity;

    private ref Entry At(long number) => ref _ring[number % _capacity];

    /// <summary>True when one of the latest exemplars of the series is this one.</summary>
    private bool IsKnown(long number, ReadOnlySpan<byte> labels, long valueBits, long timestampMs)
    {
        const int MaxSteps = 64;
        for (int step = 0; step < MaxSteps && IsAlive(number); step++)
        {
            Entry entry = At(number);
            if (entry.TimestampMs < timestampMs)
            {
                return false; // older ones follow
            }

            if (entry.TimestampMs == timestampMs && entry.ValueBits == valueBits && entry.Labels.AsSpan().SequenceEqual(labels))
            {
                return true;
            }

            number = entry.Previous;
        }

        return false;
    }

    private void Push(Entry entry)
    {
        int slot = (int)(_next % _capacity);
        if (slot >= _ring.Length)
        {
            Array.Resize(ref _ring, Math.Min(_capacity, Math.Max(64, _ring.Length * 2)));
        }

        if (_next >= _capacity && _newest.TryGetValue(_ring[slot].SeriesRef, out long newest) && newest == _next - _capacity)
        {
            _newest.Remove(_ring[slot].SeriesRef); // its only exemplar makes room
        }

        _ring[slot] = entry;
        _newest[entry.SeriesRef] = _next++;
    }

    private readonly record struct Entry(uint SeriesRef, long TimestampMs, long ValueBits, byte[] Labels, long Previous);
}
