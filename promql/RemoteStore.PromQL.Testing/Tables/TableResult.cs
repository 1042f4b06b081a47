namespace RemoteStore.PromQL.Testing.Tables;

/// <summary>How the cases of a table came out.</summary>
/// <param name="Table">Which table it is.</param>
/// <param name="Passed">Cases that gave what was expected.</param>
/// <param name="Failures">Cases that did not.</param>
/// <param name="Error">Why the file is no such table; null when it is.</param>
public sealed record TableResult(string Table, int Passed, IReadOnlyList<CaseFailure> Failures, string? Error)
{
    /// <summary>True when there are cases and every one passed.</summary>
    public bool IsSuccess => Error is null && Failures.Count == 0 && Passed > 0;
}

/// <summary>A case that did not give what was expected.</summary>
/// <param name="Case">Its name or input.</param>
/// <param name="Expected">What the table wants.</param>
/// <param name="Actual">What came.</param>
public sealed record CaseFailure(string Case, string Expected, string Actual);
