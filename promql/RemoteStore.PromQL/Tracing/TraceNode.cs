using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Results;

namespace RemoteStore.PromQL.Tracing;

/// <summary>What one operator does, as far as it is known. Made only when a trace is asked for. Used by one operator at a time, but for the samples it reads.</summary>
/// <param name="operation">What it is, with the part of the query it computes.</param>
internal sealed class TraceNode(string operation)
{
    private readonly List<TraceNode> _inputs = [];
    private long _samples;
    private long _memoryAtStart = -1;

    /// <summary>Time spent in it, its inputs included.</summary>
    public TimeSpan Elapsed { get; set; }

    /// <summary>Series it yielded.</summary>
    public long Series { get; set; }

    /// <summary>Most bytes that the query held while it ran, above those that it held before.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>What else there is to say.</summary>
    public string Note { get; set; } = "";

    /// <summary>Adds an input.</summary>
    public void Add(TraceNode input) => _inputs.Add(input);

    /// <summary>Counts samples read from storage for it alone.</summary>
    public void Read(long samples) => Interlocked.Add(ref _samples, samples);

    /// <summary>Looks at what the query holds.</summary>
    public void Measure(QueryMemory memory)
    {
        long now = memory.Bytes;
        _memoryAtStart = _memoryAtStart < 0 ? now : _memoryAtStart;
        PeakBytes = Math.Max(PeakBytes, now - _memoryAtStart);
    }

    /// <summary>What was recorded; the samples of an operator include those of its inputs.</summary>
    public QueryTrace ToTrace()
    {
        List<QueryTrace> inputs = [.. _inputs.Select(static input => input.ToTrace())];
        return new QueryTrace(operation, Elapsed, Series, Interlocked.Read(ref _samples) + inputs.Sum(static i => i.Samples), PeakBytes, Note, inputs);
    }
}
