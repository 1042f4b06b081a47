using System.Buffers;
using System.Text;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Operators;

/// <summary><c>label_join</c>.</summary>
internal sealed class LabelJoin : LabelChange
{
    private readonly byte[] _destination;
    private readonly byte[] _separator;
    private readonly List<byte[]> _sources = [];
    private readonly ArrayBufferWriter<byte> _value = new(64);

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
    public override bool TryChange(ReadOnlySpan<byte> labels, LabelEditor editor, QueryContext query)
    {
        int maxBytes = query.Options.MaxLabelBytes;
        _value.ResetWrittenCount();
        for (int i = 0; i < _sources.Count; i++)
        {
            if (i > 0)
            {
                _value.Write(_separator);
            }

            ReadOnlySpan<byte> value = LabelSet.GetValue(labels, _sources[i]);
            if (_value.WrittenCount + value.Length > maxBytes)
            {
                throw QueryException.TooLongLabels(maxBytes);
            }

            _value.Write(value);
        }

        editor.Begin(labels);
        editor.Set(_destination, _value.WrittenSpan);
        return true;
    }
}
