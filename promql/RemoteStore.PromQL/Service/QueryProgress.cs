namespace RemoteStore.PromQL.Service;

/// <summary>How far a query is; whoever evaluates it tells, whoever watches it looks. Safe for concurrent use.</summary>
public sealed class QueryProgress
{
    private volatile bool _evaluating;

    /// <summary>True from the moment its evaluation, or that of a part of it, began; false while it waits for its turn.</summary>
    public bool IsEvaluating => _evaluating;

    /// <summary>Evaluation begins.</summary>
    public void BeginEvaluation() => _evaluating = true;
}
