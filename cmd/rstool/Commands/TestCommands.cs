using System.CommandLine;
using System.Globalization;
using RemoteStore.PromQL;
using RemoteStore.PromQL.Testing;
using RemoteStore.PromQL.Testing.Tables;
using RemoteStore.Tool.Commands.Rules;

namespace RemoteStore.Tool.Commands;

/// <summary><c>rstool test …</c>: checks the query language against files of cases.</summary>
internal static class TestCommands
{
    /// <summary>Builds the commands.</summary>
    public static Command Create(TextWriter output, TextWriter errors)
    {
        var atOnce = new Option<bool>("--no-delayed-name-removal") { Description = "Let each function drop the metric name, as Prometheus does by default." };
        Command scripts = OnFiles("promql", "Run scripts of load, eval and expect (or the tables that test their runner).", output, errors, (parsed, file, token) =>
            file.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
                ? RunTableAsync("promql", file, output, token)
                : RunScriptAsync(ScriptRunner.ScriptOptions with { DelayedNameRemoval = !parsed.GetValue(atOnce) }, file, output, token));
        scripts.Options.Add(atOnce);
        return new Command("test", "Check the query language, and rules, against files of cases.")
        {
            scripts,
            OnTables("parser", "Run tables of expressions, series and printed text (JSON).", output, errors),
            OnTables("labels", "Run tables of matchers, regular expressions, names and order of labels (JSON).", output, errors),
            OnTables("engine", "Run tables of results and of annotations (JSON).", output, errors),
            OnTables("histograms", "Run tables of the arithmetic of native histograms (JSON).", output, errors),
            RuleTestCommand.Create(output, errors),
        };
    }

    private static Command OnTables(string group, string description, TextWriter output, TextWriter errors) =>
        OnFiles(group, description, output, errors, (_, file, token) => RunTableAsync(group, file, output, token));

    private static Command OnFiles(
        string name,
        string description,
        TextWriter output,
        TextWriter errors,
        Func<ParseResult, string, CancellationToken, Task<(int Passed, int Failed)>> run)
    {
        var files = new Argument<string[]>("FILE") { Description = "Files of cases.", Arity = ArgumentArity.OneOrMore };
        var command = new Command(name, description) { files };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            int passed = 0;
            int failed = 0;
            foreach (string file in parsed.GetRequiredValue(files))
            {
                try
                {
                    (int filePassed, int fileFailed) = await run(parsed, file, cancellationToken).ConfigureAwait(false);
                    passed += filePassed;
                    failed += fileFailed;
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    await errors.WriteLineAsync($"rstool: {e.Message}").ConfigureAwait(false);
                    failed++;
                }
            }

            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{passed} passed, {failed} failed")).ConfigureAwait(false);
            return failed == 0 ? ToolCommands.Sound : ToolCommands.Unsound;
        });
        return command;
    }

    private static async Task<(int Passed, int Failed)> RunScriptAsync(EngineOptions options, string file, TextWriter output, CancellationToken cancellationToken)
    {
        string text = await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false);
        ScriptResult result = await new ScriptRunner(options).RunAsync(text, cancellationToken).ConfigureAwait(false);
        foreach (EvalFailure failure in result.Failures)
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{file}:{failure.Line}: {failure.Query}\n  {failure.Message}")).ConfigureAwait(false);
        }

        if (result.Error is not null)
        {
            await output.WriteLineAsync($"{file}: {result.Error}").ConfigureAwait(false);
        }

        return (result.Passed, result.Failures.Count + (result.Error is null ? 0 : 1));
    }

    private static async Task<(int Passed, int Failed)> RunTableAsync(string group, string file, TextWriter output, CancellationToken cancellationToken)
    {
        byte[] json = await File.ReadAllBytesAsync(file, cancellationToken).ConfigureAwait(false);
        TableResult result = await CaseTables.RunAsync(group, file, json, cancellationToken).ConfigureAwait(false);
        foreach (CaseFailure failure in result.Failures)
        {
            await output.WriteLineAsync($"{file}: {failure.Case}\n  expected {failure.Expected}\n  got      {failure.Actual}").ConfigureAwait(false);
        }

        if (result.Error is not null)
        {
            await output.WriteLineAsync($"{file}: {result.Error}").ConfigureAwait(false);
        }

        return (result.Passed, result.Failures.Count + (result.Error is null ? 0 : 1));
    }
}
