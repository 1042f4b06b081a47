using System.Buffers;
using System.Text;

namespace RemoteStore.Testing;

/// <summary>Encodes a remote read request that asks for samples.</summary>
public static class RemoteReadQuery
{
    /// <summary>One query; operators are <c>= != =~ !~</c>.</summary>
    public static byte[] Encode(long startMs, long endMs, IReadOnlyList<(string Name, string Operator, string Value)> matchers)
    {
        var query = new ArrayBufferWriter<byte>();
        WriteNumber(query, 1, startMs);
        WriteNumber(query, 2, endMs);
        foreach ((string name, string op, string value) in matchers)
        {
            var matcher = new ArrayBufferWriter<byte>();
            WriteNumber(matcher, 1, Array.IndexOf(["=", "!=", "=~", "!~"], op));
            RemoteWriteBody.WriteField(matcher, 2, Encoding.UTF8.GetBytes(name));
            RemoteWriteBody.WriteField(matcher, 3, Encoding.UTF8.GetBytes(value));
            RemoteWriteBody.WriteField(query, 3, matcher.WrittenSpan);
        }

        var request = new ArrayBufferWriter<byte>();
        RemoteWriteBody.WriteField(request, 1, query.WrittenSpan);
        return request.WrittenSpan.ToArray();
    }

    private static void WriteNumber(IBufferWriter<byte> target, int number, long value)
    {
        RemoteWriteBody.WriteVarint(target, (ulong)(number << 3));
        RemoteWriteBody.WriteVarint(target, (ulong)value);
    }
}
