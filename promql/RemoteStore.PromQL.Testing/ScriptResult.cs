namespace RemoteStore.PromQL.Testing;

/// <summary>How a script ended.</summary>
/// <param name="Passed">Evaluations that gave what was expected.</param>
/// <param name="Failures">Evaluations that did not.</param>
/// <param name="Error">Why the script could not be read or went no further; null when it did.</param>
public sealed record ScriptResult(int Passed, IReadOnlyList<EvalFailure> Failures, string? Error)
{
    /// <summary>True when the script was read and every evaluation passed.</summary>
    public bool IsSuccess => Error is null && Failures.Count == 0;
}

/// <summary>An evaluation that did not give what was expected.</summary>
/// <param name="Line">Its line in the script, from 1.</param>
/// <param name="Query">The query.</param>
/// <param name="Message">What is different.</param>
public sealed record EvalFailure(int Line, string Query, string Message);
