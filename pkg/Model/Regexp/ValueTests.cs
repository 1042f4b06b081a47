namespace RemoteStore.Model.Regexp;

/// <summary>A way to decide whether a value matches. Immutable or internally synchronised: safe for concurrent use.</summary>
internal abstract class ValueTest
{
    /// <summary>True when the whole value matches.</summary>
    public abstract bool IsMatch(ReadOnlySpan<byte> utf8);
}

/// <summary>One of finitely many values.</summary>
internal sealed class LiteralSetTest : ValueTest
{
    private readonly HashSet<byte[]>.AlternateLookup<ReadOnlySpan<byte>> _values;
    private readonly byte[]? _only;
    private readonly int _minLength;
    private readonly int _maxLength;

    public LiteralSetTest(IReadOnlyList<byte[]> values)
    {
        _only = values.Count == 1 ? values[0] : null;
        _minLength = values.Count == 0 ? 0 : values.Min(static v => v.Length);
        _maxLength = values.Count == 0 ? -1 : values.Max(static v => v.Length);
        _values = new HashSet<byte[]>(values, ByteArrayComparer.Instance).GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public override bool IsMatch(ReadOnlySpan<byte> utf8) =>
        utf8.Length >= _minLength && utf8.Length <= _maxLength && (_only is not null ? utf8.SequenceEqual(_only) : _values.Contains(utf8));
}

/// <summary>The deterministic automaton, asked only when the ends and the length fit.</summary>
internal sealed class AutomatonTest(LazyDfa automaton, byte[] prefix, byte[] suffix) : ValueTest
{
    public LazyDfa Automaton { get; } = automaton;

    public override bool IsMatch(ReadOnlySpan<byte> utf8) => utf8.StartsWith(prefix) && utf8.EndsWith(suffix) && Automaton.IsMatch(utf8);
}
