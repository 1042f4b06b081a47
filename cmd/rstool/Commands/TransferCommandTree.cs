using System.CommandLine;
using RemoteStore.Model;
using RemoteStore.PrometheusBlocks.Exporting;

namespace RemoteStore.Tool.Commands;

/// <summary>Arguments and options of the commands that bring data in and out: <c>rstool block import|export</c>, <c>rstool import openmetrics</c>.</summary>
internal static class TransferCommandTree
{
    private const long HourMs = 3_600_000;
    private const int MaxBlockHours = 31 * 24;

    /// <summary><c>rstool block import</c></summary>
    public static Command BlockImport(ToolSurroundings around)
    {
        var path = new Argument<string>("PROMETHEUS_DIR") { Description = "Data directory of a Prometheus, or one of its blocks." };
        Command command = OnStore(
            "import", "Bring Prometheus' own blocks into the bucket of a server. What is there already is not imported again.", around,
            (store, tenant, parsed, cancellationToken) =>
                new BlockImport(store, tenant, around.Output, ProgressLine.On(around.Errors)).RunAsync(parsed.GetRequiredValue(path), cancellationToken));
        command.Arguments.Add(path);
        return command;
    }

    /// <summary><c>rstool block export</c></summary>
    public static Command BlockExport(ToolSurroundings around)
    {
        var path = new Argument<string>("OUT_DIR") { Description = "Folder that gets the blocks." };
        var from = new Option<string?>("--min-time") { Description = "Only samples at or after this time: RFC 3339, or seconds since the epoch." };
        var to = new Option<string?>("--max-time") { Description = "Only samples at or before this time." };
        var compat = new Option<string>("--compat") { Description = "Which Prometheus is to read them: 2.42 or 3.x.", DefaultValueFactory = static _ => "2.42" };
        compat.AcceptOnlyFromAmong("2.42", "3.x");
        var hours = new Option<int>("--block-hours") { Description = "Length of a block in hours, 2 or a multiple of it.", DefaultValueFactory = static _ => 2 };
        hours.Validators.Add(result =>
        {
            if (result.GetValue(hours) is < 2 or > MaxBlockHours || result.GetValue(hours) % 2 != 0)
            {
                result.AddError($"--block-hours is a multiple of 2, at most {MaxBlockHours}");
            }
        });
        Command command = OnStore(
            "export", "Write what a server has stored, as received, as blocks that Prometheus reads: what is in its bucket, and with --data-dir what a stopped one has besides.", around,
            async (store, tenant, parsed, cancellationToken) =>
            {
                var times = new QueryRange(
                    parsed.GetValue(from) is { } start ? TimeText.Parse(start) : long.MinValue, parsed.GetValue(to) is { } end ? TimeText.Parse(end) : long.MaxValue);
                ExportTarget target = parsed.GetValue(compat) == "3.x" ? ExportTarget.Prometheus3 : ExportTarget.Prometheus242;
                await using StoredRaw stored = await StoredRaw.OpenAsync(store, tenant, cancellationToken);
                return await new BlockExport(stored, tenant, target, around.Output, ProgressLine.On(around.Errors))
                    .RunAsync(parsed.GetRequiredValue(path), times, parsed.GetValue(hours) * HourMs, cancellationToken);
            });
        command.Arguments.Add(path);
        command.Options.Add(from);
        command.Options.Add(to);
        command.Options.Add(compat);
        command.Options.Add(hours);
        return command;
    }

    /// <summary><c>rstool import</c></summary>
    public static Command Import(ToolSurroundings around)
    {
        var file = new Argument<string>("FILE") { Description = "OpenMetrics text; every sample has a time." };
        Command openMetrics = OnStore(
            "openmetrics", "Bring the samples of a text into the bucket of a server. The same text again changes nothing.", around,
            (store, tenant, parsed, cancellationToken) =>
                new OpenMetricsImport(store, tenant, around.Output, ProgressLine.On(around.Errors)).RunAsync(parsed.GetRequiredValue(file), cancellationToken));
        openMetrics.Arguments.Add(file);
        return new Command("import", "Bring data of others into the bucket of a server.") { openMetrics };
    }

    /// <summary>A command on the bucket of a server, and on its data directory if that is named.</summary>
    internal static Command OnStore(
        string name, string description, ToolSurroundings around, Func<StoppedStore, TenantId, ParseResult, CancellationToken, Task<int>> run)
    {
        var tenantName = new Option<string>("--tenant") { Description = "Whose data.", DefaultValueFactory = static _ => TenantId.Anonymous.Name };
        var command = new Command(name, description) { tenantName };
        var bucket = new BucketOptions(command, around.Variable);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                TenantId tenant = TenantId.Parse(parsed.GetRequiredValue(tenantName));
                using StoppedStore store = StoppedStore.Open(bucket.DataDirectory(parsed), bucket.Read(parsed));
                return await run(store, tenant, parsed, cancellationToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or PromQL.QueryException)
            {
                around.Fail(e);
                return ToolCommands.Unsound;
            }
        });
        return command;
    }
}
