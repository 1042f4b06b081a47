using RemoteStore.Model;
using RemoteStore.PromQL.Results;

namespace RemoteStore.PromQL.Testing;

/// <summary>Runs scripts. One at a time.</summary>
public sealed class ScriptRunner
{
    private const long Minute = 60_000;

    private readonly QueryEngine _engine;
    private readonly TestStorage _storage = new();

    /// <summary>Creates a runner.</summary>
    /// <param name="options">The engine; null for what scripts assume, <see cref="ScriptOptions"/>.</param>
    public ScriptRunner(EngineOptions? options = null) => _engine = new QueryEngine(options ?? ScriptOptions, TimeProvider.System);

    /// <summary>The engine that Prometheus' own scripts assume: everything experimental on, names dropped at the end.</summary>
    public static EngineOptions ScriptOptions { get; } = new() { DelayedNameRemoval = true, MaxSamples = 10_000 };

    /// <summary>Runs a script from an empty storage.</summary>
    public async Task<ScriptResult> RunAsync(string text, CancellationToken cancellationToken)
    {
        IReadOnlyList<Command> commands;
        try
        {
            commands = ScriptParser.Parse(text);
        }
        catch (ScriptException e)
        {
            return new ScriptResult(0, [], e.Message);
        }

        _storage.Clear();
        int passed = 0;
        var failures = new List<EvalFailure>();
        foreach (Command command in commands)
        {
            try
            {
                if (command is EvalCommand eval)
                {
                    string? difference = await EvaluateAsync(eval, cancellationToken).ConfigureAwait(false);
                    passed += difference is null ? 1 : 0;
                    if (difference is not null)
                    {
                        failures.Add(new EvalFailure(eval.Line, eval.Request.Query, difference));
                    }
                }
                else
                {
                    ScriptLoader.Apply(command, _storage);
                }
            }
            catch (ScriptException e)
            {
                return new ScriptResult(passed, failures, e.Message);
            }
        }

        return new ScriptResult(passed, failures, null);
    }

    private async Task<string?> EvaluateAsync(EvalCommand command, CancellationToken cancellationToken)
    {
        QueryRequest request = command.RangeVector is { } range ? command.Request with { StartMs = range.EndMs, EndMs = range.EndMs } : command.Request;
        (QueryResult? result, string? error) = await QueryAsync(request, cancellationToken).ConfigureAwait(false);
        if (result is null)
        {
            return !command.Fails ? $"fails: {error}"
                : command.Failures.Find(expected => !expected.Matches(error!)) is { } other ? $"expected to fail with \"{other}\", fails with \"{error}\"" : null;
        }

        if (command.Fails)
        {
            return "expected to fail, but has a result";
        }

        string? difference = AnnotationCheck.Difference(command, result, isWritten: true) ?? EvalCheck.Answer(command, result);
        if (difference is not null || !request.IsInstant)
        {
            return difference;
        }

        foreach (QueryRequest variant in AtVariants.Of(request))
        {
            (QueryResult? other, string? fault) = await QueryAsync(variant, cancellationToken).ConfigureAwait(false);
            difference = other is null ? $"fails: {fault}" : AnnotationCheck.Difference(command, other, isWritten: false) ?? EvalCheck.Answer(command, other);
            if (difference is not null)
            {
                return $"as {variant.Query} at {variant.StartMs} ms: {difference}";
            }
        }

        return command.Ordered || command.Text is not null || command.RangeVector is not null || !AtVariants.CanRange(request.Query)
            ? null
            : await CheckRangeAsync(command, request, cancellationToken).ConfigureAwait(false);
    }

    private async Task<string?> CheckRangeAsync(EvalCommand command, QueryRequest request, CancellationToken cancellationToken)
    {
        var range = new QueryRequest(request.Query, request.StartMs - Minute, request.StartMs + Minute, Minute);
        (QueryResult? result, string? error) = await QueryAsync(range, cancellationToken).ConfigureAwait(false);
        string? difference = result is null ? $"fails: {error}" : EvalCheck.AtTime(command, result, request.StartMs);
        return difference is null ? null : $"in range mode: {difference}";
    }

    private async Task<(QueryResult? Result, string? Error)> QueryAsync(QueryRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return (await _engine.QueryAsync(TenantId.Anonymous, _storage, request, cancellationToken).ConfigureAwait(false), null);
        }
        catch (QueryException e) when (e.Kind != QueryErrorKind.Canceled)
        {
            return (null, e.Message);
        }
    }
}
