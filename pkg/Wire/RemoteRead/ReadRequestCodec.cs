using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Encoding;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Wire.RemoteRead;

/// <summary>
/// Reads and writes <c>prometheus.ReadRequest</c>: queries = 1 { start = 1, end = 2, matchers = 3 { type = 1, name = 2, value = 3 } },
/// accepted response types = 2. Hints are passed over.
/// </summary>
public static class ReadRequestCodec
{
    /// <summary>Most queries of one request.</summary>
    public const int MaxQueries = 1000;

    /// <summary>Most matchers of one query.</summary>
    public const int MaxMatchers = 1000;

    private const int MaxResponseTypes = 100;

    /// <summary>Reads a request.</summary>
    /// <param name="message">The uncompressed message.</param>
    /// <param name="request">The request.</param>
    /// <param name="error">What is wrong, for the client.</param>
    public static bool TryDecode(ReadOnlySpan<byte> message, [NotNullWhen(true)] out ReadRequest? request, [NotNullWhen(false)] out string? error)
    {
        var queries = new List<ReadQuery>();
        var types = new List<ReadResponseType>();
        var reader = new ProtoReader(message);
        error = null;
        while (error is null && reader.HasMore)
        {
            int start = reader.Position;
            if (!reader.TryReadTag(out uint tag))
            {
                error = Malformed(start);
                break;
            }

            switch (tag)
            {
                case 0x0a:
                    error = !reader.TryReadMessage(out ProtoReader query) ? Malformed(start)
                        : queries.Count == MaxQueries ? $"read request has more than {MaxQueries} queries"
                        : DecodeQuery(query, queries);
                    break;
                case 0x10:
                    error = TryReadType(ref reader, types) ? null : Malformed(start);
                    break;
                case 0x12:
                    bool ok = reader.TryReadMessage(out ProtoReader packed);
                    while (ok && packed.HasMore)
                    {
                        ok = TryReadType(ref packed, types);
                    }

                    error = ok ? null : Malformed(start);
                    break;
                default:
                    error = tag >> 3 > 2 && reader.TrySkip(tag) ? null : Malformed(start);
                    break;
            }
        }

        request = error is null ? new ReadRequest(queries, types) : null;
        return error is null;
    }

    /// <summary>Writes a request, uncompressed.</summary>
    public static byte[] Encode(ReadRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var message = new NestedWriter();
        foreach (ReadQuery query in request.Queries)
        {
            int start = message.Begin(1);
            message.Varint(1, (ulong)query.Range.MinTime);
            message.Varint(2, (ulong)query.Range.MaxTime);
            foreach (LabelMatcher matcher in query.Matchers)
            {
                int inner = message.Begin(3);
                message.Varint(1, (ulong)matcher.Type);
                message.Bytes(2, matcher.NameUtf8.Span);
                message.Bytes(3, matcher.ValueUtf8.Span);
                message.End(inner);
            }

            message.End(start);
        }

        foreach (ReadResponseType type in request.AcceptedResponseTypes)
        {
            message.RepeatedVarint(2, (ulong)type);
        }

        return message.Written.ToArray();
    }

    private static string Malformed(int offset) => $"read request is malformed at offset {offset}";

    private static bool TryReadType(ref ProtoReader reader, List<ReadResponseType> types)
    {
        if (!reader.TryReadVarint(out ulong type))
        {
            return false;
        }

        if (types.Count < MaxResponseTypes)
        {
            types.Add((ReadResponseType)(int)type);
        }

        return true;
    }

    private static string? DecodeQuery(ProtoReader reader, List<ReadQuery> queries)
    {
        long start = 0;
        long end = 0;
        var matchers = new List<LabelMatcher>();
        while (reader.HasMore)
        {
            int position = reader.Position;
            if (!reader.TryReadTag(out uint tag))
            {
                return Malformed(position);
            }

            if (tag is 0x08 or 0x10)
            {
                if (!reader.TryReadVarint(out ulong time))
                {
                    return Malformed(position);
                }

                start = tag == 0x08 ? (long)time : start;
                end = tag == 0x10 ? (long)time : end;
            }
            else if (tag == 0x1a)
            {
                if (!reader.TryReadMessage(out ProtoReader matcher))
                {
                    return Malformed(position);
                }

                string? error = matchers.Count == MaxMatchers ? $"a query has more than {MaxMatchers} matchers" : DecodeMatcher(matcher, position, matchers);
                if (error is not null)
                {
                    return error;
                }
            }
            else if (tag >> 3 <= 3 || !reader.TrySkip(tag))
            {
                return Malformed(position);
            }
        }

        queries.Add(new ReadQuery(new QueryRange(start, end), matchers));
        return null;
    }

    private static string? DecodeMatcher(ProtoReader reader, int offset, List<LabelMatcher> matchers)
    {
        ulong type = 0;
        ReadOnlySpan<byte> name = default;
        ReadOnlySpan<byte> value = default;
        while (reader.HasMore)
        {
            bool ok = reader.TryReadTag(out uint tag);
            ok = ok && tag switch
            {
                0x08 => reader.TryReadVarint(out type),
                0x12 => reader.TryReadBytes(out name),
                0x1a => reader.TryReadBytes(out value),
                _ => tag >> 3 > 3 && reader.TrySkip(tag),
            };
            if (!ok)
            {
                return Malformed(offset);
            }
        }

        if (type > (ulong)MatchType.NotRegexp)
        {
            return $"a matcher has the unknown type {type}";
        }

        if (!Utf8.IsValid(name) || !Utf8.IsValid(value))
        {
            return "a matcher is not valid UTF-8";
        }

        try
        {
            matchers.Add(new LabelMatcher((MatchType)type, Encoding.UTF8.GetString(name), Encoding.UTF8.GetString(value)));
            return null;
        }
        catch (FormatException exception)
        {
            return exception.Message;
        }
    }
}
