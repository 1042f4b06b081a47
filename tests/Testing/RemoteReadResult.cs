using System.Buffers.Binary;
using System.Text;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Testing;

/// <summary>A decoded remote read response: samples by series, values as bits. Series that the response names twice are an error.</summary>
public sealed class RemoteReadResult
{
    private readonly Dictionary<string, List<(long TimestampMs, long Bits)>> _series = new(StringComparer.Ordinal);

    /// <summary>Samples in the order sent, by label text: <c>{a="1",b="2"}</c> in the order sent.</summary>
    public IReadOnlyDictionary<string, List<(long TimestampMs, long Bits)>> Series => _series;

    /// <summary>All samples.</summary>
    public long SampleCount => _series.Values.Sum(s => (long)s.Count);

    /// <summary>The key under which <see cref="Series"/> keeps a series.</summary>
    public static string Key(params IEnumerable<(string Name, string Value)> labels) =>
        "{" + string.Join(',', labels.Select(l => $"{l.Name}=\"{l.Value}\"")) + "}";

    /// <summary>Decodes an uncompressed ReadResponse.</summary>
    /// <exception cref="InvalidDataException">The bytes are not one, or a series comes twice.</exception>
    public static RemoteReadResult Decode(ReadOnlySpan<byte> response)
    {
        var result = new RemoteReadResult();
        int position = 0;
        while (Next(response, ref position, out int field, out ReadOnlySpan<byte> queryResult, out _))
        {
            int inner = 0;
            while (field == 1 && Next(queryResult, ref inner, out int innerField, out ReadOnlySpan<byte> series, out _))
            {
                if (innerField == 1)
                {
                    result.AddSeries(series);
                }
            }
        }

        return result;
    }

    private void AddSeries(ReadOnlySpan<byte> message)
    {
        var labels = new List<(string, string)>();
        var samples = new List<(long, long)>();
        int position = 0;
        while (Next(message, ref position, out int field, out ReadOnlySpan<byte> part, out _))
        {
            switch (field)
            {
                case 1:
                    labels.Add(Label(part));
                    break;
                case 2:
                    samples.Add(Sample(part));
                    break;
            }
        }

        string key = Key(labels);
        if (!_series.TryAdd(key, samples))
        {
            throw new InvalidDataException($"the response holds {key} twice");
        }
    }

    private static (string Name, string Value) Label(ReadOnlySpan<byte> message)
    {
        string name = "";
        string value = "";
        int position = 0;
        while (Next(message, ref position, out int field, out ReadOnlySpan<byte> text, out _))
        {
            if (field == 1)
            {
                name = Encoding.UTF8.GetString(text);
            }
            else if (field == 2)
            {
                value = Encoding.UTF8.GetString(text);
            }
        }

        return (name, value);
    }

    private static (long TimestampMs, long Bits) Sample(ReadOnlySpan<byte> message)
    {
        (long TimestampMs, long Bits) sample = default; // proto3: zeros may be left out
        int position = 0;
        while (Next(message, ref position, out int field, out _, out ulong number))
        {
            if (field == 1)
            {
                sample.Bits = (long)number;
            }
            else if (field == 2)
            {
                sample.TimestampMs = (long)number;
            }
        }

        return sample;
    }

    /// <summary>Reads one field; false at the end.</summary>
    private static bool Next(ReadOnlySpan<byte> message, ref int position, out int field, out ReadOnlySpan<byte> content, out ulong number)
    {
        field = 0;
        content = default;
        number = 0;
        if (position == message.Length)
        {
            return false;
        }

        ulong tag = ReadVarint(message, ref position);
        field = (int)(tag >> 3);
        switch (tag & 7)
        {
            case 0:
                number = ReadVarint(message, ref position);
                return true;
            case 1:
                number = BinaryPrimitives.ReadUInt64LittleEndian(message[position..]);
                position += 8;
                return true;
            case 2:
                int length = (int)ReadVarint(message, ref position);
                content = message.Slice(position, length);
                position += length;
                return true;
            default:
                throw new InvalidDataException($"wire type {tag & 7} at {position}");
        }
    }

    private static ulong ReadVarint(ReadOnlySpan<byte> message, ref int position) =>
        Varint.TryRead(message, ref position, out ulong value) ? value : throw new InvalidDataException($"broken varint at {position}");
}
