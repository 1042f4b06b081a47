namespace RemoteStore.Benchmarks.Queries;

/// <summary>What was measured of all queries at one target; what <c>--json</c> writes.</summary>
/// <param name="Label">Names the target in tables.</param>
/// <param name="Queries">Figures by query.</param>
internal sealed record QueryFigures(string Label, IReadOnlyList<QueryFigure> Queries);

/// <summary>What was measured of one query.</summary>
/// <param name="Name">Name of the query.</param>
/// <param name="CpuMs">Processor milliseconds of one evaluation: median of several series of evaluations.</param>
/// <param name="WallMs">Milliseconds of one evaluation, likewise.</param>
/// <param name="Evaluations">Evaluations that were measured.</param>
/// <param name="Series">Series of the answer.</param>
/// <param name="Points">Points of the answer.</param>
/// <param name="PeakBytes">Most memory that the query held, as its engine counts it; 0 when that is not known.</param>
/// <param name="AllocatedBytes">Bytes of managed memory that one evaluation allocates; 0 for another process.</param>
internal sealed record QueryFigure(
    string Name, double CpuMs, double WallMs, int Evaluations, int Series, long Points, long PeakBytes, long AllocatedBytes);
