using System.Globalization;
using System.Text;
using RemoteStore.Model.Histograms;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Annotations;
using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Operators;

/// <summary>
/// Gathers the <c>le</c> series of classic histograms and computes of them, and of native histograms, at each step. A native and a classic histogram of the
/// same labels at one step are both passed over.
/// </summary>
internal sealed class BucketOperator(
    QueryContext query, SeriesOperator input, ScalarArguments arguments, BucketCalculation calculation, IReadOnlyList<int> quantilePositions)
    : BlockingOperator(query, input.Grid)
{
    private const int GroupBytes = 128; // of the objects around its labels
    private const int BucketBytes = 16;

    private static readonly LabelNameList s_bound = new(["le"]);

    private readonly BucketCalculation _calculation = calculation;
    private readonly LabelEditor _editor = new();
    private readonly List<Group> _groups = [];
    private SeriesMerge? _output;
    private ClassicBucket[] _buckets = new ClassicBucket[32];
    private long _charged;

    /// <inheritdoc/>
    protected override async ValueTask CloseAsync()
    {
        await base.CloseAsync().ConfigureAwait(false);
        Query.Memory.Release(_charged);
        _charged = 0;
        await input.DisposeAsync().ConfigureAwait(false);
        await arguments.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async ValueTask ComputeAsync(CancellationToken cancellationToken)
    {
        await arguments.EvaluateAsync(cancellationToken).ConfigureAwait(false);
        (_calculation as QuantileCalculation)?.Validate(Grid.Count, quantilePositions);
        using RowStore rows = await ReadAllAsync(input, cancellationToken).ConfigureAwait(false);
        using var merge = new SeriesMerge(Query, Grid);
        using var table = new LabelTable(Query);
        _output = merge;
        Result = merge.Rows;
        GatherGroups(rows, table);
        for (int row = 0; row < rows.Count; row++)
        {
            if (rows.Histograms(row) is not null)
            {
                ComputeNative(rows, row, table);
            }
        }

        foreach (Group group in _groups)
        {
            ComputeClassic(rows, group);
        }
    }

    private void GatherGroups(RowStore rows, LabelTable table)
    {
        for (int row = 0; row < rows.Count; row++)
        {
            if (!HasFloats(rows, row))
            {
                continue;
            }

            string bound = Encoding.UTF8.GetString(LabelSet.GetValue(rows.Labels(row), "le"u8));
            if (!TryParse(bound, out double upper))
            {
                Query.Annotations.Warn(AnnotationText.BadBucketLabel(Name(rows.Labels(row)), bound), _calculation.Position);
                continue;
            }

            ReadOnlySpan<byte> labels = _editor.Without(rows.Labels(row), s_bound);
            int number = table.GetOrAdd(labels);
            if (number == _groups.Count)
            {
                Charge(GroupBytes + labels.Length);
                _groups.Add(new Group(labels.ToArray(), Name(rows.Labels(row))));
            }

            Charge(BucketBytes);

            _groups[number].Rows.Add((row, upper));
        }
    }

    private void ComputeNative(RowStore rows, int row, LabelTable table)
    {
        FloatHistogram?[] histograms = rows.Histograms(row)!;
        int number = table.Find(rows.Labels(row));
        string name = Name(rows.Labels(row));
        for (int result = 0; result < _calculation.Results; result++)
        {
            var target = new Target(this, rows.Labels(row).ToArray(), result);
            for (int step = 0; step < Grid.Count; step++)
            {
                CheckCancelled(step);
                if (histograms[step] is not { } histogram || !rows.Has(row, step))
                {
                    continue;
                }

                if (number >= 0 && Gather(rows, _groups[number], step) > 0)
                {
                    Query.Annotations.Warn(AnnotationText.WithMetricName(AnnotationText.MixedClassicNative, name), _calculation.Position);
                    Presence.Set(Conflicts(_groups[number]), step);
                    continue;
                }

                target.Set(step, _calculation.OfNative(result, step, histogram, name));
            }
        }
    }

    private void ComputeClassic(RowStore rows, Group group)
    {
        for (int result = 0; result < _calculation.Results; result++)
        {
            var target = new Target(this, group.Labels, result);
            for (int step = 0; step < Grid.Count; step++)
            {
                CheckCancelled(step);
                if (group.Conflicts is not null && Presence.Has(group.Conflicts, step))
                {
                    continue;
                }

                int count = Gather(rows, group, step);
                if (count > 0)
                {
                    target.Set(step, _calculation.OfClassic(result, step, Grid.Time(step), _buckets.AsSpan(0, count), group.Name));
                }
            }
        }
    }

    private int Gather(RowStore rows, Group group, int step)
    {
        if (_buckets.Length < group.Rows.Count)
        {
            _buckets = new ClassicBucket[group.Rows.Count * 2];
        }

        int count = 0;
        foreach ((int row, double upper) in group.Rows)
        {
            if (rows.Has(row, step) && rows.Histograms(row)?[step] is null)
            {
                _buckets[count++] = new ClassicBucket(upper, rows.Values(row)[step]);
            }
        }

        return count;
    }

    private ulong[] Conflicts(Group group)
    {
        if (group.Conflicts is null)
        {
            Charge((long)Grid.Words * sizeof(ulong));
            group.Conflicts = new ulong[Grid.Words];
        }

        return group.Conflicts;
    }

    private void Charge(long bytes)
    {
        Query.Memory.Charge(bytes);
        _charged += bytes;
    }

    private void CheckCancelled(int step)
    {
        if ((step & 0x3ff) == 0)
        {
            Query.ThrowIfCancelled();
        }
    }

    private static bool HasFloats(RowStore rows, int row)
    {
        if (rows.Histograms(row) is not { } histograms)
        {
            return true;
        }

        for (int step = 0; step < histograms.Length; step++)
        {
            if (rows.Has(row, step) && histograms[step] is null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Names are told only when they are still there at the end.</summary>
    private string Name(ReadOnlySpan<byte> labels) =>
        Query.Options.DelayedNameRemoval ? Encoding.UTF8.GetString(LabelSet.GetValue(labels, "__name__"u8)) : "";

    private static bool TryParse(string text, out double value)
    {
        switch (text.ToUpperInvariant())
        {
            case "+INF" or "INF" or "+INFINITY" or "INFINITY":
                value = double.PositiveInfinity;
                return true;
            case "-INF" or "-INFINITY":
                value = double.NegativeInfinity;
                return true;
            case "NAN":
                value = double.NaN;
                return true;
            default:
                return double.TryParse(text, NumberStyles.Float & ~NumberStyles.AllowLeadingWhite & ~NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out value);
        }
    }

    private sealed class Group(byte[] labels, string name)
    {
        public byte[] Labels { get; } = labels;

        public string Name { get; } = name;

        public List<(int Row, double Upper)> Rows { get; } = [];

        public ulong[]? Conflicts { get; set; }
    }

    /// <summary>The result row of a histogram, found anew when the label that tells results apart changes.</summary>
    private sealed class Target(BucketOperator owner, byte[] labels, int result)
    {
        private int _row = -1;
        private byte[] _value = [];

        public void Set(int step, double value)
        {
            (byte[] name, byte[] text) = owner._calculation.Label(result, step);
            if (_row < 0 || !text.AsSpan().SequenceEqual(_value))
            {
                ReadOnlySpan<byte> own = labels;
                if (name.Length > 0)
                {
                    owner._editor.Begin(labels);
                    owner._editor.Set(name, text);
                    own = owner._editor.Finish();
                }

                _row = owner._output!.Row(own, dropName: true);
                _value = text;
            }

            owner._output!.Set(_row, step, value, null);
        }
    }
}
