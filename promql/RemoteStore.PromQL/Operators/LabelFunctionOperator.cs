using System.Text;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Regexp;
using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Operators;

/// <summary>Changes labels; decides also whether a name that was to be dropped comes back.</summary>
internal abstract class LabelChange
{
    /// <summary>The new labels; false when they stay.</summary>
    public abstract bool TryChange(ReadOnlySpan<byte> labels, LabelEditor editor);

    /// <summary>True when the change is of the metric name.</summary>
    public abstract bool IsOfName { get; }
}

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
    public override bool IsOfName => _destination.AsSpan().SequenceEqual("__name__"u8);

    /// <inheritdoc/>
    public override bool TryChange(ReadOnlySpan<byte> labels, LabelEditor editor)
    {
        ReadOnlySpan<byte> value = LabelSet.GetValue(labels, _source);
        if (!_captures.TryMatch(value, out ReadOnlySpan<int> groups))
        {
            return false;
        }

        editor.Begin(labels);
        editor.Set(_destination, _template.Expand(value, groups));
        return true;
    }
}

/// <summary><c>label_join</c>.</summary>
internal sealed class LabelJoin : LabelChange
{
    private readonly byte[] _destination;
    private readonly byte[] _separator;
    private readonly List<byte[]> _sources = [];

    /// <exception cref="QueryException">A name is not valid.</exception>
    public LabelJoin(ReadOnlySpan<byte> destination, ReadOnlySpan<byte> separator, IEnumerable<ReadOnlyMemory<byte>> sources)
    {
        foreach (ReadOnlyMemory<byte> source in sources)
        {
            byte[] name = source.ToArray();
            _sources.Add(LabelNames.IsValid(name, NameScheme.Utf8)
                ? name
                : throw QueryException.Execution($"invalid source label name in label_join(): {Encoding.UTF8.GetString(name)}"));
        }

        _destination = destination.ToArray();
        _separator = separator.ToArray();
        if (!LabelNames.IsValid(_destination, NameScheme.Utf8))
        {
            throw QueryException.Execution($"invalid destination label name in label_join(): {Encoding.UTF8.GetString(destination)}");
        }
    }

    /// <inheritdoc/>
    public override bool IsOfName => _destination.AsSpan().SequenceEqual("__name__"u8);

    /// <inheritdoc/>
    public override bool TryChange(ReadOnlySpan<byte> labels, LabelEditor editor)
    {
        using var value = new MemoryStream();
        for (int i = 0; i < _sources.Count; i++)
        {
            if (i > 0)
            {
                value.Write(_separator);
            }

            value.Write(LabelSet.GetValue(labels, _sources[i]));
        }

        editor.Begin(labels);
        editor.Set(_destination, value.ToArray());
        return true;
    }
}

/// <summary>Applies a change of labels to every series; series that become equal are joined where they do not meet.</summary>
internal sealed class LabelFunctionOperator(QueryContext query, SeriesOperator input, LabelChange change) : BlockingOperator(query, input.Grid)
{
    /// <inheritdoc/>
    protected override async ValueTask CloseAsync()
    {
        await base.CloseAsync().ConfigureAwait(false);
        await input.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async ValueTask ComputeAsync(CancellationToken cancellationToken)
    {
        var editor = new LabelEditor();
        using var merge = new SeriesMerge(Query, Grid);
        Result = merge.Rows;
        using var row = new StepSeries(Query.Memory, Grid.Count);
        while (await input.LoadAsync(cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            while (input.TryNext(row))
            {
                if (change.TryChange(row.Labels, editor))
                {
                    row.SetLabels(editor.Finish());
                    row.DropName &= !change.IsOfName;
                }

                merge.Add(row);
            }
        }
    }
}
