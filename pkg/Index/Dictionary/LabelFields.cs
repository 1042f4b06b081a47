using RemoteStore.Primitives.Encoding;
using RemoteStore.Primitives.Memory;

namespace RemoteStore.Index.Dictionary;

/// <summary>
/// Label fields within canonical label bytes: <c>0x0a len { 0x0a len name 0x12 len value }</c>. A field, tag to last byte, identifies its label pair.
/// </summary>
public static class LabelFields
{
    /// <summary>Length of the field at <paramref name="position"/>, its tag and length included.</summary>
    /// <exception cref="ArgumentException">No complete field is there.</exception>
    public static int LengthAt(ReadOnlySpan<byte> canonical, int position)
    {
        int next = position + 1;
        if (!Varint.TryRead(canonical, ref next, out ulong inner) || inner > (ulong)(canonical.Length - next))
        {
            throw new ArgumentException("label bytes are not canonical", nameof(canonical));
        }

        return next + (int)inner - position;
    }

    /// <summary>Where name and value lie within a field.</summary>
    /// <exception cref="ArgumentException">It is not a field.</exception>
    internal static FieldParts Split(ReadOnlySpan<byte> field)
    {
        int position = 1;
        bool ok = Varint.TryRead(field, ref position, out _);
        position++;
        ok &= Varint.TryRead(field, ref position, out ulong nameLength);
        int nameStart = position;
        if (ok && nameLength < (ulong)(field.Length - position))
        {
            position += (int)nameLength + 1;
            if (Varint.TryRead(field, ref position, out ulong valueLength) && valueLength == (ulong)(field.Length - position))
            {
                return new FieldParts(nameStart, (int)nameLength, position, (int)valueLength);
            }
        }

        throw new ArgumentException("label bytes are not canonical", nameof(field));
    }

    /// <summary>The field at an address that is known to hold one.</summary>
    internal static StableBytes At(nint address)
    {
        // Safety: addresses are taken from label bytes that LengthAt and Split went through when the pair was added.
        int header = 2;
        int inner = 0;
        unsafe
        {
            byte* bytes = (byte*)address;
            int shift = 0;
            int i = 1;
            while (bytes[i] >= 0x80)
            {
                inner |= (bytes[i++] & 0x7f) << shift;
                shift += 7;
            }

            inner |= bytes[i] << shift;
            header = i + 1;
        }

        return new StableBytes(address, header + inner);
    }
}

/// <summary>Offsets within a label field.</summary>
/// <param name="NameStart">Where the name begins.</param>
/// <param name="NameLength">Its length in bytes.</param>
/// <param name="ValueStart">Where the value begins.</param>
/// <param name="ValueLength">Its length in bytes.</param>
internal readonly record struct FieldParts(int NameStart, int NameLength, int ValueStart, int ValueLength);
