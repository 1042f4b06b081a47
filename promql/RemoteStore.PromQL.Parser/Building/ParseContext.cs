using RemoteStore.PromQL.Parser.Lexing;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Parser.Building;

/// <summary>What one parse knows: its query, options and the faults found so far.</summary>
internal sealed class ParseContext(ReadOnlyMemory<byte> source, ParserOptions options)
{
    private readonly List<(PositionRange Position, string Message)> _faults = [];

    public ParserOptions Options { get; } = options;

    public ReadOnlyMemory<byte> Source { get; } = source;

    /// <summary>End of the last closing token that was read.</summary>
    public int LastClosing { get; set; }

    /// <summary>The token read last; it is what unexpected tokens are reported as.</summary>
    public Item Current { get; set; } = new(ItemKind.End, 0, 0, "");

    public bool HasFaults => _faults.Count > 0;

    /// <summary>What the whole input made: a node, labels or a series description.</summary>
    public object? Result { get; set; }

    public void Fault(PositionRange position, string message) => _faults.Add((position, message));

    /// <summary>Reports <see cref="Current"/>, unless it is an error, which was reported when it was read.</summary>
    public void Unexpected(string context, string expected)
    {
        if (Current.Kind != ItemKind.Error)
        {
            string where = context.Length == 0 ? "" : " in " + context;
            string wanted = expected.Length == 0 ? "" : ", expected " + expected;
            Fault(Current.Position, $"unexpected {Current.Describe()}{where}{wanted}");
        }
    }

    /// <summary>The faults with line and column.</summary>
    public IReadOnlyList<ParseFault> Faults() => [.. _faults.Select(f => Locate(f.Position, f.Message))];

    private ParseFault Locate(PositionRange position, string message)
    {
        if (Source.IsEmpty)
        {
            return new ParseFault(position, 0, 0, message);
        }

        ReadOnlySpan<byte> before = Source.Span[..Math.Min(position.Start, Source.Length)];
        return new ParseFault(position, before.Count((byte)'\n') + 1, before.Length - before.LastIndexOf((byte)'\n'), message);
    }
}
