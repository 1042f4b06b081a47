using System.Collections;
using System.Runtime.InteropServices;
using RemoteStore.Primitives.Files;
using RemoteStore.Server.Logging;
using RemoteStore.Server.Options;
using RemoteStore.Server.Options.Sources;
using RemoteStore.Server.Roles;
using RemoteStore.Telemetry;

namespace RemoteStore.Server.Hosting;

/// <summary>The process from its arguments to its exit code.</summary>
internal static class ServerProgram
{
    /// <summary>Runs until a signal comes.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter errors, TimeProvider time)
    {
        if (arguments.Any(FlagSource.IsHelp))
        {
            output.Write(HelpText.Render(OptionTable.All));
            return ExitCodes.Success;
        }

        if (arguments.Any(FlagSource.IsVersion))
        {
            output.WriteLine($"remotestore {BuildInformation.Version} {BuildInformation.Revision}".TrimEnd());
            return ExitCodes.Success;
        }

        (RemoteStoreOptions options, IReadOnlyList<string> faults) = Load(arguments);
        if (faults.Count > 0)
        {
            errors.WriteLine($"remotestore: {faults.Count} {(faults.Count == 1 ? "option is" : "options are")} wrong, --help lists them all:");
            foreach (string fault in faults)
            {
                errors.WriteLine($"  {fault}");
            }

            return ExitCodes.Failure;
        }

        try
        {
            return await ServeAsync(options, () => Load(arguments).Faults, output, errors, time);
        }
        catch (StartupException e)
        {
            errors.WriteLine($"remotestore: {e.Message}");
            return ExitCodes.Failure;
        }
    }

    private static (RemoteStoreOptions Options, IReadOnlyList<string> Faults) Load(string[] arguments) =>
        new OptionLoader(OptionTable.All).Load(arguments, ReadEnvironment(), File.OpenText);

    private static DataDirectoryLock Acquire(string directory)
    {
        try
        {
            return DataDirectoryLock.Acquire(directory);
        }
        catch (IOException e)
        {
            throw new StartupException(e.Message, e);
        }
    }

    private static async Task<int> ServeAsync(
        RemoteStoreOptions options, Func<IReadOnlyList<string>> checkOptions, TextWriter output, TextWriter errors, TimeProvider time)
    {
        using var signals = new StopSignals();
        using DataDirectoryLock held = Acquire(options.Storage.DataDirectory);
        using ILoggerFactory loggers = CreateLoggers(options.Log, errors, time);
        var context = new RoleContext
        {
            Options = options,
            Metrics = new MetricsRegistry(),
            Readiness = new Readiness(),
            Loggers = loggers,
            CheckOptions = checkOptions,
            Time = time,
            Files = LocalFileSystem.Instance,
            Failpoints = ArmedFailpoints(),
        };
        using IDisposable runtimeMetrics = RuntimeMetrics.AddTo(context.Metrics);
        AddBuildMetric(context.Metrics);

        await using var host = new ServerHost(context, RoleFactory.Create(context));
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true; // it does not end the process
            _ = host.ReloadAsync();
        });
        await host.ListenAsync();
        output.Write(StartupBanner.Render(options, host.Address.Port, Environment.MachineName));
        output.Flush();
        return await host.RunAsync(() => signals.Reason, signals.Token);
    }

    private static ILoggerFactory CreateLoggers(LogOptions options, TextWriter errors, TimeProvider time) => LoggerFactory.Create(logging =>
    {
        logging.SetMinimumLevel(options.Level);
        logging.AddFilter("Microsoft", options.Level <= LogLevel.Debug ? LogLevel.Information : LogLevel.Warning);
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None); // repeats, with a stack, what is reported here in a sentence
        logging.AddProvider(new StructuredLoggerProvider(errors, options.Format, time));
    });

    private static Failpoints ArmedFailpoints()
    {
        try
        {
            return Failpoints.Parse(Environment.GetEnvironmentVariable(Failpoints.EnvironmentVariable));
        }
        catch (FormatException e)
        {
            throw new StartupException($"environment {Failpoints.EnvironmentVariable}: {e.Message}", e);
        }
    }

    private static void AddBuildMetric(MetricsRegistry metrics) =>
        metrics.Gauge("remotestore_build_info", "What was built; always 1.", "version", "revision", "runtime")
            .WithLabels(BuildInformation.Version, BuildInformation.Revision, BuildInformation.Runtime).Set(1);

    private static Dictionary<string, string> ReadEnvironment() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(static entry => (string)entry.Key, static entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
}
