using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Testing;

/// <summary>The built <c>remotestore</c> executable, running on 127.0.0.1. Disposing it kills the process; so does the end of the test run.</summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    /// <summary>Exit code of a process that died of SIGKILL.</summary>
    public const int KilledExitCode = 128 + SigKill;

    /// <summary>Environment variable that names another <c>remotestore.dll</c> or executable to run.</summary>
    public const string ServerEnvironmentVariable = "REMOTESTORE_SERVER";

    private const int SigHup = 1;
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const int KeptLogCharacters = 1 << 20;

    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly EventHandler _onTestRunEnd;
    private readonly bool _ownsDirectory;

    private ServerProcess(Process process, int port, string dataDirectory, bool ownsDirectory)
    {
        _process = process;
        _ownsDirectory = ownsDirectory;
        Port = port;
        DataDirectory = dataDirectory;
        Url = new Uri($"http://127.0.0.1:{port}/");
        Client = new StoreClient(Url);
        _onTestRunEnd = (_, _) => Kill9();
        AppDomain.CurrentDomain.ProcessExit += _onTestRunEnd;
    }

    /// <summary>Process id.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Port of the HTTP listener.</summary>
    public int Port { get; }

    /// <summary>Where the process keeps its data.</summary>
    public string DataDirectory { get; }

    /// <summary>Base address.</summary>
    public Uri Url { get; }

    /// <summary>Speaks the server's protocols.</summary>
    public StoreClient Client { get; }

    /// <summary>True until the process ended.</summary>
    public bool IsRunning => !_process.HasExited;

    /// <summary>What the process wrote to standard output and standard error, its last million characters.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Starts a server and returns as soon as it is ready.</summary>
    /// <exception cref="InvalidOperationException">It ended before it was ready.</exception>
    /// <exception cref="TimeoutException">It was not ready in time.</exception>
    public static async Task<ServerProcess> StartAsync(ServerProcessOptions options, CancellationToken cancellationToken)
    {
        ServerProcess server = Launch(options);
        try
        {
            await server.WaitReadyAsync(options.ReadyWithin, cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a server without waiting for anything.</summary>
    public static ServerProcess Launch(ServerProcessOptions options)
    {
        int port = options.Port == 0 ? FreePorts.Next() : options.Port;
        string directory = options.DataDirectory ?? Directory.CreateTempSubdirectory("remotestore-test-").FullName;
        string file = FindServer();
        bool isAssembly = file.EndsWith(".dll", StringComparison.Ordinal);
        var start = new ProcessStartInfo(isAssembly ? "dotnet" : file)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string argument in (string[])[.. isAssembly ? ["exec", file] : (string[])[], "--listen", $"127.0.0.1:{port}", "--data-dir", directory, .. options.Arguments])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("REMOTESTORE_", StringComparison.Ordinal)).ToList())
        {
            _ = start.Environment.Remove(name); // options of the test run are not options of the server
        }

        if (options.Failpoints is not null)
        {
            start.Environment[Failpoints.EnvironmentVariable] = options.Failpoints;
        }

        Process process = Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start");
        var server = new ServerProcess(process, port, directory, options.DataDirectory is null);
        process.OutputDataReceived += server.Received;
        process.ErrorDataReceived += server.Received;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return server;
    }

    /// <summary>Waits until <c>/-/ready</c> answers 200.</summary>
    public async Task WaitReadyAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        HttpStatusCode? last = null;
        while (Stopwatch.GetElapsedTime(started) < within)
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException($"the server ended with code {_process.ExitCode} before it was ready:\n{Log}");
            }

            last = await Client.TryGetStatusAsync("-/ready", cancellationToken);
            if (last == HttpStatusCode.OK)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancellationToken);
        }

        throw new TimeoutException($"the server was not ready within {within}, /-/ready answered {last?.ToString() ?? "nothing"}:\n{Log}");
    }

    /// <summary>As <see cref="WaitReadyAsync"/>, for a server that may be meant to die as soon as it works.</summary>
    /// <returns>False when it ended before it was seen to be ready.</returns>
    public async Task<bool> WaitReadyOrExitAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        try
        {
            await WaitReadyAsync(within, cancellationToken);
            return true;
        }
        catch (InvalidOperationException) when (_process.HasExited)
        {
            return false;
        }
    }

    /// <summary>Sends SIGKILL; does nothing when the process has ended.</summary>
    public void Kill9() => Send(SigKill);

    /// <summary>Sends SIGHUP; does nothing when the process has ended.</summary>
    public void Sighup() => Send(SigHup);

    /// <summary>Sends SIGTERM; does nothing when the process has ended.</summary>
    public void Sigterm() => Send(SigTerm);

    /// <summary>Waits for the process to end.</summary>
    /// <returns>Its exit code; <see cref="KilledExitCode"/> after SIGKILL.</returns>
    /// <exception cref="TimeoutException">It still runs.</exception>
    public async Task<int> WaitForExitAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(within, TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await _process.WaitForExitAsync(both.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            throw new TimeoutException($"the server still runs after {within}:\n{Log}");
        }

        return _process.ExitCode;
    }

    /// <summary>Kills the process if it still runs and removes a temporary data directory.</summary>
    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= _onTestRunEnd;
        Kill9();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        Client.Dispose();
        if (_ownsDirectory)
        {
            Directory.Delete(DataDirectory, recursive: true);
        }
    }

    private void Send(int signal)
    {
        if (!_process.HasExited)
        {
            _ = Kill(_process.Id, signal);
        }
    }

    private void Received(object sender, DataReceivedEventArgs line)
    {
        lock (_log)
        {
            _ = _log.AppendLine(line.Data);
            if (_log.Length > KeptLogCharacters)
            {
                _ = _log.Remove(0, KeptLogCharacters / 2);
            }
        }
    }

    /// <summary>The host's own build output of the same configuration, so that it runs with its own dependencies.</summary>
    private static string FindServer()
    {
        string? named = Environment.GetEnvironmentVariable(ServerEnvironmentVariable);
        if (named is not null)
        {
            return named;
        }

        string configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            string candidate = Path.Combine(directory.FullName, "cmd", "remotestore", "bin", configuration, "net10.0", "remotestore.dll");
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new FileNotFoundException($"cmd/remotestore is not built in {configuration}");
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
