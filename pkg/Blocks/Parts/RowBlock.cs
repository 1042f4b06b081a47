using System.Diagnostics;
using RemoteStore.Chunks;

namespace RemoteStore.Blocks.Parts;

/// <summary>
/// Rows of one block in columns, ascending by (ref, time); consecutive rows of one series are a run. Writers gather into one, decoders fill one; its arrays
/// are reused. Not safe for concurrent use.
/// </summary>
internal sealed class RowBlock
{
    /// <summary>Milliseconds since the Unix epoch, <see cref="Rows"/> long, ascending within a run.</summary>
    public long[] Timestamps = [];

    /// <summary>IEEE 754 bits, same length and room for <see cref="ChunkLimits.DestinationPadding"/> more; unused for histograms.</summary>
    public long[] ValueBits = [];

    /// <summary>Same length when <see cref="HasStartTimestamps"/>.</summary>
    public long[] StartTimestamps = [];

    /// <summary>Series of each run, strictly ascending.</summary>
    public uint[] RunRefs = [];

    /// <summary>First row of each run, and <see cref="Rows"/> behind the last.</summary>
    public int[] RunStarts = new int[1];

    /// <summary>Histograms: first payload byte of each row, and the total behind the last.</summary>
    public int[] PayloadStarts = new int[1];

    /// <summary>Histograms: payloads, one after another.</summary>
    public byte[] Payloads = [];

    public int Rows;

    public int Runs;

    public bool HasStartTimestamps;

    /// <summary>Bytes of <see cref="Payloads"/> in use.</summary>
    public int PayloadBytes => PayloadStarts[Rows];

    public ReadOnlySpan<byte> Payload(int row) => Payloads.AsSpan(PayloadStarts[row], PayloadStarts[row + 1] - PayloadStarts[row]);

    public void Clear()
    {
        Rows = 0;
        Runs = 0;
        RunStarts[0] = 0;
        PayloadStarts[0] = 0;
        HasStartTimestamps = false;
    }

    /// <summary>Makes room for rows of the kind; content is lost.</summary>
    public void Prepare(int rows, BlockKind kind, bool startTimestamps)
    {
        Clear();
        if (Timestamps.Length < rows)
        {
            Timestamps = GC.AllocateUninitializedArray<long>(rows);
            RunRefs = GC.AllocateUninitializedArray<uint>(rows);
            RunStarts = GC.AllocateUninitializedArray<int>(rows + 1);
            RunStarts[0] = 0;
        }

        if (kind == BlockKind.Floats && ValueBits.Length < rows + ChunkLimits.DestinationPadding)
        {
            ValueBits = GC.AllocateUninitializedArray<long>(rows + ChunkLimits.DestinationPadding);
        }

        if (kind == BlockKind.Histograms && PayloadStarts.Length < rows + 1)
        {
            PayloadStarts = GC.AllocateUninitializedArray<int>(rows + 1);
        }

        PayloadStarts[0] = 0;
        if (startTimestamps && StartTimestamps.Length < rows)
        {
            StartTimestamps = GC.AllocateUninitializedArray<long>(rows);
        }

        HasStartTimestamps = startTimestamps;
    }

    /// <summary>Appends float rows of one series; the block was prepared for so many, and order is the caller's duty.</summary>
    public void AppendRun(uint seriesRef, ReadOnlySpan<long> timestamps, ReadOnlySpan<long> valueBits, ReadOnlySpan<long> startTimestamps)
    {
        AppendKeys(seriesRef, timestamps.Length);
        timestamps.CopyTo(Timestamps.AsSpan(Rows));
        valueBits.CopyTo(ValueBits.AsSpan(Rows));
        if (!startTimestamps.IsEmpty)
        {
            EnsureStartTimestamps();
            startTimestamps.CopyTo(StartTimestamps.AsSpan(Rows));
        }
        else if (HasStartTimestamps)
        {
            StartTimestamps.AsSpan(Rows, timestamps.Length).Clear();
        }

        Rows += timestamps.Length;
    }

    /// <summary>Appends a histogram row; the block was prepared for it, and order is the caller's duty.</summary>
    public void AppendHistogram(uint seriesRef, long timestampMs, long startTimestampMs, ReadOnlySpan<byte> payload)
    {
        int used = PayloadBytes;
        if (used + payload.Length > Payloads.Length)
        {
            Array.Resize(ref Payloads, Math.Max(used + payload.Length, Math.Max(4096, Payloads.Length * 2)));
        }

        AppendKeys(seriesRef, 1);
        payload.CopyTo(Payloads.AsSpan(used));
        PayloadStarts[Rows + 1] = used + payload.Length;
        Timestamps[Rows] = timestampMs;
        if (startTimestampMs != 0 || HasStartTimestamps)
        {
            EnsureStartTimestamps();
            StartTimestamps[Rows] = startTimestampMs;
        }

        Rows++;
    }

    /// <summary>Removes the first <paramref name="runs"/> runs of float rows and moves the rest to the front.</summary>
    public void RemoveFront(int runs)
    {
        int rows = RunStarts[runs];
        int kept = Rows - rows;
        Timestamps.AsSpan(rows, kept).CopyTo(Timestamps);
        ValueBits.AsSpan(rows, kept).CopyTo(ValueBits);
        if (HasStartTimestamps)
        {
            StartTimestamps.AsSpan(rows, kept).CopyTo(StartTimestamps);
            HasStartTimestamps = StartTimestamps.AsSpan(0, kept).ContainsAnyExcept(0L);
        }

        for (int r = runs; r <= Runs; r++)
        {
            RunStarts[r - runs] = RunStarts[r] - rows;
        }

        RunRefs.AsSpan(runs, Runs - runs).CopyTo(RunRefs);
        Runs -= runs;
        Rows = kept;
    }

    private void AppendKeys(uint seriesRef, int rows)
    {
        Debug.Assert(Rows + rows <= Timestamps.Length, "the block has no room for these rows");
        if (Runs == 0 || RunRefs[Runs - 1] != seriesRef)
        {
            RunRefs[Runs++] = seriesRef;
        }

        RunStarts[Runs] = Rows + rows;
    }

    private void EnsureStartTimestamps()
    {
        if (HasStartTimestamps)
        {
            return;
        }

        if (StartTimestamps.Length < Timestamps.Length)
        {
            StartTimestamps = new long[Timestamps.Length];
        }

        StartTimestamps.AsSpan(0, Rows).Clear();
        HasStartTimestamps = true;
    }
}
