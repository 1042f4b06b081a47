using RemoteStore.Model.Histograms;

namespace RemoteStore.PromQL.Execution;

/// <summary>
/// One series over all steps: a column of values, a bitmap of the steps that have one, and, for the steps that hold a histogram, the histogram. The
/// consumer of an operator owns the row and hands it in to be filled; operators change it in place.
/// </summary>
/// <remarks>
/// Histograms are never changed once they are in a row: who computes with one copies it. Only steps that are present hold one: who takes steps away does it by
/// <see cref="Remove"/>, <see cref="Keep"/> or <see cref="Clear"/>.
/// </remarks>
internal sealed class StepSeries : IDisposable
{
    private readonly QueryMemory _memory;
    private double[] _values = [];
    private ulong[] _present = [];
    private byte[] _labels = [];
    private int _labelsLength;
    private FloatHistogram?[]? _histograms;

    public StepSeries(QueryMemory memory, int steps)
    {
        _memory = memory;
        Steps = steps;
        try
        {
            _values = memory.RentDoubles(steps);
            _present = memory.RentWords((steps + 63) >> 6);
            _labels = memory.RentBytes(256);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Number of steps.</summary>
    public int Steps { get; }

    /// <summary>True when the metric name is to be dropped at the end.</summary>
    public bool DropName { get; set; }

    /// <summary>True when a step holds a histogram.</summary>
    public bool HasHistograms { get; private set; }

    /// <summary>Values of the steps; meaningful where <see cref="Present"/> is set and there is no histogram.</summary>
    public Span<double> Values => _values.AsSpan(0, Steps);

    /// <summary>Steps that have a value or a histogram.</summary>
    public Span<ulong> Present => _present.AsSpan(0, (Steps + 63) >> 6);

    /// <summary>Canonical label bytes.</summary>
    public ReadOnlySpan<byte> Labels => _labels.AsSpan(0, _labelsLength);

    /// <summary>The histogram of a step, or null.</summary>
    public FloatHistogram? Histogram(int step) => HasHistograms ? _histograms![step] : null;

    /// <summary>True when the step has a value or a histogram.</summary>
    public bool Has(int step) => Presence.Has(_present, step);

    /// <summary>Empties the row and names its series.</summary>
    public void Begin(ReadOnlySpan<byte> labels, bool dropName)
    {
        Clear();
        SetLabels(labels);
        DropName = dropName;
    }

    /// <summary>Exchanges all content with another row of the same query and as many steps.</summary>
    public void Swap(StepSeries other)
    {
        (_values, other._values) = (other._values, _values);
        (_present, other._present) = (other._present, _present);
        (_labels, other._labels) = (other._labels, _labels);
        (_labelsLength, other._labelsLength) = (other._labelsLength, _labelsLength);
        (_histograms, other._histograms) = (other._histograms, _histograms);
        (HasHistograms, other.HasHistograms) = (other.HasHistograms, HasHistograms);
        (DropName, other.DropName) = (other.DropName, DropName);
    }

    /// <summary>Renames the series, keeping its values. The bytes may lie in this row.</summary>
    public void SetLabels(ReadOnlySpan<byte> labels)
    {
        if (labels.Length > _labels.Length)
        {
            byte[] grown = _memory.RentBytes(labels.Length);
            labels.CopyTo(grown);
            _memory.Return(_labels);
            _labels = grown;
        }
        else
        {
            labels.CopyTo(_labels);
        }

        _labelsLength = labels.Length;
    }

    /// <summary>Gives a step a value.</summary>
    public void Set(int step, double value)
    {
        _values[step] = value;
        Presence.Set(_present, step);
        if (HasHistograms)
        {
            _histograms![step] = null;
        }
    }

    /// <summary>Gives a step a histogram.</summary>
    public void Set(int step, FloatHistogram histogram)
    {
        if (_histograms is null)
        {
            _memory.Charge((long)Steps * IntPtr.Size);
            _histograms = new FloatHistogram?[Steps];
        }

        _histograms[step] = histogram;
        HasHistograms = true;
        Presence.Set(_present, step);
    }

    /// <summary>Takes a step's value or histogram away.</summary>
    public void Remove(int step)
    {
        Presence.Clear(_present, step);
        if (HasHistograms)
        {
            _histograms![step] = null;
        }
    }

    /// <summary>Takes away the steps that are not in a bitmap (or, with false, those that are).</summary>
    public void Keep(ReadOnlySpan<ulong> steps, bool inBitmap)
    {
        Span<ulong> present = Present;
        for (int word = 0; word < present.Length; word++)
        {
            present[word] &= inBitmap ? steps[word] : ~steps[word];
        }

        for (int step = 0; HasHistograms && step < Steps; step++)
        {
            _histograms![step] = Has(step) ? _histograms[step] : null; // a step without a value has none: who goes by histograms would bring it back
        }
    }

    /// <summary>Takes all steps away.</summary>
    public void Clear()
    {
        Present.Clear();
        if (HasHistograms)
        {
            Array.Clear(_histograms!);
            HasHistograms = false;
        }
    }

    /// <summary>Takes away what is not a histogram (or, with false, what is one).</summary>
    public void KeepOnly(bool histograms)
    {
        if (!HasHistograms)
        {
            if (histograms)
            {
                Present.Clear();
            }

            return;
        }

        for (int step = 0; step < Steps; step++)
        {
            if ((_histograms![step] is not null) != histograms)
            {
                Remove(step);
            }
        }

        HasHistograms = histograms;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _memory.Return(_values);
        _memory.Return(_present);
        _memory.Return(_labels);
        _values = [];
        _present = [];
        _labels = [];
        if (_histograms is not null)
        {
            _memory.Release((long)Steps * IntPtr.Size);
            _histograms = null;
            HasHistograms = false;
        }
    }
}
