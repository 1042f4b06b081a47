using System.Text;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Model.Tests.Labels;

/// <summary>Writes label fields the way senders do, valid or not.</summary>
internal sealed class RawLabels
{
    private readonly List<byte> _bytes = [];

    public byte[] ToArray() => [.. _bytes];

    public RawLabels Add(string name, string value) => Add(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));

    public RawLabels Add(byte[] name, byte[] value)
    {
        byte[] inner = [.. Field(1, name), .. Field(2, value)];
        return AddInner(inner);
    }

    public RawLabels AddInner(byte[] inner)
    {
        _bytes.AddRange(Field(1, inner));
        return this;
    }

    public RawLabels AddBytes(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public static byte[] Field(int number, byte[] content)
    {
        byte[] head = new byte[20];
        int length = Varint.Write(head, (ulong)(number << 3 | 2));
        length += Varint.Write(head.AsSpan(length), (ulong)content.Length);
        return [.. head[..length], .. content];
    }
}
