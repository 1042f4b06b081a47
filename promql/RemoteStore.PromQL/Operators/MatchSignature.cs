using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Operators;

/// <summary>The labels by which series of two vectors find each other.</summary>
internal sealed class MatchSignature
{
    private readonly LabelEditor _editor = new();
    private readonly LabelNameList _names;
    private readonly bool _on;

    public MatchSignature(VectorMatching matching)
    {
        _on = matching.On;
        Names = new LabelNameList(matching.Labels);
        _names = _on ? Names : Names.With("__name__");
    }

    /// <summary>The names of <c>on</c> or <c>ignoring</c>.</summary>
    public LabelNameList Names { get; }

    /// <summary>The labels that are compared; valid until the next call.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> labels) => _on ? _editor.With(labels, _names) : _editor.Without(labels, _names);
}
