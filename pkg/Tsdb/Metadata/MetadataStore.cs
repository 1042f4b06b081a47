using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using RemoteStore.Model.Samples;
using RemoteStore.Primitives.Encoding;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Tsdb.Metadata;

/// <summary>
/// Type, help and unit of a tenant's metric families. A family keeps the few latest distinct entries, because targets of different versions describe
/// one family differently; families are bounded, new ones past the bound are ignored.
/// </summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class MetadataStore
{
    /// <summary>Most families of a tenant.</summary>
    public const int MaxFamilies = 200_000;

    /// <summary>Most entries of one family.</summary>
    public const int MaxEntriesPerFamily = 10;

    private const uint SnapshotMagic = 0x444d5352;
    private const int MaxTextBytes = 16 << 10;

    private readonly Lock _lock = new(); // guards _families
    private readonly SortedDictionary<string, List<MetricMetadata>> _families = new(StringComparer.Ordinal);

    /// <summary>Adds an entry.</summary>
    /// <returns>True when the store changed.</returns>
    public bool Add(ReadOnlySpan<byte> family, MetricType type, ReadOnlySpan<byte> help, ReadOnlySpan<byte> unit)
    {
        if (family.IsEmpty || family.Length > MaxTextBytes || help.Length > MaxTextBytes || unit.Length > MaxTextBytes)
        {
            return false;
        }

        string name = Encoding.UTF8.GetString(family);
        var entry = new MetricMetadata(type, Encoding.UTF8.GetString(help), Encoding.UTF8.GetString(unit));
        lock (_lock)
        {
            if (!_families.TryGetValue(name, out List<MetricMetadata>? entries))
            {
                if (_families.Count >= MaxFamilies)
                {
                    return false;
                }

                _families.Add(name, entries = []);
            }

            if (entries.Contains(entry))
            {
                return false;
            }

            if (entries.Count == MaxEntriesPerFamily)
            {
                entries.RemoveAt(0);
            }

            entries.Add(entry);
            return true;
        }
    }

    /// <summary>Families in ordinal order; see <see cref="IMetadataQueryable"/>.</summary>
    public List<MetricFamilyMetadata> Select(string? metric, int limit, int limitPerMetric)
    {
        var found = new List<MetricFamilyMetadata>();
        lock (_lock)
        {
            if (!string.IsNullOrEmpty(metric))
            {
                if (_families.TryGetValue(metric, out List<MetricMetadata>? entries))
                {
                    found.Add(Take(metric, entries, limitPerMetric));
                }

                return found;
            }

            foreach ((string name, List<MetricMetadata> entries) in _families)
            {
                if (limit > 0 && found.Count >= limit)
                {
                    break;
                }

                found.Add(Take(name, entries, limitPerMetric));
            }
        }

        return found;
    }

    /// <summary>Writes everything: magic, then per entry type and three length-prefixed texts; then the XxHash3 of it all.</summary>
    public void WriteSnapshot(IBufferWriter<byte> destination)
    {
        var bytes = new ArrayBufferWriter<byte>(4096);
        Span<byte> word = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(word, SnapshotMagic);
        bytes.Write(word[..4]);
        lock (_lock)
        {
            foreach ((string name, List<MetricMetadata> entries) in _families)
            {
                foreach (MetricMetadata entry in entries)
                {
                    MetadataCodec.Write(bytes, Encoding.UTF8.GetBytes(name), entry.Type, Encoding.UTF8.GetBytes(entry.Help), Encoding.UTF8.GetBytes(entry.Unit));
                }
            }
        }

        destination.Write(bytes.WrittenSpan);
        BinaryPrimitives.WriteUInt64LittleEndian(word, XxHash3.HashToUInt64(bytes.WrittenSpan));
        destination.Write(word);
    }

    /// <summary>Loads a snapshot into an empty store.</summary>
    /// <returns>False when the bytes are not a whole snapshot.</returns>
    public bool TryLoadSnapshot(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 12 || XxHash3.HashToUInt64(bytes[..^8]) != BinaryPrimitives.ReadUInt64LittleEndian(bytes[^8..])
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != SnapshotMagic)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = bytes[4..^8];
        int position = 0;
        while (position < rest.Length)
        {
            if (!MetadataCodec.TryRead(rest, ref position, out ReadOnlySpan<byte> name, out MetricType type, out ReadOnlySpan<byte> help, out ReadOnlySpan<byte> unit))
            {
                return false;
            }

            Add(name, type, help, unit);
        }

        return true;
    }

    private static MetricFamilyMetadata Take(string name, List<MetricMetadata> entries, int limit) =>
        new(name, limit > 0 && limit < entries.Count ? entries.GetRange(0, limit) : [.. entries]);
}

/// <summary>One metadata entry in bytes: <c>u8 type, name, help, unit</c>, texts as varint length and UTF-8.</summary>
internal static class MetadataCodec
{
    /// <summary>Appends an entry.</summary>
    public static void Write(IBufferWriter<byte> destination, ReadOnlySpan<byte> family, MetricType type, ReadOnlySpan<byte> help, ReadOnlySpan<byte> unit)
    {
        destination.Write([(byte)type]);
        WriteText(destination, family);
        WriteText(destination, help);
        WriteText(destination, unit);
    }

    /// <summary>Reads an entry; false when the bytes are not one.</summary>
    public static bool TryRead(
        ReadOnlySpan<byte> source, ref int position, out ReadOnlySpan<byte> family, out MetricType type, out ReadOnlySpan<byte> help, out ReadOnlySpan<byte> unit)
    {
        family = help = unit = default;
        type = MetricType.Unknown;
        if (position >= source.Length || source[position] > (byte)MetricType.StateSet)
        {
            return false;
        }

        type = (MetricType)source[position++];
        return TryReadText(source, ref position, out family) && TryReadText(source, ref position, out help) && TryReadText(source, ref position, out unit);
    }

    private static void WriteText(IBufferWriter<byte> destination, ReadOnlySpan<byte> text)
    {
        Span<byte> length = stackalloc byte[Varint.MaxLength];
        destination.Write(length[..Varint.Write(length, (ulong)text.Length)]);
        destination.Write(text);
    }

    private static bool TryReadText(ReadOnlySpan<byte> source, ref int position, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (!Varint.TryRead(source, ref position, out ulong length) || length > (ulong)(source.Length - position))
        {
            return false;
        }

        text = source.Slice(position, (int)length);
        position += (int)length;
        return true;
    }
}
