namespace RemoteStore.Distributor;

/// <summary>Version of the remote write protocol that a request speaks.</summary>
internal enum WriteProtocol
{
    /// <summary>1.0: <c>prometheus.WriteRequest</c>.</summary>
    V1,

    /// <summary>2.0: <c>io.prometheus.write.v2.Request</c>.</summary>
    V2,
}

/// <summary>Reads protocol and compression from the request headers, by the rules of the specifications.</summary>
internal static class ContentNegotiation
{
    private const string MediaType = "application/x-protobuf";
    private const string V1Message = "prometheus.WriteRequest";
    private const string V2Message = "io.prometheus.write.v2.Request";

    /// <summary>Which protocol a content type names. None at all means 1.0, as old senders leave it out.</summary>
    /// <returns>Null, or why the type is not acceptable.</returns>
    public static string? ReadProtocol(string? contentType, out WriteProtocol protocol)
    {
        protocol = WriteProtocol.V1;
        if (string.IsNullOrEmpty(contentType))
        {
            return null;
        }

        ReadOnlySpan<char> rest = contentType;
        if (!NextPart(ref rest).Equals(MediaType, StringComparison.OrdinalIgnoreCase))
        {
            return $"content type {contentType} is not accepted, remote write needs {MediaType}";
        }

        while (!rest.IsEmpty)
        {
            ReadOnlySpan<char> parameter = NextPart(ref rest);
            int equals = parameter.IndexOf('=');
            if (parameter.IsEmpty)
            {
                continue;
            }

            if (equals < 0)
            {
                return $"content type {contentType} has the parameter {parameter} without a value";
            }

            if (!parameter[..equals].Trim().Equals("proto", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            ReadOnlySpan<char> message = parameter[(equals + 1)..].Trim().Trim('"');
            if (message.SequenceEqual(V2Message))
            {
                protocol = WriteProtocol.V2;
            }
            else if (!message.SequenceEqual(V1Message))
            {
                return $"protobuf message {message} is not accepted, known are {V1Message} and {V2Message}";
            }
        }

        return null;
    }

    /// <summary>Whether the body is compressed as it must be. No header means snappy, as old senders leave it out.</summary>
    /// <returns>Null, or why the encoding is not acceptable.</returns>
    public static string? CheckEncoding(string? contentEncoding) =>
        string.IsNullOrEmpty(contentEncoding) || contentEncoding.Equals("snappy", StringComparison.OrdinalIgnoreCase)
            ? null
            : $"content encoding {contentEncoding} is not accepted, remote write needs snappy (block format)";

    private static ReadOnlySpan<char> NextPart(ref ReadOnlySpan<char> rest)
    {
        int end = rest.IndexOf(';');
        ReadOnlySpan<char> part = end < 0 ? rest : rest[..end];
        rest = end < 0 ? [] : rest[(end + 1)..];
        return part.Trim();
    }
}
