using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using RemoteStore.Primitives.Encoding;
using Snappier;

namespace RemoteStore.Testing;

/// <summary>Builds the body of a remote write request, 1.0 or 2.0, float samples only.</summary>
public sealed class RemoteWriteBody(int version = 1)
{
    private readonly ArrayBufferWriter<byte> _series = new();
    private readonly List<string> _symbols = [""];
    private readonly Dictionary<string, int> _symbolIndex = new(StringComparer.Ordinal) { [""] = 0 };

    /// <summary>1 or 2.</summary>
    public int Version { get; } = version;

    /// <summary>Samples added.</summary>
    public int Samples { get; private set; }

    /// <summary>Adds a series; labels are sent in the order given.</summary>
    public RemoteWriteBody Add((string Name, string Value)[] labels, params (long TimestampMs, long Bits)[] samples)
    {
        var message = new ArrayBufferWriter<byte>();
        if (Version == 2)
        {
            var refs = new ArrayBufferWriter<byte>();
            foreach ((string name, string value) in labels)
            {
                WriteVarint(refs, (ulong)Symbol(name));
                WriteVarint(refs, (ulong)Symbol(value));
            }

            WriteField(message, 1, refs);
        }
        else
        {
            foreach ((string name, string value) in labels)
            {
                var label = new ArrayBufferWriter<byte>();
                WriteField(label, 1, Encoding.UTF8.GetBytes(name));
                WriteField(label, 2, Encoding.UTF8.GetBytes(value));
                WriteField(message, 1, label);
            }
        }

        foreach ((long timestampMs, long bits) in samples)
        {
            var sample = new ArrayBufferWriter<byte>();
            sample.Write<byte>([0x09]);
            BinaryPrimitives.WriteInt64LittleEndian(sample.GetSpan(8), bits);
            sample.Advance(8);
            sample.Write<byte>([0x10]);
            WriteVarint(sample, (ulong)timestampMs);
            WriteField(message, 2, sample);
        }

        WriteField(_series, Version == 2 ? 5 : 1, message);
        Samples += samples.Length;
        return this;
    }

    /// <summary>The protocol buffer.</summary>
    public byte[] Encode()
    {
        var body = new ArrayBufferWriter<byte>();
        if (Version == 2)
        {
            foreach (string symbol in _symbols)
            {
                WriteField(body, 4, Encoding.UTF8.GetBytes(symbol));
            }
        }

        body.Write(_series.WrittenSpan);
        return body.WrittenSpan.ToArray();
    }

    /// <summary>The body to send.</summary>
    public byte[] Compress() => Snappy.CompressToArray(Encode());

    private int Symbol(string text)
    {
        if (!_symbolIndex.TryGetValue(text, out int index))
        {
            index = _symbols.Count;
            _symbols.Add(text);
            _symbolIndex.Add(text, index);
        }

        return index;
    }

    private static void WriteField(IBufferWriter<byte> target, int number, ArrayBufferWriter<byte> content) =>
        WriteField(target, number, content.WrittenSpan);

    internal static void WriteField(IBufferWriter<byte> target, int number, ReadOnlySpan<byte> content)
    {
        WriteVarint(target, (ulong)((number << 3) | 2));
        WriteVarint(target, (ulong)content.Length);
        target.Write(content);
    }

    internal static void WriteVarint(IBufferWriter<byte> target, ulong value)
    {
        target.Advance(Varint.Write(target.GetSpan(Varint.MaxLength), value));
    }
}
