using System.Diagnostics.CodeAnalysis;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Blocks.Parts;

/// <summary>Decoders report broken columns as <see cref="InvalidDataException"/>; whoever knows file and offset turns that into corrupt data.</summary>
internal static class Malformed
{
    [DoesNotReturn]
    public static void Throw(string what) => throw new InvalidDataException(what);

    public static ulong ReadVarint(ReadOnlySpan<byte> source, ref int position, string column)
    {
        if (!Varint.TryRead(source, ref position, out ulong value))
        {
            Throw($"the {column} column ends early");
        }

        return value;
    }
}
