namespace RemoteStore.PromQL.Results;

/// <summary>What one operator of a plan did, with its inputs.</summary>
/// <param name="Operation">What it is, with the part of the query it computes.</param>
/// <param name="Elapsed">Time spent in it, its inputs included.</param>
/// <param name="Series">Series it yielded.</param>
/// <param name="Samples">Samples it read from storage.</param>
/// <param name="PeakBytes">Most bytes it held at a time, as far as they can be told apart.</param>
/// <param name="Note">What else there is to say: cache hits, shared with another part, computed once.</param>
/// <param name="Inputs">Where its series come from.</param>
public sealed record QueryTrace(
    string Operation, TimeSpan Elapsed, long Series, long Samples, long PeakBytes, string Note, IReadOnlyList<QueryTrace> Inputs);
