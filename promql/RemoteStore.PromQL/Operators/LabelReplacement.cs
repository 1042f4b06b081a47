using System.Text;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Regexp;
using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Operators;

/// <summary><c>label_replace</c>.</summary>
internal sealed class LabelReplacement : LabelChange
{
    private readonly byte[] _destination;
    private readonly byte[] _source;
    private readonly Re2Captures _captures;
    private readonly Re2Template _template;

    /// <exception cref="QueryException">The expression or the destination is not valid.</exception>
    public LabelReplacement(ReadOnlySpan<byte> destination, ReadOnlySpan<byte> replacement, ReadOnlySpan<byte> source, string pattern)
    {
        _captures = Re2Captures.TryParse(pattern, out Re2Captures? captures, out string? _)
            ? captures
            : throw QueryException.Execution($"invalid regular expression in label_replace(): {pattern}");
        _destination = destination.ToArray();
        _source = source.ToArray();
        _template = new Re2Template(replacement, _captures.GroupNames);
        if (!LabelNames.IsValid(_destination, NameScheme.Utf8))
        {
            throw QueryException.Execution($"invalid destination label name in label_replace(): {Encoding.UTF8.GetString(destination)}");
        }
    }

    /// <inheritdoc/>
    public override long ScratchBytes => _captures.MaxScratchBytes;

    /// <inheritdoc/>
    public override bool IsOfName => _destination.AsSpan().SequenceEqual("__name__"u8);

    /// <inheritdoc/>
    public override bool TryChange(ReadOnlySpan<byte> labels, LabelEditor editor, QueryContext query)
    {
        ReadOnlySpan<byte> value = LabelSet.GetValue(labels, _source);
        if (!_captures.TryMatch(value, out ReadOnlySpan<int> groups, query.CancellationToken))
        {
            return false;
        }

        if (_template.ExpandedLength(groups) > query.Options.MaxLabelBytes)
        {
            throw QueryException.TooLongLabels(query.Options.MaxLabelBytes);
        }

        editor.Begin(labels);
        editor.Set(_destination, _template.Expand(value, groups));
        return true;
    }
}
