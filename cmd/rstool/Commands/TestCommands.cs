using System.CommandLine;
using System.Globalization;
using RemoteStore.PromQL.Testing;

namespace RemoteStore.Tool.Commands;

/// <summary><c>rstool test …</c>: checks the query language against files of cases.</summary>
internal static class TestCommands
{
    /// <summary>Builds the commands.</summary>
    public static Command Create(TextWriter output, TextWriter errors) => new("test", "Check the query language against files of cases.")
    {
        OnFiles("promql", "Run scripts of load, eval and expect.", output, errors, RunScriptAsync),
    };

    private static Command OnFiles(
        string name, string description, TextWriter output, TextWriter errors, Func<string, TextWriter, CancellationToken, Task<(int Passed, int Failed)>> run)
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
                    (int filePassed, int fileFailed) = await run(file, output, cancellationToken).ConfigureAwait(false);
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

    private static async Task<(int Passed, int Failed)> RunScriptAsync(string file, TextWriter output, CancellationToken cancellationToken)
    {
        string text = await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false);
        ScriptResult result = await new ScriptRunner().RunAsync(text, cancellationToken).ConfigureAwait(false);
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
}
